// Real processes to be watched: sleeping children with the titles of Airflow's and others.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <vector>

namespace airflow_host::bench {

/// Starts sleeping processes, and ends them with itself.
class RealProcesses {
 public:
  explicit RealProcesses(std::size_t count);
  RealProcesses(const RealProcesses&) = delete;
  RealProcesses& operator=(const RealProcesses&) = delete;
  ~RealProcesses();

 private:
  std::vector<pid_t> pids_;
};

}  // namespace airflow_host::bench
