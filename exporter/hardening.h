// What makes the process survive on a host that is dying of memory.
#pragma once

#include <string>

namespace airflow_host {

/// Opens /dev/null in the place of standard input, output and error where they are closed:
/// otherwise the next file or connection gets their number, and log lines go into it. First thing
/// in main.
void OpenStandardDescriptors();

/// Keeps malloc small and predictable: one arena instead of eight per core (each reserves 64 MiB of
/// addresses, and a limit on locked memory counts addresses), and fixed thresholds. Before any
/// thread.
void LimitAllocator();

/// What came of LockMemory.
struct MemoryLock {
  bool locked = false;
  std::string problem;  ///< Why not, and what to do; empty when locked.
};

/// Locks every page that is touched from now on into memory (mlockall with MCL_ONFAULT), program
/// text included: it is the eviction of text that makes other exporters time out under thrashing.
/// Before threads are started. Not done where the limit on locked memory is so low that the next
/// thread could not start: the limit counts addresses, touched or not.
MemoryLock LockMemory(const std::string& procfs);

}  // namespace airflow_host
