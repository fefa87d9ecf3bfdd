// Formats log lines, and writes them without ever blocking.
#include "exporter/log.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <ctime>
#include <nlohmann/json.hpp>

#include "collectors/support/text.h"

namespace airflow_host {
namespace {

constexpr double kLinesPerSecond = 2;
constexpr double kBurst = 50;
constexpr std::size_t kLongestValue = 1000;

const char* NameOf(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarn:
      return "warn";
    case LogLevel::kError:
      return "error";
  }
  return "error";
}

/// "2026-11-22T03:00:00.123Z".
std::string Rfc3339(SystemTime time) {
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(time);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(milliseconds);
  const std::time_t whole = std::chrono::system_clock::to_time_t(seconds);
  std::tm parts{};
  gmtime_r(&whole, &parts);
  std::string text(32, '\0');
  text.resize(std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S.", &parts));
  const std::string fraction = std::to_string((milliseconds - seconds).count());
  return text.append(3 - fraction.size(), '0').append(fraction).append("Z");
}

/// `key=value`, the value quoted where it must be (https://brandur.org/logfmt).
void AppendLogfmt(std::string& line, std::string_view key, std::string_view value) {
  if (!line.empty()) line.push_back(' ');
  line.append(key).push_back('=');
  const std::string text = Printable(value, kLongestValue);
  if (!text.empty() && text.find_first_of(" =\"\\") == std::string::npos) {
    line.append(text);
    return;
  }
  line.push_back('"');
  for (const char byte : text) {
    if (byte == '"' || byte == '\\') line.push_back('\\');
    line.push_back(byte);
  }
  line.push_back('"');
}

/// Writes to stderr if that does not block. A pipe that polls writable takes a line of up to
/// PIPE_BUF bytes whole (pipe(7)).
bool WriteWithoutBlocking(const std::string& line) {
  pollfd target{STDERR_FILENO, POLLOUT, 0};
  const bool writable = ::poll(&target, 1, 0) == 1 && (target.revents & POLLOUT) != 0;
  return writable && ::write(STDERR_FILENO, line.data(), line.size()) >= 0;
}

}  // namespace

std::string FormatLogLine(LogFormat format, LogLevel level, SystemTime time,
                          std::string_view message, std::initializer_list<LogField> fields) {
  if (format == LogFormat::kJson) {
    nlohmann::ordered_json object;
    object["time"] = Rfc3339(time);
    object["level"] = NameOf(level);
    object["message"] = Printable(message, kLongestValue);
    for (const auto& [key, value] : fields) {
      object[std::string(key)] = Printable(value, kLongestValue);
    }
    return object.dump();
  }
  std::string line;
  AppendLogfmt(line, "time", Rfc3339(time));
  AppendLogfmt(line, "level", NameOf(level));
  AppendLogfmt(line, "message", message);
  for (const auto& [key, value] : fields) AppendLogfmt(line, key, value);
  return line;
}

Log::Log(LogLevel level, LogFormat format, const Clock& clock)
    : level_(level),
      format_(format),
      clock_(clock),
      tokens_(kBurst),
      tokens_at_(clock.SteadyNow()) {}

bool Log::WithinRate() {
  const SteadyTime now = clock_.SteadyNow();
  const double passed = std::chrono::duration<double>(now - tokens_at_).count();
  tokens_ = std::min(kBurst, tokens_ + passed * kLinesPerSecond);
  tokens_at_ = now;
  if (tokens_ < 1) return false;
  tokens_ -= 1;
  return true;
}

void Log::Write(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
  if (level < level_) return;
  std::string line = FormatLogLine(format_, level, clock_.SystemNow(), message, fields);
  line.resize(std::min(line.size(), std::size_t{PIPE_BUF - 1}));
  line.push_back('\n');
  const std::lock_guard lock(mutex_);
  if (!WithinRate() || !WriteWithoutBlocking(line)) ++dropped_;
}

void Log::Debug(std::string_view message, std::initializer_list<LogField> fields) {
  Write(LogLevel::kDebug, message, fields);
}
void Log::Info(std::string_view message, std::initializer_list<LogField> fields) {
  Write(LogLevel::kInfo, message, fields);
}
void Log::Warn(std::string_view message, std::initializer_list<LogField> fields) {
  Write(LogLevel::kWarn, message, fields);
}
void Log::Error(std::string_view message, std::initializer_list<LogField> fields) {
  Write(LogLevel::kError, message, fields);
}

}  // namespace airflow_host
