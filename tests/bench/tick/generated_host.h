// A generated host: a procfs and a sysfs with as many processes and containers as a test wants.
#pragma once

#include <cstddef>
#include <string>

#include "collectors/support/paths.h"

namespace airflow_host::bench {

/// How large it is.
struct HostSize {
  std::size_t processes = 0;
  std::size_t containers = 0;
};

/// The title of the process number `at` of a busy Airflow host: of ten processes two are Airflow's,
/// one is a neighbour's, three are the kernel's (an empty title), and four are none of ours.
std::string TitleOfProcess(std::size_t at);

/// Writes a host with cgroup v2 and Docker's containers below `folder` ("proc", "sys"), which must
/// be new: best on a tmpfs. Every file that a collector may want is there, in the kernel's format.
/// With containers, all processes live in them, in turn.
Paths WriteHost(const std::string& folder, const HostSize& size);

}  // namespace airflow_host::bench
