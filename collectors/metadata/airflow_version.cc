// The schema revisions of Airflow's releases, from _REVISION_HEADS_MAP in airflow/utils/db.py and
// https://airflow.apache.org/docs/apache-airflow/stable/migrations-ref.html. alembic_version holds
// one row such as "cc92b33c6709".
#include "collectors/metadata/airflow_version.h"

#include <array>

#include "collectors/metadata/schema_probe.h"

namespace airflow_host {
namespace {

struct RevisionRow {
  std::string_view revision;
  int major;
  int minor;
  std::string_view range;
};

constexpr std::array<RevisionRow, 32> kRevisions = {{
    {"e959f08ac86c", 2, 0, "2.0.0"},          {"82b7c48c147f", 2, 0, "2.0.1"},
    {"2e42bb497a22", 2, 0, "2.0.2"},          {"a13f7613ad25", 2, 1, "2.1.0-2.1.2"},
    {"97cdd93827b8", 2, 1, "2.1.3"},          {"ccde3e26fe78", 2, 1, "2.1.4"},
    {"7b2661a43ba3", 2, 2, "2.2.0-2.2.2"},    {"be2bfac3da23", 2, 2, "2.2.3"},
    {"587bdf053233", 2, 2, "2.2.4-2.2.5"},    {"b1b348e02d07", 2, 3, "2.3.0"},
    {"1de7bc13c950", 2, 3, "2.3.1"},          {"3c94c427fdf6", 2, 3, "2.3.2"},
    {"f5fcbda3e651", 2, 3, "2.3.3-2.3.4"},    {"ecb43d2a1842", 2, 4, "2.4.0-2.4.1"},
    {"b0d31815b5a6", 2, 4, "2.4.2"},          {"e07f49787c9d", 2, 4, "2.4.3"},
    {"290244fb8b83", 2, 5, "2.5.0-2.5.3"},    {"98ae134e6fff", 2, 6, "2.6.0-2.6.1"},
    {"c804e5c76e3e", 2, 6, "2.6.2-2.6.3"},    {"405de8318b3a", 2, 7, "2.7.0-2.7.3"},
    {"10b52ebd31f7", 2, 8, "2.8.0"},          {"88344c1d9134", 2, 8, "2.8.1-2.8.4"},
    {"1949afb29106", 2, 9, "2.9.0-2.9.1"},    {"686269002441", 2, 9, "2.9.2-2.9.3"},
    {"22ed7efa9da2", 2, 10, "2.10.0-2.10.2"}, {"5f2621c13b39", 2, 10, "2.10.3-2.11.x"},
    {"29ce7909c52b", 3, 0, "3.0.0-3.0.2"},    {"fe199e1abd77", 3, 0, "3.0.3-3.0.6"},
    {"cc92b33c6709", 3, 1, "3.1.0-3.1.7"},    {"509b94a1042d", 3, 1, "3.1.8-3.1.x"},
    {"1d6611b6ab7c", 3, 2, "3.2.0-3.2.x"},    {"d2f4e1b3c5a7", 3, 3, "3.3.0-3.3.x"},
}};

/// A column, and the release that brought it; the newest first.
struct ColumnRow {
  std::string_view table;
  std::string_view column;
  int major;
  int minor;
};

constexpr std::array<ColumnRow, 9> kColumns = {{
    {"task_instance", "retry_reason", 3, 3},
    {"trigger", "queue", 3, 2},
    {"dag", "timetable_type", 3, 2},
    {"dag", "last_parse_duration", 3, 1},
    {"task_instance", "id", 3, 0},
    {"task_instance", "executor", 2, 10},
    {"slot_pool", "include_deferred", 2, 7},
    {"task_instance", "map_index", 2, 3},
    {"task_instance", "trigger_id", 2, 2},
}};

}  // namespace

std::optional<AirflowVersion> VersionOfRevision(std::string_view revision) {
  for (const RevisionRow& row : kRevisions) {
    if (row.revision == revision) {
      return AirflowVersion{row.major, row.minor, std::string(row.range)};
    }
  }
  return std::nullopt;
}

std::optional<AirflowVersion> VersionOfColumns(const SchemaColumns& columns) {
  for (const ColumnRow& row : kColumns) {
    if (columns.Exists(row.table, row.column)) {
      std::string range = ">=" + std::to_string(row.major) + "." + std::to_string(row.minor) + ".0";
      return AirflowVersion{row.major, row.minor, std::move(range)};
    }
  }
  return std::nullopt;
}

std::optional<AirflowVersion> VersionOf(const std::optional<std::string>& revision,
                                        const SchemaColumns& columns) {
  auto version = revision ? VersionOfRevision(*revision) : std::nullopt;
  return version ? version : VersionOfColumns(columns);
}

}  // namespace airflow_host
