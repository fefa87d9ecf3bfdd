// What a connection's role can see of Airflow's tables: asked once per connection.
#pragma once

#include <initializer_list>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "collectors/metadata/database_client.h"

namespace airflow_host {

/// The columns of the tables that we know, and which of them may be read. A plain value.
class SchemaColumns {
 public:
  /// Notes one column; `readable`: the role has SELECT on it.
  void Add(std::string table, std::string column, bool readable);

  /// The column exists, whether or not it may be read.
  bool Exists(std::string_view table, std::string_view column) const;

  /// Why `columns` of `table` cannot be read, as half a sentence; nothing if they can.
  std::optional<std::string> Missing(std::string_view table,
                                     std::initializer_list<std::string_view> columns) const;

 private:
  using Columns = std::map<std::string, bool, std::less<>>;
  std::map<std::string, Columns, std::less<>> tables_;
};

/// The statements that set the limits of a transaction and choose `schema` (empty: PostgreSQL's own
/// search path). Ends in "; ", to be followed by one SELECT in the same message. Any thread.
std::string TransactionPreamble(std::string_view schema);

/// The SQL that asks the catalogue for the columns; its rows are for ParseSchemaColumns.
std::string SchemaProbe(std::string_view schema);

/// Rows of (table, column, "t" or "f": may be read). Total: rows of another shape are left out.
SchemaColumns ParseSchemaColumns(std::span<const DatabaseRow> rows);

/// The one revision that counts of a table that holds one.
inline constexpr std::string_view kOneRevision =
    "FROM alembic_version ORDER BY version_num LIMIT 1";

/// The SQL that asks for the revision of the schema; its rows are for ParseRevision.
std::string RevisionProbe(std::string_view schema);

/// alembic_version.version_num as a label shows it; nothing where the table is empty.
std::optional<std::string> ParseRevision(std::span<const DatabaseRow> rows);

}  // namespace airflow_host
