// Records which file system calls a piece of code makes, so that they can be made again without it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace airflow_host::bench {

/// Where a system call has its descriptor, its path and its buffer among its arguments; -1: none.
struct CallShape {
  long number;
  int descriptor;
  int path;
  int buffer;
  bool opens;
};

/// One call that was made.
struct RecordedCall {
  const CallShape* shape = nullptr;
  std::array<std::uint64_t, 6> arguments{};
  std::string path;  ///< What the path argument pointed to.
  std::int64_t result = 0;
  std::size_t tick = 0;  ///< How often MarkTick had been called before.
};

/// What was read by whom, in how many calls.
struct Recording {
  std::vector<RecordedCall> calls;  ///< Those on the file system, in their order.
  std::size_t other_calls = 0;      ///< Memory, time and the like.
  /// Duplicates of the descriptors that were open when the recording began, by their number then.
  std::map<int, int> kept_descriptors;
};

/// Called by the code under record where a new tick begins.
void MarkTick();

/// Runs `code` in a forked copy of this process under ptrace(2) and records what it calls. The copy
/// ends afterwards, so that what `code` does to memory is not seen here.
Recording Record(const std::function<void()>& code);

}  // namespace airflow_host::bench
