// /proc/PID/status: the memory of a process, readable for everybody.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace airflow_host {

/// The memory of one process, in bytes. A field is empty where the kernel does not tell it: a
/// kernel thread and a zombie have none, RssAnon and its like came with Linux 4.5.
struct ProcessMemory {
  std::optional<std::uint64_t> rss;        ///< VmRSS: all that is resident.
  std::optional<std::uint64_t> anonymous;  ///< RssAnon: heap and stacks, copy-on-write included.
  std::optional<std::uint64_t> file;       ///< RssFile: mapped files (program text, libraries).
  std::optional<std::uint64_t> shared;     ///< RssShmem: shared memory and tmpfs.
  std::optional<std::uint64_t> swap;       ///< VmSwap: private anonymous memory swapped out.
};

/// Parses the text of /proc/PID/status. Lines that are unknown, malformed or too large are passed
/// over. Total; any thread.
ProcessMemory ParseProcessStatus(std::string_view text);

}  // namespace airflow_host
