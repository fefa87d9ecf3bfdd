// Judges traces from files.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace airflow_host::bench {

/// The samples in the text of a CSV file, in their order: lines of "seconds,bytes". Lines that are
/// empty, no two numbers, or earlier than the one before them are left out and counted.
struct CsvTrace {
  std::vector<std::pair<double, double>> samples;
  std::size_t refused = 0;
};
CsvTrace ParseCsv(std::string_view text);

/// Prints how the trace in the file at `path` is judged; `limit` in bytes, 0 for none. False where
/// it cannot be read.
bool JudgeFile(const std::string& path, double limit);

}  // namespace airflow_host::bench
