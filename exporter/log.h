// Structured log lines on stderr. A line that cannot be written at once is dropped and counted: a
// full pipe or a slow journal must never stop the sampling of a starving host.
#pragma once

#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "collectors/support/clock.h"

namespace airflow_host {

/// How a line looks: `time=... level=info message="..." key=value`, or one JSON object.
enum class LogFormat { kLogfmt, kJson };

/// From the chattiest to the most silent.
enum class LogLevel { kDebug, kInfo, kWarn, kError };

/// A named detail of a line.
using LogField = std::pair<std::string_view, std::string_view>;

/// Writes lines. Safe to call from any thread; never blocks on a slow reader. Messages and values
/// hold no secrets: that is the caller's word.
class Log {
 public:
  Log(LogLevel level, LogFormat format, const Clock& clock);

  /// Changes what is written from now on.
  void Set(LogLevel level, LogFormat format) {
    level_ = level;
    format_ = format;
  }

  /// Each writes one line, unless its level is below the log's or too many came at once.
  void Debug(std::string_view message, std::initializer_list<LogField> fields = {});
  void Info(std::string_view message, std::initializer_list<LogField> fields = {});
  void Warn(std::string_view message, std::initializer_list<LogField> fields = {});
  void Error(std::string_view message, std::initializer_list<LogField> fields = {});

  /// Lines that were not written: too many at once, or nobody read them.
  std::uint64_t dropped() const { return dropped_; }

 private:
  void Write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields);
  bool WithinRate();

  std::atomic<LogLevel> level_;
  std::atomic<LogFormat> format_;
  const Clock& clock_;
  std::mutex mutex_;      // Guards the two below, and keeps lines whole.
  double tokens_;         // Lines that may still be written now.
  SteadyTime tokens_at_;  // When that was true.
  std::atomic<std::uint64_t> dropped_{0};
};

/// `message` and `fields` as one line without its newline: pure. Any thread.
std::string FormatLogLine(LogFormat format, LogLevel level, SystemTime time,
                          std::string_view message, std::initializer_list<LogField> fields);

}  // namespace airflow_host
