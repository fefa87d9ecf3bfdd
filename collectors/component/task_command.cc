// Reads the task out of Airflow 2's command, and the list that a title shows it as. Samples:
//   ['airflow', 'tasks', 'run', 'sales', 'load', 'manual__1', '--local', '--map-index', '3']
//   /usr/bin/python3\0/usr/bin/airflow\0tasks\0run\0sales\0load\0manual__1\0--raw\0
// The order of the arguments is that of TaskInstance.generate_command(); a person may write the
// options anywhere. https://docs.python.org/3/library/functions.html#repr (of lists and strings)
#include "collectors/component/task_command.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "collectors/support/text.h"

namespace airflow_host {
namespace {

constexpr std::size_t kMostArguments = 200;
constexpr std::uint64_t kLargestNumber = 1'000'000'000;

/// Options of `tasks run` that are followed by a value of their own.
constexpr std::array<std::string_view, 12> kOptionsWithValue = {
    "--subdir", "-S",          "--pool",       "--cfg-path",        "--pickle",   "-p",
    "--job-id", "--map-index", "--error-file", "--depends-on-past", "--env-vars", "--carrier"};

void AppendUtf8(std::uint32_t code, std::string& text) {
  const auto add = [&](std::uint32_t byte) { text.push_back(static_cast<char>(byte)); };
  if (code < 0x80U) {
    add(code);
  } else if (code < 0x800U) {
    add(0xC0U | (code >> 6U));
    add(0x80U | (code & 0x3FU));
  } else if (code < 0x10000U) {
    add(0xE0U | (code >> 12U));
    add(0x80U | ((code >> 6U) & 0x3FU));
    add(0x80U | (code & 0x3FU));
  } else {
    add(0xF0U | ((code >> 18U) & 0x07U));
    add(0x80U | ((code >> 12U) & 0x3FU));
    add(0x80U | ((code >> 6U) & 0x3FU));
    add(0x80U | (code & 0x3FU));
  }
}

/// Takes the `digits` hexadecimal digits of an escape off `rest`.
bool TakeCode(std::string_view& rest, std::size_t digits, std::string& text) {
  std::uint32_t code = 0;
  const char* const end = rest.data() + std::min(digits, rest.size());
  const auto [stopped, failure] = std::from_chars(rest.data(), end, code, 16);
  if (failure != std::errc{} || rest.size() < digits || stopped != end) return false;
  rest.remove_prefix(digits);
  AppendUtf8(code, text);
  return true;
}

/// Takes one escape, without its backslash, off `rest`.
bool TakeEscape(std::string_view& rest, std::string& text) {
  if (rest.empty()) return false;
  const char kind = rest.front();
  rest.remove_prefix(1);
  switch (kind) {
    case 'n':
      text.push_back('\n');
      return true;
    case 't':
      text.push_back('\t');
      return true;
    case 'r':
      text.push_back('\r');
      return true;
    case 'x':
      return TakeCode(rest, 2, text);
    case 'u':
      return TakeCode(rest, 4, text);
    case 'U':
      return TakeCode(rest, 8, text);
    default:
      text.push_back(kind);  // A backslash or a quote.
      return true;
  }
}

/// Takes one quoted string off `rest`; nothing where it does not end.
std::optional<std::string> TakeString(std::string_view& rest) {
  if (rest.empty() || (rest.front() != '\'' && rest.front() != '"')) return std::nullopt;
  const char quote = rest.front();
  rest.remove_prefix(1);
  std::string text;
  while (!rest.empty()) {
    const char byte = rest.front();
    rest.remove_prefix(1);
    if (byte == quote) return text;
    if (byte != '\\') {
      text.push_back(byte);
    } else if (!TakeEscape(rest, text)) {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

bool HasValue(std::string_view option) {
  return std::find(kOptionsWithValue.begin(), kOptionsWithValue.end(), option) !=
         kOptionsWithValue.end();
}

}  // namespace

std::vector<std::string> ParsePythonList(std::string_view text) {
  std::vector<std::string> items;
  if (!text.starts_with('[')) return items;
  text.remove_prefix(1);
  while (items.size() < kMostArguments) {
    auto item = TakeString(text);
    if (!item) break;
    items.push_back(*std::move(item));
    if (!text.starts_with(", ")) break;
    text.remove_prefix(2);
  }
  return items;
}

std::vector<std::string> SplitCommand(std::string_view text) {
  std::vector<std::string> arguments;
  const char separator = text.find('\0') == std::string_view::npos ? ' ' : '\0';
  while (!text.empty() && arguments.size() < kMostArguments) {
    const std::size_t end = text.find(separator);
    arguments.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return arguments;
}

std::optional<TaskIdentity> TaskOfCommand(const std::vector<std::string>& arguments) {
  auto at = std::find(arguments.begin(), arguments.end(), "tasks");
  if (at == arguments.end() || ++at == arguments.end()) return std::nullopt;
  if (*at != "run" && *at != "test") return std::nullopt;
  TaskIdentity task;
  const std::array<std::string*, 3> names = {&task.dag_id, &task.task_id, &task.run_id};
  std::size_t named = 0;
  for (++at; at != arguments.end(); ++at) {
    constexpr std::string_view kMapIndex = "--map-index";
    if (!at->starts_with('-')) {
      if (named < names.size()) *names.at(named++) = *at;
      continue;
    }
    if (at->starts_with("--map-index=")) {
      task.map_index = SmallNumberOf(std::string_view(*at).substr(kMapIndex.size() + 1));
    }
    if (!HasValue(*at)) continue;
    const bool is_map_index = *at == kMapIndex;
    if (++at == arguments.end()) break;
    if (is_map_index) task.map_index = SmallNumberOf(*at);
  }
  if (!task.Named()) return std::nullopt;
  return task;
}

std::optional<int> SmallNumberOf(std::string_view text) {
  const auto number = ParseUnsigned(text);
  if (!number || *number > kLargestNumber) return std::nullopt;
  return static_cast<int>(*number);
}

}  // namespace airflow_host
