// A row as the one statement gives it, for the tests that take rows apart.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "collectors/metadata/metadata_query.h"

namespace airflow_host {

/// A row of the statement: section, texts, numbers; what is empty or not given is NULL.
inline DatabaseRow MakeRow(std::string_view section, const std::vector<std::string>& texts,
                           const std::vector<std::string>& numbers) {
  DatabaseRow row(kRowColumns);
  row[0] = section;
  for (std::size_t at = 0; at < texts.size(); ++at) {
    if (!texts[at].empty()) row[1 + at] = texts[at];
  }
  for (std::size_t at = 0; at < numbers.size(); ++at) {
    if (!numbers[at].empty()) row[1 + kRowTexts + at] = numbers[at];
  }
  return row;
}

}  // namespace airflow_host
