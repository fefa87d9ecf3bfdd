// Airflow's tables as they are after years of work: many task instances that have finished, a few
// that are under way.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace airflow_host {

/// What is in the tables.
struct FilledAirflow {
  bool airflow3 = true;        ///< Tables of 3.x, else of 2.10.
  std::uint64_t finished = 0;  ///< Task instances that succeeded or failed.
  std::uint64_t active = 0;    ///< Task instances of the active states, a fifth of them running.
  /// The active ones lie all over the table, which is the worst for whoever looks for them; else
  /// they are its newest rows, as in life.
  bool scattered = false;
};

/// The statements, to be run one after another on one connection as a superuser, that make the
/// schema `schema` with `tables` (the text of deploy/sandbox/schema) and fill it: for every task
/// instance a row of job (which 3.1 inherits from 2.x), for every ten a DAG run, and in 3.1 for
/// every second a former try. The last one vacuums and so gathers statistics.
std::vector<std::string> FillStatements(const FilledAirflow& filled, const std::string& schema,
                                        const std::string& tables);

}  // namespace airflow_host
