// Writes the parts of the statement in their one row shape.
#include "collectors/metadata/query_parts.h"

#include <utility>

namespace airflow_host {
namespace {

void Append(const Expressions& expressions, std::size_t width, std::string_view type,
            std::string& sql) {
  for (std::size_t at = 0; at < width; ++at) {
    sql.append(", (").append(at < expressions.size() ? expressions[at] : "NULL");
    sql.append(")").append(type);
  }
}

std::string Select(std::string_view section, const Expressions& texts, const Expressions& numbers) {
  std::string sql = "SELECT '";
  sql.append(section).append("'::text");
  Append(texts, kRowTexts, "::text", sql);
  Append(numbers, kRowNumbers, "::float8", sql);
  return sql;
}

}  // namespace

std::string Epoch(std::string_view timestamp) {
  return "extract(epoch FROM " + std::string(timestamp) + ")";
}

std::string Before(std::string_view timestamp, std::chrono::milliseconds age) {
  return std::string(timestamp) + " < now() - interval '" + std::to_string(age.count()) +
         " milliseconds'";
}

std::string Limit(std::size_t rows) { return " LIMIT " + std::to_string(rows); }

QueryParts::QueryParts(const SchemaColumns& columns, std::string sql) : columns_(columns) {
  query_.sql = std::move(sql);
}

void QueryParts::Add(std::string_view section, const Expressions& texts, const Expressions& numbers,
                     const std::string& from) {
  std::string& sql = query_.sql;
  sql.append(first_ ? "(" : " UNION ALL (").append(Select(section, texts, numbers));
  sql.append(" ").append(from).append(")");
  first_ = false;
}

void QueryParts::AddById(std::string_view section, const Expressions& texts,
                         const Expressions& numbers, const std::string& table,
                         const std::string& key) {
  query_.by_id.push_back(" UNION ALL (" + Select(section, texts, numbers) + " FROM " + table +
                         " WHERE " + key + " = ANY(");
}

bool QueryParts::Readable(const char* what, std::string_view table,
                          std::initializer_list<std::string_view> columns) {
  const auto missing = columns_.Missing(table, columns);
  if (missing) query_.problems.push_back(std::string(what) + " cannot be read: " + *missing);
  return !missing;
}

bool QueryParts::ReadableIfThere(const char* what, std::string_view table,
                                 std::string_view column) {
  return columns_.Exists(table, column) && Readable(what, table, {column});
}

bool QueryParts::Has(std::string_view table, std::string_view column) const {
  return columns_.Exists(table, column);
}

}  // namespace airflow_host
