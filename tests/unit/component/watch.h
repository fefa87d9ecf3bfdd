// A component collector over a /proc of a test's own making.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "collectors/component/component_collector.h"
#include "collectors/component/component_observation.h"
#include "tests/support/manual_clock.h"
#include "tests/unit/component/process_tree.h"

namespace airflow_host {

using Counts = std::map<std::string, std::uint64_t>;

/// A collector over one /proc, and what it saw last.
class Watch {
 public:
  explicit Watch(std::string procfs, ComponentSettings settings = {}) {
    settings.paths.procfs = std::move(procfs);
    collector_ = MakeComponentCollector(std::move(settings), clock_).value();
  }

  /// Observes once, and lets five seconds pass: each time a walk.
  const ComponentObservation& Walk() {
    Observe();
    clock_.Advance(std::chrono::seconds(5));
    return *last_;
  }

  /// Observes once, after a second: mostly a glance.
  const ComponentObservation& Tick() {
    clock_.Advance(std::chrono::seconds(1));
    return Observe();
  }

  const ComponentObservation& Observe() {
    const auto result = collector_->Observe(Deadline{clock_.SteadyNow() + std::chrono::seconds(1)});
    if (!result) throw std::runtime_error(result.error().message);
    last_ = std::dynamic_pointer_cast<const ComponentObservation>(*result);
    return *last_;
  }

  Counts Processes() {
    Counts counts;
    for (const auto& sample : Walk().components) {
      counts[std::string(last_->NameOf(sample.component))] = sample.processes;
    }
    return counts;
  }

  const ComponentSample& Of(Component component) const {
    for (const auto& sample : last_->components) {
      if (sample.component == component) return sample;
    }
    throw std::runtime_error("not seen");
  }

  const ProcessSample& Process(int pid) const {
    for (const auto& sample : last_->processes) {
      if (sample.pid == pid) return sample;
    }
    throw std::runtime_error("no such process");
  }

  bool Has(int pid) const {
    return std::any_of(last_->processes.begin(), last_->processes.end(),
                       [pid](const ProcessSample& sample) { return sample.pid == pid; });
  }

  Collector& collector() { return *collector_; }
  ManualClock& clock() { return clock_; }
  const ComponentObservation& last() const { return *last_; }
  std::shared_ptr<const ComponentObservation> shared() const { return last_; }

 private:
  ManualClock clock_;
  std::unique_ptr<Collector> collector_;
  std::shared_ptr<const ComponentObservation> last_;
};

/// `airflow COMMAND`, not yet titled.
inline std::string Command(const std::string& command) {
  return std::string("/usr/bin/python3\0/usr/bin/airflow\0", 34) + command + std::string(1, '\0');
}

inline FakeProcess Scheduler(int pid, std::uint64_t start) {
  FakeProcess process;
  process.pid = pid;
  process.start = start;
  process.cmdline = Command("scheduler");
  return process;
}

}  // namespace airflow_host
