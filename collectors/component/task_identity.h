// Which task a process works on.
#pragma once

#include <optional>
#include <string>

namespace airflow_host {

/// One try of one task instance, as far as it is known. A process's title gives the names in
/// Airflow 2 (`airflow task runner: DAG TASK RUN JOB`) and the id alone in Airflow 3 (`airflow
/// worker -- ID`); the metadata database turns an id into names.
struct TaskIdentity {
  /// task_instance.id, a UUID in lower case (Airflow 3); empty in Airflow 2 or where not known.
  std::string task_instance_id;
  std::string dag_id;   ///< Empty where not known.
  std::string task_id;  ///< Empty where not known.
  std::string run_id;   ///< Empty where not known.
  /// Of a mapped task; empty where the task is not mapped or it is not known.
  std::optional<int> map_index;
  std::optional<int> try_number;

  /// The names are known, so that a person can find the task.
  bool Named() const { return !dag_id.empty() && !task_id.empty(); }

  bool operator==(const TaskIdentity&) const = default;
};

}  // namespace airflow_host
