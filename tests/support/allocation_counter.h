// Counts what the program allocates: link allocation_counter.cc into one test program, and its
// operator new counts.
#pragma once

#include <cstddef>

namespace airflow_host {

/// How often operator new was called so far, by all threads. Any thread.
std::size_t Allocations();

}  // namespace airflow_host
