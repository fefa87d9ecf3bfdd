// How many tasks the memory of one place bears: of a host, or of a container with a limit.
//
//   room    = what is available there + what its running tasks hold [+ what its pool workers hold]
//   usable  = room - the larger of 128 MiB and a tenth of the room
//
// The reserve is for what grows between two samples, and for the page cache without which a host
// crawls before it kills. Swap is no room: tasks that run in it keep the host busy with moving
// memory to and fro. More memory never gives fewer tasks, and larger tasks never more.
#pragma once

#include <cstdint>

namespace airflow_host {

/// What one place has and holds, in bytes and in numbers.
struct TaskPlace {
  double available = 0;      ///< What programs can still take, without swap.
  double held_by_tasks = 0;  ///< By the tasks that run.
  double held_by_pool = 0;   ///< By its pool workers alone: what would be free without them.
  std::uint64_t tasks = 0;   ///< That run.
  std::uint64_t pool_workers = 0;
};

/// What one more takes, in bytes.
struct TaskCost {
  double task = 0;         ///< Above 0.
  double pool_worker = 0;  ///< The process that executes tasks one after the other.
};

/// What of `room` tasks may take, at least 0. Pure; any thread.
double UsableBytes(double room);

/// How many tasks at once `place` bears if its pool has just as many workers. Pure; any thread.
std::uint64_t TasksAtOnce(const TaskPlace& place, const TaskCost& cost);

/// How many tasks at once `place` bears in the pool workers that there are, and beyond them with
/// one more each: those that run, once they have grown to the same size, and more. Pure; any
/// thread.
std::uint64_t AllTasks(const TaskPlace& place, const TaskCost& cost);

}  // namespace airflow_host
