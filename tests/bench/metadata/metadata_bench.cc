// What the one statement costs a database that has grown.
//
//   metadata_bench                      10,000 and 5,000,000 finished task instances (minutes, and
//                                       some 8 GB in TMPDIR)
//   metadata_bench 1000000              another large number
//   metadata_bench 5000000 scattered    active rows all over the table: the worst case
//
// A real PostgreSQL, which the benchmark starts and stops itself, holds both data sets for each
// generation of Airflow's schema, each with 10,000 active task instances. The same statement is run
// on both in turn. Figures are medians: time until the rows were there, and the CPU time of the
// server's process, which depends less on what else the machine does. Exits with 1 if the large one
// takes more than 1.3 times the CPU time of the small one (scattered: that is only printed, for
// then each active row lies on a page of its own), or if a plan reads a growing table as a whole.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/metadata/airflow_thresholds.h"
#include "collectors/metadata/conninfo.h"
#include "collectors/metadata/database_client.h"
#include "collectors/metadata/database_url.h"
#include "collectors/metadata/metadata_query.h"
#include "collectors/metadata/schema_probe.h"
#include "tests/integration/metadata/filled_airflow.h"
#include "tests/integration/metadata/private_postgres.h"

namespace airflow_host {
namespace {

constexpr std::uint64_t kActive = 10'000;
constexpr std::uint64_t kSmall = 10'000;
constexpr int kRounds = 101;
/// How many times the CPU time the statement may take on the large data set.
constexpr double kMostCpuRatio = 1.3;

std::vector<DatabaseRow> Run(DatabaseClient& client, const std::string& sql) {
  auto rows = client.Query(sql);
  if (!rows) throw std::runtime_error(rows.error().message);
  return *std::move(rows);
}

std::string Text(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The statement of one schema, and the figures of its runs.
struct Subject {
  std::string sql;
  std::vector<double> wall_milliseconds;
  std::vector<double> cpu_milliseconds;
};

Subject Make(DatabaseClient& client, const FilledAirflow& filled, const std::string& schema) {
  const std::string version = filled.airflow3 ? "3.1" : "2.10";
  const std::string tables =
      Text(std::string(DEPLOY_DIRECTORY) + "/sandbox/schema/airflow-" + version + ".sql");
  for (const std::string& sql : FillStatements(filled, schema, tables)) Run(client, sql);
  const auto columns = ParseSchemaColumns(Run(client, SchemaProbe(schema)));
  return {BuildMetadataQuery(columns, schema, Thresholds{}).sql, {}, {}};
}

bool ReadsAWholeTable(DatabaseClient& client, const std::string& schema, const std::string& sql) {
  const std::string preamble = TransactionPreamble(schema);
  bool whole = false;
  for (const auto& row : Run(client, preamble + "EXPLAIN " + sql.substr(preamble.size()))) {
    const std::string line = row.at(0).value_or("");
    for (const char* table : {"task_instance ", "task_instance_history ", "dag_run ", "job "}) {
      if (line.find(std::string("Seq Scan on ") + table) == std::string::npos) continue;
      std::cout << "reads a whole table: " << line << "\n";
      whole = true;
    }
  }
  return whole;
}

/// CPU time of the process `pid`: the first number of its schedstat, in nanoseconds.
double CpuMilliseconds(const std::string& pid) {
  std::istringstream text(Text("/proc/" + pid + "/schedstat"));
  double nanoseconds = 0;
  text >> nanoseconds;
  return nanoseconds / 1e6;
}

void Measure(DatabaseClient& client, const std::string& backend, Subject& subject) {
  const double cpu = CpuMilliseconds(backend);
  const auto begin = std::chrono::steady_clock::now();
  Run(client, subject.sql);
  const std::chrono::duration<double, std::milli> wall = std::chrono::steady_clock::now() - begin;
  subject.wall_milliseconds.push_back(wall.count());
  subject.cpu_milliseconds.push_back(CpuMilliseconds(backend) - cpu);
}

double Median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

void Print(const char* what, double small, double large) {
  std::printf("  %-10s %8.2f ms %8.2f ms   ratio %.2f\n", what, small, large, large / small);
}

/// True if the large data set costs hardly more CPU time than the small one; else says so.
bool CostsNoMore(double small, double large) {
  if (large <= kMostCpuRatio * small) return true;
  std::printf("costs more than %.1f times the CPU time\n", kMostCpuRatio);
  return false;
}

/// Fills both schemas, measures and prints; true if no growing table is read as a whole and the
/// large data set costs hardly more.
bool Compare(DatabaseClient& client, FilledAirflow filled) {
  const std::uint64_t large_size = filled.finished;
  filled.finished = kSmall;
  Subject small = Make(client, filled, "small");
  filled.finished = large_size;
  Subject large = Make(client, filled, "large");
  const std::string backend = Run(client, "SELECT pg_backend_pid()").at(0).at(0).value_or("");
  for (int round = 0; round < kRounds; ++round) {
    Measure(client, backend, small);
    Measure(client, backend, large);
  }
  std::printf("Airflow %s, %d active task instances, finished: %d and %d\n",
              filled.airflow3 ? "3.1" : "2.10", static_cast<int>(kActive), static_cast<int>(kSmall),
              static_cast<int>(large_size));
  Print("time", Median(small.wall_milliseconds), Median(large.wall_milliseconds));
  const double small_cpu = Median(small.cpu_milliseconds);
  const double large_cpu = Median(large.cpu_milliseconds);
  Print("server CPU", small_cpu, large_cpu);
  const bool cheap = CostsNoMore(small_cpu, large_cpu) || filled.scattered;
  const bool whole = ReadsAWholeTable(client, "large", large.sql);
  Run(client, "DROP SCHEMA small, large CASCADE");
  return cheap && !whole;
}

int Main(const std::vector<std::string_view>& arguments) {
  if (PrivatePostgres::Programs().empty()) {
    std::cerr << "PostgreSQL is not installed (no /usr/lib/postgresql/*/bin/initdb)\n";
    return 77;
  }
  FilledAirflow filled{.finished = 5'000'000, .active = kActive};
  if (!arguments.empty()) filled.finished = std::stoull(std::string(arguments[0]));
  filled.scattered = arguments.size() > 1 && arguments[1] == "scattered";
  const auto server = PrivatePostgres::Start("-c shared_buffers=1GB -c max_wal_size=8GB");
  if (!server) return 1;
  const auto address = ParseDatabaseUrl(server->Url("postgres", "postgres"));
  if (!address) throw std::runtime_error(address.error().message);
  DatabaseClient client(*address, Conninfo(*address));
  if (const auto connected = client.Connect(); !connected) {
    throw std::runtime_error(connected.error().message);
  }
  bool good = true;
  for (const bool airflow3 : {true, false}) {
    filled.airflow3 = airflow3;
    good = Compare(client, filled) && good;
  }
  return good ? 0 : 1;
}

}  // namespace
}  // namespace airflow_host

int main(int argc, char** argv) {
  try {
    return airflow_host::Main({argv + 1, argv + argc});
  } catch (const std::exception& failure) {
    std::cerr << failure.what() << "\n";
    return 1;
  }
}
