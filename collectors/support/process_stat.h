// /proc/PID/stat: who a process is, whose child, since when, and the CPU time it has used.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "collectors/support/error.h"

namespace airflow_host {

/// The fields of /proc/PID/stat that we use. Field numbers as in proc(5).
struct ProcessStat {
  std::string_view comm;           ///< Field 2 without its parentheses; a view of the parsed text.
  char state = '?';                ///< Field 3: 'R', 'S', 'D', 'Z' (zombie), 'X' (dead) ...
  int parent_pid = 0;              ///< Field 4; 0 for the first process and for kthreadd.
  bool kernel_thread = false;      ///< PF_KTHREAD in field 9.
  std::uint64_t user_ticks = 0;    ///< Field 14, utime, in ticks of USER_HZ.
  std::uint64_t system_ticks = 0;  ///< Field 15, stime, in ticks of USER_HZ.
  std::uint64_t threads = 0;       ///< Field 20, num_threads.
  std::uint64_t start_ticks = 0;   ///< Field 22, starttime: ticks of USER_HZ since boot.
};

/// Parses the text of /proc/PID/stat. kMalformed where a field that we use is missing or no number.
/// Total; any thread.
Expected<ProcessStat> ParseProcessStat(std::string_view text);

}  // namespace airflow_host
