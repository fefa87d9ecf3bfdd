// A kernel file that this kernel may not have, read every second without paying for its absence.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "collectors/support/clock.h"
#include "collectors/support/file_reader.h"

namespace airflow_host {

/// A KeptFile that is left alone for a while after it could not be read: one second at first, since
/// a starving host may refuse memory once, then twice as long each time, up to a minute. So neither
/// a system call nor an error's text is spent on a file that does not exist. Used by one thread.
class OptionalFile {
 public:
  static constexpr std::chrono::seconds kShortestWait{1};
  static constexpr std::chrono::seconds kLongestWait{60};

  explicit OptionalFile(std::string path) : file_(std::move(path)) {}

  /// The whole content, valid until the next Read; nothing if it cannot be read, or could not a
  /// short while before `now`.
  std::optional<std::string_view> Read(SteadyTime now);

 private:
  KeptFile file_;
  /// Zero while the last reading succeeded.
  std::chrono::seconds wait_{0};
  SteadyTime next_attempt_{};
};

}  // namespace airflow_host
