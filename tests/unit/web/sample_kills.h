// Kills made up for the tests of the pages.
#pragma once

#include <memory>

#include "collectors/support/clock.h"
#include "exporter/insight/kill_report.h"

namespace airflow_host {

/// Three kills before `now`, the newest first: of a task in a container, of a task whose names are
/// not known yet, and one of long ago of which hardly anything is known.
inline std::shared_ptr<KillReport> SampleKills(SystemTime now) {
  auto report = std::make_shared<KillReport>();
  report->known = report->log_readable = true;
  AttributedKill task;
  task.kill.sequence = 419;
  task.kill.at = now - std::chrono::milliseconds(72'500);
  task.kill.pid = 21915;
  task.kill.comm = "airflow task ru";
  task.kill.uid = 50000;
  task.kill.oom_score_adj = 0;
  task.kill.scope = OomScope::kCgroup;
  task.kill.task_memcg = task.kill.oom_memcg = "/docker/7e29cfc63f60";
  task.kill.anon_rss_bytes = 1'640'000'000;
  task.kill.file_rss_bytes = 5'000'000;
  task.kill.shmem_rss_bytes = 0;
  task.component = "task";
  task.container = "etl-airflow-worker-1";
  task.task =
      TaskIdentity{"", "nightly_etl", "load_orders", "scheduled__2026-11-21T00:00:00+00:00", 3, 1};
  AttributedKill unnamed = task;
  unnamed.kill.sequence = 400;
  unnamed.kill.at = now - std::chrono::hours(5);
  unnamed.kill.scope = OomScope::kGlobal;
  unnamed.kill.oom_memcg.clear();
  unnamed.container = "etl-airflow-worker-2";
  unnamed.task = TaskIdentity{"0198c6a2-5f7e-7cc1-a6b4-2f0f3c1d9e10", "", "", "", {}, {}};
  AttributedKill old;
  old.kill.sequence = 12;
  old.kill.at = now - std::chrono::hours(70);
  old.kill.before_start = true;
  old.kill.pid = 7;
  old.kill.comm = "<b>\xff";
  report->kills = {task, unnamed, old};
  return report;
}

}  // namespace airflow_host
