// Makes recorded calls again: what reading costs when nobody looks at what was read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/tick/call_recorder.h"

namespace airflow_host::bench {

/// The very calls of a recording, one after the other, with the same sizes of buffers and on the
/// same descriptors where those had been open before.
class SameCalls {
 public:
  explicit SameCalls(const Recording& recording);

  /// Makes them all once.
  void Run();

  /// Of the last Run: calls that went otherwise than when they were recorded (a process has gone).
  std::size_t different() const { return different_; }

 private:
  struct Call {
    const CallShape* shape;
    std::array<std::uint64_t, 6> arguments;
    std::int64_t result;
  };

  std::vector<std::string> paths_;
  std::vector<Call> calls_;
  std::vector<int> descriptors_;  ///< By the number at the time of the record; -1: not open.
  std::string buffer_;
  std::size_t different_ = 0;
};

/// The plainest way to read what a recording read: each file once per tick by open, read to the end
/// and close; each directory by open, list and close; each link by readlink.
class PlainReading {
 public:
  explicit PlainReading(const Recording& recording);

  /// Reads everything once.
  void Run();

  /// Files, directories and links.
  std::size_t size() const { return things_.size(); }

 private:
  enum class Kind { kFile, kDirectory, kLink };
  struct Thing {
    Kind kind;
    std::string path;
  };

  std::vector<Thing> things_;
  std::string buffer_;
};

}  // namespace airflow_host::bench
