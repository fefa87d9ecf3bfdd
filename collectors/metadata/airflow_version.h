// Which release of Airflow wrote a metadata database.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace airflow_host {

class SchemaColumns;

/// A range of releases: several share one schema, so the database never tells the patch release.
struct AirflowVersion {
  int major = 0;      ///< Of the oldest release in the range.
  int minor = 0;      ///< Of the oldest release in the range.
  std::string range;  ///< "3.1.0-3.1.7", or ">=3.2.0" where only the columns told.

  /// The oldest release in the range is `other_major.other_minor` or later.
  bool AtLeast(int other_major, int other_minor) const {
    return major != other_major ? major > other_major : minor >= other_minor;
  }
};

/// The releases whose schema `revision` (alembic_version.version_num) is; nothing for a revision
/// that is not known: a newer release, or a migration that stopped half-way. Any thread.
std::optional<AirflowVersion> VersionOfRevision(std::string_view revision);

/// The oldest release that has the columns of this database; nothing where task_instance cannot be
/// seen. Any thread.
std::optional<AirflowVersion> VersionOfColumns(const SchemaColumns& columns);

/// The releases by `revision`, or by `columns` where it is absent or not known. Any thread.
std::optional<AirflowVersion> VersionOf(const std::optional<std::string>& revision,
                                        const SchemaColumns& columns);

}  // namespace airflow_host
