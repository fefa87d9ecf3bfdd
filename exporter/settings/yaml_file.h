// Reading the YAML file of settings. The only file that knows yaml-cpp is the one behind this.
//
//   web:
//     listen-address: [":10132", "[::1]:10132"]
//   collector:
//     metadata: {enabled: true, cadence: 30s}
//
// Nested keys make up the flags' names; `enabled` under a collector stands for the collector
// itself, and the keys under `component.neighbours` are the user's own names: `mysql: "mysqld*"` is
// the item "mysql=mysqld*" of that list.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/support/error.h"

namespace airflow_host {

/// One setting as it stands in the file.
struct YamlSetting {
  std::string name;                 ///< "web.listen-address"
  std::vector<std::string> values;  ///< One for a scalar; the items of a sequence.
  bool sequence = false;
  std::size_t line = 0;  ///< Of the key, counted from 1.
};

/// All settings in the file's order. Errors say "PATH line N: ..." for what is not YAML, not made
/// of maps, given twice or left empty; they never repeat a value. Any thread.
Expected<std::vector<YamlSetting>> ParseYamlSettings(std::string_view text, std::string_view path);

}  // namespace airflow_host
