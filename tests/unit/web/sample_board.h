// Collectors made up for the tests of the pages: one row for each way to fare.
#pragma once

#include <array>
#include <memory>
#include <string>

#include "collectors/registry.h"
#include "exporter/board.h"
#include "tests/support/manual_clock.h"

namespace airflow_host {

struct SampleObservation final : Observation {
  double number = 42;
  std::size_t series = 1;
};

inline constexpr MetricDescription kSampleGauge = {"sample_bytes", "A number (sample)."};
inline constexpr MetricDescription kSampleCounter = {"sample_events_total", "Events (sample).",
                                                     prometheus::MetricType::Counter};

inline void DescribeSample(const CollectorStatus&, const Observation* observation,
                           MetricWriter& writer) {
  const auto* const sample = dynamic_cast<const SampleObservation*>(observation);
  if (sample == nullptr) return;
  for (std::size_t index = 0; index < sample->series; ++index) {
    writer.Add(kSampleGauge, sample->number, {{"index", std::to_string(index)}});
  }
  writer.Add(kSampleCounter, 3);
}

inline void DescribeNothing(const CollectorStatus&, const Observation*, MetricWriter&) {}

inline CollectorRow SampleRow(std::string_view name, std::string_view help, bool described) {
  return {name,
          help,
          true,
          std::chrono::seconds(5),
          std::chrono::seconds(2),
          false,
          nullptr,
          described ? &DescribeSample : &DescribeNothing,
          nullptr};
}

/// A board with "host" working, "metadata" failing, "broker" stuck, "component" waiting and "oom"
/// not configured.
struct SampleBoard {
  SampleBoard() {
    const std::array<std::string, 5> messages = {
        "", "", "", "", "/dev/kmsg cannot be read here: grant CAP_SYSLOG, or give --oom.source"};
    for (std::size_t index = 0; index < rows.size(); ++index) {
      board.Add(rows[index], std::chrono::seconds(5), index != 4, messages[index]);
    }
    CollectorStatus status;
    status.succeeded = true;
    status.last_success = clock.SystemNow() - std::chrono::seconds(3);
    status.last_duration = std::chrono::microseconds(850);
    board.SetStatus("host", status);
    board.Publish("host", std::make_shared<SampleObservation>());
    status.succeeded = false;
    status.last_success = clock.SystemNow() - std::chrono::minutes(42);
    status.last_duration = std::chrono::milliseconds(2000);
    status.message = "cannot connect to <postgres>: connection refused";
    board.SetStatus("metadata", status);
    status.succeeded = true;
    status.stuck = true;
    status.message = "the broker has not answered PING";
    board.SetStatus("broker", status);
  }

  ManualClock clock;
  Board board{clock};
  std::array<CollectorRow, 5> rows = {
      SampleRow("host", "Memory, swap and pressure of the host", true),
      SampleRow("metadata", "Airflow's metadata database", false),
      SampleRow("broker", "The Celery broker and its workers", false),
      SampleRow("component", "Airflow's processes", false),
      SampleRow("oom", "Processes killed for want of memory", false),
  };
};

}  // namespace airflow_host
