// The program's parts, put together: settings become collectors, threads, insights and pages.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "collectors/broker/queue_lookup.h"
#include "collectors/metadata/task_lookup.h"
#include "collectors/support/clock.h"
#include "collectors/support/error.h"
#include "exporter/collector_set.h"
#include "exporter/hardening.h"
#include "exporter/insight/insights.h"
#include "exporter/log.h"
#include "exporter/settings/settings.h"
#include "exporter/storage/trend_keeper.h"
#include "exporter/web/metrics_page.h"
#include "exporter/web/router.h"
#include "exporter/web/server.h"

namespace airflow_host {

/// Owns everything that runs. Used by main's thread; `clock` and `log` outlive it.
class App {
 public:
  App(const Clock& clock, Log& log, MemoryLock memory_lock);
  App(const App&) = delete;
  App& operator=(const App&) = delete;
  ~App();

  /// Builds the collectors, starts listening, then starts observing. An Error says what could not
  /// be started; the program is to exit then.
  Expected<void> Start(const Settings& settings);

  /// Puts `settings` in force. Where one of them concerns a collector, all collectors are stopped
  /// and built anew (their counters begin anew, as after a restart of the program); the pages and
  /// what the insights have learned stay. False: a collector cannot be built from them, which the
  /// log says; the old ones go on. An Error: no thread could be had, so nothing is observed any
  /// more.
  Expected<bool> Reload(const Settings& settings);

  /// Stops everything; false if a thread has not ended by `limit`: then the process must end
  /// without destroying this object.
  bool Stop(SteadyTime limit);

 private:
  /// What a reload replaces as a whole. The server's threads may still render from an old one.
  struct Generation;

  Expected<void> StartKeeper(const Settings& settings);
  Expected<std::shared_ptr<Generation>> Build(const Settings& settings);
  HttpResponse Handle(const HttpRequest& request);
  std::shared_ptr<Generation> Current() const;

  const Clock& clock_;
  Log& log_;
  const MemoryLock memory_lock_;
  /// From the insights to the metadata collector, whichever generation that is of.
  const std::shared_ptr<TaskLookup> task_lookup_ = std::make_shared<TaskLookup>();
  /// And to the broker collector.
  const std::shared_ptr<QueueLookup> queue_lookup_ = std::make_shared<QueueLookup>();
  std::unique_ptr<Insights> insights_;
  std::unique_ptr<TrendKeeper> keeper_;  // Null where the history is not kept.
  mutable std::mutex mutex_;             // Guards current_.
  std::shared_ptr<Generation> current_;
  std::vector<std::shared_ptr<Generation>> unstoppable_;  // Their threads hang; never destroyed.
  std::unique_ptr<WebServer> server_;
};

}  // namespace airflow_host
