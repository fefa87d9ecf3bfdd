// What makes the process survive on a host that is dying of memory.
#pragma once

#include <string>

namespace airflow_host {

/// Keeps malloc small and predictable: two arenas instead of eight per core, fixed thresholds, so
/// that eight threads reserve 8 MB of addresses and not 600. First thing in main, before any
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
