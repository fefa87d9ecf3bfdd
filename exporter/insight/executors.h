// Which executor runs a task: what `[core] executor` and the column task_instance.executor say
// together.
//
//   CeleryExecutor
//   CeleryExecutor,KubernetesExecutor                      (from Airflow 2.10 on; the first is the
//                                                           default)
//   LocalExecutor,fast:my.module.TunedCeleryExecutor       (an alias)
//   CeleryExecutor;team_a=CeleryExecutor,EdgeExecutor      (teams, from Airflow 3.2 on)
//
// https://airflow.apache.org/docs/apache-airflow/stable/core-concepts/executor/index.html
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "exporter/insight/execution_settings.h"

namespace airflow_host {

/// The executors that are configured. Immutable; any thread.
class Executors {
 public:
  /// Reads `[core] executor`, which may be empty where it is not known. `kubernetes_queue`: of
  /// `[celery_kubernetes_executor]`. Total.
  explicit Executors(std::string_view setting, std::string_view kubernetes_queue =
                                                   ExecutionSettings::kDefaultKubernetesQueue);

  /// False where the setting was empty: then tasks are judged by the executor that they name alone,
  /// and those that name none count as Celery's.
  bool known() const { return !all_.empty(); }

  /// One of them is a CeleryExecutor, or the CeleryKubernetesExecutor, or a class of the user's own
  /// that is named after one.
  bool HasCelery() const;

  /// They are known, and each of them gives all of its tasks to Celery's workers.
  bool OnlyCelery() const;

  /// There are teams with executors of their own.
  bool HasTeams() const { return has_teams_; }

  /// Kubernetes runs the tasks of `queue`, whatever executor they name: the first executor is the
  /// CeleryKubernetesExecutor, which tells its tasks apart by the queue.
  bool GivesToKubernetes(std::string_view queue) const;

  /// A Celery worker runs a task whose column `executor` holds `name`: empty stands for the first,
  /// the others are found by their name, alias or module path. One that is not configured counts as
  /// the Helm chart's query counts it: as Celery's unless it is KubernetesExecutor or EdgeExecutor.
  bool IsCelerys(std::string_view name) const;

 private:
  struct Executor {
    std::string alias;  ///< Empty: it has none.
    std::string path;   ///< As it is written: "CeleryExecutor", "my.module.TunedCeleryExecutor".
  };

  std::vector<Executor> all_;  ///< Those of no team first, in their order.
  bool has_teams_ = false;
  std::string kubernetes_queue_;
};

}  // namespace airflow_host
