// Puts the one statement together from parts that share one row shape:
//
//   section, text1 ... text9 (text), number1 ... number5 (float8)
//
// so that one round trip and one snapshot give everything.
#pragma once

#include <chrono>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/metadata/metadata_query.h"
#include "collectors/metadata/schema_probe.h"

namespace airflow_host {

/// SQL expressions, in the order of the row's columns.
using Expressions = std::vector<std::string>;

/// A timestamp as seconds since 1970.
std::string Epoch(std::string_view timestamp);

/// True for a timestamp that is longer ago than `age`, by the database's own clock.
std::string Before(std::string_view timestamp, std::chrono::milliseconds age);

/// The limit of a part.
std::string Limit(std::size_t rows = kRowLimit);

/// Gathers the parts of one statement. Used by one thread.
class QueryParts {
 public:
  /// `columns` outlives it; `sql` is what comes before the first part.
  QueryParts(const SchemaColumns& columns, std::string sql);

  /// Adds a part that selects `texts` and `numbers` (the rest of each is NULL) `from` somewhere.
  /// The first text is column 2 of the row.
  void Add(std::string_view section, const Expressions& texts, const Expressions& numbers,
           const std::string& from);

  /// Adds such a part to those that are sent for ids only; `key`: the column that holds the id.
  void AddById(std::string_view section, const Expressions& texts, const Expressions& numbers,
               const std::string& table, const std::string& key);

  /// True if `columns` of `table` can be read; else notes that `what` is left out, and why.
  bool Readable(const char* what, std::string_view table,
                std::initializer_list<std::string_view> columns);

  /// True if this version of Airflow has `column` and it can be read; notes only the latter.
  bool ReadableIfThere(const char* what, std::string_view table, std::string_view column);

  /// True if this version of Airflow has `column`.
  bool Has(std::string_view table, std::string_view column) const;

  MetadataQuery& query() { return query_; }

 private:
  const SchemaColumns& columns_;
  MetadataQuery query_;
  bool first_ = true;
};

}  // namespace airflow_host
