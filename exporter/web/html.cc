// Escaping, durations and times for the pages.
#include "exporter/web/html.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <ctime>

#include "collectors/support/text.h"

namespace airflow_host {
namespace {

/// A page shows no longer text: messages are sentences.
constexpr std::size_t kLongestText = 1000;

/// `number` with one decimal below ten, with none above.
std::string Rounded(double number, const char* unit) {
  std::array<char, 64> text{};
  const bool fraction = number < 9.95 && std::abs(number - std::round(number)) >= 0.05;
  std::snprintf(text.data(), text.size(), fraction ? "%.1f %s" : "%.0f %s", number, unit);
  return text.data();
}

}  // namespace

std::string EscapeHtml(std::string_view text) {
  std::string escaped;
  for (const char letter : Printable(text, kLongestText)) {
    switch (letter) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += letter;
    }
  }
  return escaped;
}

std::string DurationInWords(std::chrono::nanoseconds duration) {
  const double seconds = std::chrono::duration<double>(duration).count();
  if (seconds < 0.001) return Rounded(seconds * 1e6, "µs");
  if (seconds < 1) return Rounded(seconds * 1e3, "ms");
  if (seconds < 100) return Rounded(seconds, "s");
  if (seconds < 100 * 60) return Rounded(seconds / 60, "min");
  if (seconds < 48 * 3600) return Rounded(seconds / 3600, "h");
  return Rounded(seconds / 86400, "days");
}

std::string BytesInWords(std::uint64_t bytes) {
  constexpr std::array<const char*, 5> kUnits{"bytes", "KiB", "MiB", "GiB", "TiB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1024 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), value < 10 && unit > 0 ? "%.1f %s" : "%.0f %s", value,
                kUnits[unit]);
  return text.data();
}

std::string Ago(std::optional<SystemTime> time, SystemTime now) {
  if (!time) return "never";
  if (*time > now - std::chrono::seconds(1)) return "just now";
  return DurationInWords(std::chrono::floor<std::chrono::seconds>(now - *time)) + " ago";
}

std::string IsoTime(SystemTime time) {
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch());
  const auto whole = std::chrono::floor<std::chrono::seconds>(milliseconds);
  const std::time_t seconds = whole.count();
  std::tm parts{};
  std::array<char, 32> text{};
  if (gmtime_r(&seconds, &parts) == nullptr ||
      std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts) == 0) {
    return {};
  }
  std::array<char, 8> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%03dZ",
                static_cast<int>((milliseconds - whole).count()));
  return std::string(text.data()) + fraction.data();
}

std::string TimeElement(SystemTime time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  std::array<char, 32> machine{};
  std::array<char, 32> person{};
  if (gmtime_r(&seconds, &parts) == nullptr ||
      std::strftime(machine.data(), machine.size(), "%Y-%m-%dT%H:%M:%SZ", &parts) == 0 ||
      std::strftime(person.data(), person.size(), "%Y-%m-%d %H:%M:%S UTC", &parts) == 0) {
    return "an unknown time";
  }
  std::string element = "<time datetime=\"";
  element.append(machine.data()).append("\">").append(person.data()).append("</time>");
  return element;
}

}  // namespace airflow_host
