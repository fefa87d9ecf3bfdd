// Fills tables by generate_series, with their indexes made afterwards: that takes a tenth of the
// time.
#include "tests/integration/metadata/filled_airflow.h"

#include <string_view>

namespace airflow_host {
namespace {

std::string Number(std::uint64_t number) { return std::to_string(number); }

/// SQL for "the row n is under way".
std::string IsActive(const FilledAirflow& filled) {
  if (!filled.scattered) return "n > " + Number(filled.finished);
  const std::uint64_t every = (filled.finished + filled.active) / filled.active;
  return "n % " + Number(every) + " = 0";
}

/// What happened `count - n` tenths of a second ago.
std::string Ago(std::uint64_t count) {
  return "now() - (" + Number(count) + " - n) * interval '0.1 seconds'";
}

std::string InsertRuns(const FilledAirflow& filled) {
  const std::uint64_t runs = (filled.finished + filled.active) / 10 + 1;
  const std::string time = Ago(runs);
  return "INSERT INTO dag_run (dag_id, run_id, state, run_type, queued_at, " +
         std::string(filled.airflow3 ? "logical_date, run_after" : "execution_date") +
         ") SELECT 'dag', 'run' || lpad(n::text, 9, '0'), CASE WHEN n > " + Number(runs) +
         " - 20 THEN 'queued' WHEN n > " + Number(runs) +
         " - 100 THEN 'running' ELSE 'success' END, 'scheduled', " + time + ", " + time +
         (filled.airflow3 ? ", " + time : "") + " FROM generate_series(1, " + Number(runs) +
         ") AS n";
}

/// Ids that rise, as the UUIDs of Airflow 3 do.
constexpr std::string_view kId = "lpad(to_hex(n), 32, '0')::uuid";

std::string InsertTaskInstances(const FilledAirflow& filled) {
  const std::uint64_t rows = filled.finished + filled.active;
  const std::string time = Ago(rows);
  return "INSERT INTO task_instance (" +
         std::string(filled.airflow3 ? "id, last_heartbeat_at" : "map_index, job_id") +
         ", task_id, dag_id, run_id, state, queue, pool, queued_dttm, start_date, end_date,"
         " hostname, unixname, operator, external_executor_id, try_number, pool_slots) SELECT " +
         (filled.airflow3 ? std::string(kId) + ", " + time : "-1, n") +
         ", 'task_' || n % 10, 'dag', 'run' || lpad((n / 10 + 1)::text, 9, '0'), CASE WHEN " +
         IsActive(filled) +
         " THEN (ARRAY['running', 'queued', 'scheduled', 'deferred', 'up_for_retry'])"
         "[n / 10 % 5 + 1] WHEN n % 50 = 0 THEN 'failed' ELSE 'success' END, 'default',"
         " 'default_pool', " +
         time + ", " + time + ", " + time +
         ", 'worker-' || n % 20 || '.example', 'airflow', 'PythonOperator',"
         " md5(n::text)::uuid::text, 1, 1 FROM generate_series(1, " +
         Number(rows) + ") AS n";
}

std::string InsertJobs(const FilledAirflow& filled) {
  const std::uint64_t rows = filled.finished + filled.active;
  return "INSERT INTO job (id, job_type, state, latest_heartbeat, hostname) SELECT n, CASE WHEN"
         " n % 100000 = 0 THEN 'SchedulerJob' ELSE 'LocalTaskJob' END, CASE WHEN " +
         IsActive(filled) + " THEN 'running' ELSE 'success' END, " + Ago(rows) +
         ", 'worker-' || n % 20 || '.example' FROM generate_series(1, " + Number(rows) + ") AS n";
}

std::string InsertFormerTries(const FilledAirflow& filled) {
  return "INSERT INTO task_instance_history (task_instance_id, task_id, dag_id, run_id, try_number,"
         " pool, pool_slots) SELECT ('f' || lpad(to_hex(n), 31, '0'))::uuid, 'task_' || n % 10,"
         " 'dag', 'run' || lpad((n / 10 + 1)::text, 9, '0'), 1, 'default_pool', 1"
         " FROM generate_series(1, " +
         Number(filled.finished / 2) + ") AS n";
}

constexpr const char* kDropIndexes = R"(
CREATE TEMP TABLE dropped AS
  SELECT indexname::text AS name, indexdef::text AS definition FROM pg_indexes
  WHERE schemaname = current_schema() AND tablename IN ('task_instance', 'job')
    AND indexname NOT IN (SELECT conname FROM pg_constraint);
DO $$ DECLARE gone record; BEGIN
  FOR gone IN SELECT * FROM dropped LOOP EXECUTE 'DROP INDEX ' || gone.name; END LOOP;
END $$)";

constexpr const char* kMakeIndexes = R"(
DO $$ DECLARE gone record; BEGIN
  FOR gone IN SELECT * FROM dropped LOOP EXECUTE gone.definition; END LOOP;
END $$;
DROP TABLE dropped)";

}  // namespace

std::vector<std::string> FillStatements(const FilledAirflow& filled, const std::string& schema,
                                        const std::string& tables) {
  std::vector<std::string> statements = {
      "CREATE SCHEMA " + schema,
      // Foreign keys are not looked at while the rows come in: that takes most of the time.
      "SET search_path = " + schema +
          "; SET session_replication_role = replica; SET maintenance_work_mem = '512MB'",
      tables, kDropIndexes, InsertRuns(filled), InsertTaskInstances(filled), InsertJobs(filled)};
  if (filled.airflow3) statements.push_back(InsertFormerTries(filled));
  statements.emplace_back(kMakeIndexes);
  statements.emplace_back("VACUUM ANALYZE");
  return statements;
}

}  // namespace airflow_host
