// Splits a command into words.
#include "exporter/settings/shell_words.h"

#include <cstddef>
#include <utility>

namespace airflow_host {
namespace {

/// Appends what a quotation that begins at `at` holds; npos, or where its closing mark stands.
std::size_t TakeQuotation(std::string_view command, std::size_t at, std::string& word) {
  const char mark = command[at];
  for (++at; at < command.size(); ++at) {
    if (command[at] == mark) return at;
    // Only within double quotation marks, and only before these two, a backslash is dropped.
    const bool escape = mark == '"' && command[at] == '\\' && at + 1 < command.size() &&
                        (command[at + 1] == '"' || command[at + 1] == '\\');
    if (escape) ++at;
    word.push_back(command[at]);
  }
  return std::string_view::npos;
}

}  // namespace

Expected<std::vector<std::string>> SplitWords(std::string_view command) {
  constexpr std::string_view kBlank = " \t\r\n";
  std::vector<std::string> words;
  std::string word;
  bool inside = false;
  for (std::size_t at = 0; at < command.size(); ++at) {
    const char byte = command[at];
    if (kBlank.find(byte) != std::string_view::npos) {
      if (inside) words.push_back(std::exchange(word, {}));
      inside = false;
      continue;
    }
    inside = true;
    if (byte == '\'' || byte == '"') {
      at = TakeQuotation(command, at, word);
      if (at == std::string_view::npos) {
        return Fail(ErrorKind::kMalformed, "a quotation mark is not closed");
      }
    } else if (byte == '\\') {
      if (++at == command.size()) return Fail(ErrorKind::kMalformed, "a backslash ends it");
      word.push_back(command[at]);
    } else {
      word.push_back(byte);
    }
  }
  if (inside) words.push_back(std::move(word));
  return words;
}

}  // namespace airflow_host
