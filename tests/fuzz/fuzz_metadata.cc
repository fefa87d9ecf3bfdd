// Feeds the input to every parser of the metadata collector: as a URL, and as the rows of a server
// that answers anything. Cells are parted by tabs, rows by newlines; the cell "\N" is NULL.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "collectors/metadata/airflow_version.h"
#include "collectors/metadata/conninfo.h"
#include "collectors/metadata/database_url.h"
#include "collectors/metadata/metadata_metrics.h"
#include "collectors/metadata/metadata_query.h"
#include "collectors/metadata/metadata_rows.h"
#include "collectors/metadata/schema_probe.h"
#include "collectors/metadata/task_query.h"
#include "collectors/metadata/task_queues.h"

namespace airflow_host {
namespace {

std::vector<DatabaseRow> RowsOf(std::string_view text, std::size_t columns) {
  std::vector<DatabaseRow> rows;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(line.size() == text.size() ? line.size() : line.size() + 1);
    DatabaseRow row;
    while (row.size() < columns) {
      const std::string_view cell = line.substr(0, line.find('\t'));
      line.remove_prefix(cell.size() == line.size() ? cell.size() : cell.size() + 1);
      row.push_back(cell == "\\N" ? std::nullopt : std::optional<std::string>(cell));
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

void Fuzz(std::string_view input) {
  if (const auto address = ParseDatabaseUrl(input)) {
    static_cast<void>(Conninfo(*address));
    static_cast<void>(ScrubbedMessage(input, *address));
  }
  const SchemaColumns columns = ParseSchemaColumns(RowsOf(input, 3));
  static_cast<void>(ParseRevision(RowsOf(input, 1)));
  const MetadataQuery query = BuildMetadataQuery(columns, input, Thresholds{});
  const std::vector<std::string> ids = {std::string(input)};
  static_cast<void>(AskForTasks(query, ids));
  static_cast<void>(ParseMetadataRows(RowsOf(input, 2), columns));
  auto rows = RowsOf(input, kRowColumns);
  DatabaseRow server(kRowColumns);
  server[0] = section::kServer;
  rows.push_back(std::move(server));
  auto parsed = ParseMetadataRows(rows, columns);
  if (!parsed) return;
  TaskQueues queues;
  queues.Learn(parsed->groups);
  parsed->observation.task_instances = queues.Counts(parsed->groups);
  parsed->observation.oldest = queues.Oldest(parsed->groups);
  MetricWriter writer(1000);
  DescribeMetadata(CollectorStatus{}, &parsed->observation, writer);
  static_cast<void>(writer.Take());
}

}  // namespace
}  // namespace airflow_host

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // The bytes are text of unknown origin; characters may alias them.
  airflow_host::Fuzz(std::string_view(reinterpret_cast<const char*>(data), size));
  return 0;
}
