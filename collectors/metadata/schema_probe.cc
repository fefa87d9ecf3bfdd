// Asks PostgreSQL's catalogue, not Airflow's version, what can be read: Airflow calls its schema
// internal, a migration may have stopped half-way, and a role may have been granted less. Rows:
//
//   task_instance | queue    | t
//   trigger       | queue    | f
//
// https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-ACCESS
#include "collectors/metadata/schema_probe.h"

#include "collectors/support/metric_writer.h"
#include "collectors/support/text.h"

namespace airflow_host {
namespace {

/// pg_table_is_visible honours the search path, and a schema that the role may not use is not on
/// it.
constexpr std::string_view kProbe =
    "SELECT c.relname::text, a.attname::text,"
    " pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT')::text"
    " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid"
    " WHERE c.relname IN ('alembic_version', 'task_instance', 'task_instance_history', 'dag_run',"
    " 'dag', 'job', 'slot_pool', 'import_error', 'dag_version', 'trigger')"
    " AND c.relkind IN ('r', 'p', 'v', 'm') AND pg_catalog.pg_table_is_visible(c.oid)"
    " AND a.attnum > 0 AND NOT a.attisdropped";

std::string QuotedIdentifier(std::string_view name) {
  std::string quoted = "\"";
  for (const char byte : name) {
    if (byte == '"') quoted.push_back('"');
    quoted.push_back(byte);
  }
  quoted.push_back('"');
  return quoted;
}

}  // namespace

void SchemaColumns::Add(std::string table, std::string column, bool readable) {
  tables_[std::move(table)][std::move(column)] = readable;
}

bool SchemaColumns::Exists(std::string_view table, std::string_view column) const {
  const auto found = tables_.find(table);
  return found != tables_.end() && found->second.find(column) != found->second.end();
}

std::optional<std::string> SchemaColumns::Missing(
    std::string_view table, std::initializer_list<std::string_view> columns) const {
  const auto found = tables_.find(table);
  if (found == tables_.end()) {
    return "the table " + std::string(table) + " is not there, or its schema may not be used";
  }
  for (const std::string_view column : columns) {
    const auto known = found->second.find(column);
    if (known == found->second.end()) {
      return "the table " + std::string(table) + " has no column " + std::string(column);
    }
    if (!known->second) return "SELECT on the table " + std::string(table) + " is not granted";
  }
  return std::nullopt;
}

std::string TransactionPreamble(std::string_view schema) {
  // All of one message is one implicit transaction, so SET LOCAL holds for the SELECT (PostgreSQL
  // 11 and later start statement_timeout anew for each statement) and leaves nothing behind in a
  // session that PgBouncer may give to someone else.
  std::string sql =
      "SET TRANSACTION READ ONLY; SET LOCAL statement_timeout = 2000; "
      "SET LOCAL lock_timeout = 500; ";
  if (!schema.empty()) sql.append("SET LOCAL search_path = " + QuotedIdentifier(schema) + "; ");
  return sql;
}

std::string SchemaProbe(std::string_view schema) {
  return TransactionPreamble(schema).append(kProbe);
}

std::string RevisionProbe(std::string_view schema) {
  std::string sql = TransactionPreamble(schema).append("SELECT version_num ");
  return sql.append(kOneRevision);
}

std::optional<std::string> ParseRevision(std::span<const DatabaseRow> rows) {
  if (rows.empty() || rows[0].empty() || !rows[0][0]) return std::nullopt;
  return Printable(*rows[0][0], MetricWriter::kLongestLabelValue);
}

SchemaColumns ParseSchemaColumns(std::span<const DatabaseRow> rows) {
  SchemaColumns columns;
  for (const DatabaseRow& row : rows) {
    if (row.size() != 3 || !row[0] || !row[1] || !row[2]) continue;
    columns.Add(*row[0], *row[1], *row[2] == "true" || *row[2] == "t");
  }
  return columns;
}

}  // namespace airflow_host
