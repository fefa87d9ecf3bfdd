// Adds the places up and picks the quartile.
#include "exporter/insight/task_capacity.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace airflow_host {
namespace {

std::uint64_t LowerQuartile(std::vector<std::uint64_t> values) {
  const std::size_t quarter = (values.size() - 1) / 4;
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(quarter);
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

std::uint64_t PerWorker(const TaskPlaces& places, const TaskCost& cost) {
  std::uint64_t least = TasksAtOnce(places.host, cost) / places.workers;
  for (const WorkerContainer& container : places.containers) {
    least = std::min(least, TasksAtOnce(container.place, cost) / container.workers);
  }
  return least;
}

/// What the containers bear together with the tasks outside of them, or the host if that is less.
std::uint64_t Together(const TaskPlaces& places, const TaskCost& cost) {
  const std::uint64_t host = AllTasks(places.host, cost);
  if (places.containers.empty() || places.unlimited_workers > 0) return host;
  std::uint64_t containers = places.host.tasks;
  for (const WorkerContainer& container : places.containers) {
    containers += AllTasks(container.place, cost);
    containers -= std::min(container.place.tasks, containers);
  }
  return std::min(host, containers);
}

}  // namespace

TaskCapacity CapacityOf(const TaskPlaces& places, std::uint64_t task_bytes) {
  const TaskCost cost{static_cast<double>(task_bytes), places.pool_worker_bytes};
  TaskCapacity capacity;
  if (places.workers > 0) capacity.per_worker = PerWorker(places, cost);
  capacity.together = Together(places, cost);
  capacity.running = places.host.tasks;
  return capacity;
}

void CapacityHistory::Add(const TaskCapacity& sample, SteadyTime now) {
  samples_.push_back({sample, now});
  while (now - samples_.front().at > kSpan || samples_.size() > kMostSamples) samples_.pop_front();
}

std::optional<TaskCapacity> CapacityHistory::Usual(SteadyTime now,
                                                   std::chrono::nanoseconds patience) const {
  if (samples_.empty() || now - samples_.back().at > patience) return std::nullopt;
  TaskCapacity usual = samples_.back().capacity;
  std::vector<std::uint64_t> per_worker;
  std::vector<std::uint64_t> together;
  for (const Sample& sample : samples_) {
    if (sample.capacity.per_worker) per_worker.push_back(*sample.capacity.per_worker);
    together.push_back(sample.capacity.together);
  }
  if (usual.per_worker) usual.per_worker = LowerQuartile(std::move(per_worker));
  usual.together = LowerQuartile(std::move(together));
  return usual;
}

}  // namespace airflow_host
