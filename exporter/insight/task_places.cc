// Sums up processes by the place in which they run.
#include "exporter/insight/task_places.h"

#include <algorithm>
#include <map>
#include <string_view>

#include "exporter/insight/memory_rooms.h"
#include "exporter/insight/task_memory.h"

namespace airflow_host {
namespace {

/// What the containers with a limit leave to programs; empty without containers. The page cache
/// that is in use counts as taken, as the kubelet counts it. Sorted as the observation is.
MemoryRooms RoomsOf(const ContainerObservation* containers) {
  MemoryRooms rooms;
  if (containers == nullptr) return rooms;
  for (const Container& container : containers->containers) {
    const auto& [memory, taken] = std::pair(container.memory, container.memory.working_set);
    if (!memory.limit || !taken) continue;
    rooms.containers.push_back(
        {container.cgroup_path, static_cast<double>(*memory.limit) - static_cast<double>(*taken)});
  }
  return rooms;
}

/// Adds what `process` holds to the place in which it runs.
void AddTo(TaskPlace& place, const ProcessSample& process) {
  if (process.is_pool_worker) {
    ++place.pool_workers;
    place.held_by_pool += static_cast<double>(process.private_bytes.value_or(0));
  } else if (process.task) {
    place.held_by_tasks += static_cast<double>(TaskBytes(process));
    if (process.component == Component::kTask && process.is_main) ++place.tasks;
  }
}

/// The processes that stand for one worker each.
std::vector<const ProcessSample*> WorkersOf(const ComponentObservation& components) {
  std::vector<const ProcessSample*> workers;
  const ProcessSample* pool_worker = nullptr;
  for (const ProcessSample& process : components.processes) {
    if (process.component == Component::kCeleryWorker && process.is_main) {
      workers.push_back(&process);
    } else if (process.is_pool_worker) {
      pool_worker = &process;
    }
  }
  // The pool of a LocalExecutor has no main process of its own: it is the scheduler's.
  if (workers.empty() && pool_worker != nullptr) workers.push_back(pool_worker);
  return workers;
}

}  // namespace

TaskPlaces FindTaskPlaces(std::uint64_t available_bytes, const ComponentObservation& components,
                          const ContainerObservation* containers) {
  const MemoryRooms rooms = RoomsOf(containers);
  TaskPlaces places;
  places.host.available = static_cast<double>(available_bytes);
  std::map<const ContainerRoom*, WorkerContainer> limited;
  for (const ProcessSample& process : components.processes) {
    const double own = static_cast<double>(process.private_bytes.value_or(0));
    if (process.is_pool_worker) places.pool_worker_bytes = std::max(places.pool_worker_bytes, own);
    AddTo(places.host, process);
    const ContainerRoom* const room = rooms.Around(process.cgroup_path);
    if (room != nullptr) AddTo(limited[room].place, process);
  }
  for (const ProcessSample* const worker : WorkersOf(components)) {
    ++places.workers;
    const ContainerRoom* const room = rooms.Around(worker->cgroup_path);
    ++(room != nullptr ? limited[room].workers : places.unlimited_workers);
  }
  for (auto& [room, container] : limited) {
    container.place.available = room->bytes;
    if (container.workers > 0) places.containers.push_back(container);
  }
  return places;
}

}  // namespace airflow_host
