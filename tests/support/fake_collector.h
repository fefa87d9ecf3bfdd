// A collector that does what a test tells it, and a row of the registry to go with it.
#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "collectors/collector.h"
#include "collectors/registry.h"

namespace airflow_host {

/// An observation that holds one number.
struct NumberObservation final : Observation {
  explicit NumberObservation(int value) : number(value) {}
  int number;
};

/// Calls what it was given. Observe and Interrupt are called from different threads, as in life.
class FakeCollector final : public Collector {
 public:
  using Observer = std::function<Expected<std::shared_ptr<const Observation>>(Deadline)>;
  explicit FakeCollector(
      Observer observe, std::function<void()> interrupt = [] {})
      : observe_(std::move(observe)), interrupt_(std::move(interrupt)) {}

  Expected<std::shared_ptr<const Observation>> Observe(Deadline deadline) override {
    return observe_(deadline);
  }
  void Interrupt() noexcept override { interrupt_(); }
  std::optional<std::uint64_t> ConnectionFailures() const override { return connection_failures; }

  std::optional<std::uint64_t> connection_failures;

 private:
  Observer observe_;
  std::function<void()> interrupt_;
};

/// A row named "fake", local, with a cadence of a second and a time limit of half a second.
inline const CollectorRow& FakeRow() {
  static constexpr CollectorRow kRow{
      .name = "fake",
      .help = "what a test needs",
      .enabled_by_default = true,
      .cadence = std::chrono::seconds(1),
      .time_limit = std::chrono::milliseconds(500),
      .remote = false,
      .create = nullptr,
      .describe = [](const CollectorStatus&, const Observation*, MetricWriter&) {},
      .metrics = [] { return std::span<const MetricDescription>(); },
  };
  return kRow;
}

}  // namespace airflow_host
