// Reads the task instance out of the workload that an Airflow 3 pod is given. Sample:
//   ...execute_workload --json-string {"token":"eyJ...","ti":{"id":"0199b2f4-6a31-7c55-9d0e-
//   2f6c1d7f8a01","dag_version_id":"...","task_id":"load","dag_id":"sales","run_id":"manual__1",
//   "try_number":1,"map_index":-1,"context_carrier":{}},"bundle_info":{...},"type":"ExecuteTask"}
// The model is ExecuteTask in executors/workloads of https://github.com/apache/airflow (3.0
// to 3.3). A JSON library would copy the token into memory of its own, so the one object is looked
// at in place: `"ti":` cannot stand inside a string, where its quotes would be escaped.
#include "collectors/component/task_workload.h"

#include <algorithm>
#include <cstddef>

#include "collectors/component/task_command.h"

namespace airflow_host {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

void SkipSpace(std::string_view& rest) {
  const std::size_t begin = rest.find_first_not_of(kSpace);
  rest.remove_prefix(begin == std::string_view::npos ? rest.size() : begin);
}

bool Take(std::string_view& rest, char wanted) {
  SkipSpace(rest);
  if (!rest.starts_with(wanted)) return false;
  rest.remove_prefix(1);
  return true;
}

/// Takes a string off `rest`, without its quotes and with its escapes as they stand.
std::optional<std::string_view> TakeRawString(std::string_view& rest) {
  if (!Take(rest, '"')) return std::nullopt;
  for (std::size_t at = 0; at < rest.size(); ++at) {
    if (rest[at] == '\\') {
      ++at;
    } else if (rest[at] == '"') {
      const std::string_view text = rest.substr(0, at);
      rest.remove_prefix(at + 1);
      return text;
    }
  }
  return std::nullopt;
}

/// Takes one value of any kind off `rest`, and gives it back if it is a string or a number.
std::optional<std::string_view> TakeValueText(std::string_view& rest) {
  SkipSpace(rest);
  if (rest.starts_with('"')) return TakeRawString(rest);
  std::size_t depth = 0;
  std::size_t at = 0;
  while (at < rest.size()) {
    const char byte = rest[at];
    if (byte == '"') {
      std::string_view behind = rest.substr(at);
      if (!TakeRawString(behind)) return std::nullopt;
      at = rest.size() - behind.size();
      continue;
    }
    if (byte == '{' || byte == '[') ++depth;
    if (depth == 0 && (byte == ',' || byte == '}')) break;
    if ((byte == '}' || byte == ']') && depth > 0) --depth;
    ++at;
  }
  const std::string_view text = rest.substr(0, at);
  rest.remove_prefix(at);
  return text.substr(0, text.find_last_not_of(kSpace) + 1);
}

/// A name with its escapes resolved; empty where they are not ours to resolve.
std::string NameOf(std::string_view raw) {
  if (raw.find('\\') == std::string_view::npos) return std::string(raw);
  // JSON's escapes are among those of a Python string, but for \/, \b, \f and surrogate pairs.
  std::string quoted = "[\"";
  quoted.append(raw).append("\"]");
  const auto items = ParsePythonList(quoted);
  return items.size() == 1 ? items.front() : std::string();
}

void Keep(std::string_view key, std::string_view value, TaskIdentity& task) {
  if (key == "id") task.task_instance_id = UuidOf(value);
  if (key == "dag_id") task.dag_id = NameOf(value);
  if (key == "task_id") task.task_id = NameOf(value);
  if (key == "run_id") task.run_id = NameOf(value);
  if (key == "map_index") task.map_index = SmallNumberOf(value);
  if (key == "try_number") task.try_number = SmallNumberOf(value);
}

}  // namespace

std::string UuidOf(std::string_view text) {
  constexpr std::string_view kShape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  if (text.size() != kShape.size()) return {};
  std::string id(text);
  for (std::size_t at = 0; at < id.size(); ++at) {
    char& byte = id[at];
    if (byte >= 'A' && byte <= 'F') byte = static_cast<char>(byte - 'A' + 'a');
    const bool is_digit = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f');
    if (kShape[at] == '-' ? byte != '-' : !is_digit) return {};
  }
  return id;
}

std::optional<TaskIdentity> TaskOfWorkload(std::string_view text) {
  constexpr std::string_view kKey = "\"ti\"";
  const std::size_t begin = text.find(kKey);
  if (begin == std::string_view::npos) return std::nullopt;
  std::string_view rest = text.substr(begin + kKey.size());
  if (!Take(rest, ':') || !Take(rest, '{')) return std::nullopt;
  TaskIdentity task;
  for (;;) {
    const auto key = TakeRawString(rest);
    if (!key || !Take(rest, ':')) break;
    const auto value = TakeValueText(rest);
    // What is followed by nothing may be cut off.
    if (!value || rest.empty()) break;
    Keep(*key, *value, task);
    if (!Take(rest, ',')) break;
  }
  return task;
}

}  // namespace airflow_host
