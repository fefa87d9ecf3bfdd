// Divides room among tasks.
#include "exporter/insight/task_room.h"

#include <algorithm>

namespace airflow_host {
namespace {

constexpr double kLeastReserve = 128.0 * 1024 * 1024;
constexpr double kReservedShare = 0.1;
/// Beyond any host, and far within what a double counts exactly.
constexpr double kMostTasks = 1e9;

std::uint64_t Whole(double tasks) {
  return static_cast<std::uint64_t>(std::clamp(tasks, 0.0, kMostTasks));
}

}  // namespace

double UsableBytes(double room) {
  return std::max(room - std::max(kLeastReserve, kReservedShare * room), 0.0);
}

std::uint64_t TasksAtOnce(const TaskPlace& place, const TaskCost& cost) {
  const double room = place.available + place.held_by_tasks + place.held_by_pool;
  return Whole(UsableBytes(room) / (cost.task + cost.pool_worker));
}

std::uint64_t AllTasks(const TaskPlace& place, const TaskCost& cost) {
  const double usable = UsableBytes(place.available + place.held_by_tasks);
  const double pool = static_cast<double>(place.pool_workers);
  double all = usable / cost.task;
  if (all > pool) all = pool + (usable - pool * cost.task) / (cost.task + cost.pool_worker);
  return Whole(all);
}

}  // namespace airflow_host
