// The page that Prometheus reads: every fresh observation described, what the insights add, and how
// the exporter's collectors fare.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "collectors/support/metric_writer.h"
#include "exporter/board.h"
#include "exporter/web/collector_filter.h"
#include "exporter/web/negotiation.h"

namespace airflow_host {

/// Renders the board as metrics. Safe to call from any thread; one page is rendered at a time, so
/// that any number of scrapers needs the memory of one.
class MetricsPage {
 public:
  /// Adds metrics that belong to no collector. Called from the server's threads, one at a time.
  using Describer = std::function<void(MetricWriter&)>;
  /// Samples on one page, the exporter's own few aside.
  static constexpr std::size_t kSeriesLimit = 10'000;

  /// `board` outlives the page.
  explicit MetricsPage(const Board& board, std::vector<Describer> describers = {},
                       std::size_t series_limit = kSeriesLimit)
      : board_(board), describers_(std::move(describers)), series_limit_(series_limit) {}

  /// The metrics of the chosen collectors, in the board's order, then those of the describers (left
  /// out where certain collectors are asked for), then how each chosen collector fares.
  std::string Render(const CollectorFilter& choice, ExpositionFormat format) const;

 private:
  std::vector<prometheus::MetricFamily> Families(const CollectorFilter& choice) const;

  const Board& board_;
  std::vector<Describer> describers_;
  std::size_t series_limit_;
  mutable std::mutex rendering_;
  /// Samples left out since the start; written under `rendering_`.
  mutable std::uint64_t dropped_ = 0;
};

/// Adds how one collector fares: success, duration, last success, stuck. Nothing for a collector
/// without a source. Any thread.
void DescribeCollectorStatus(const BoardEntry& entry, MetricWriter& writer);

/// Every metric that a MetricsPage adds of itself, for the README's table and the tests.
std::span<const MetricDescription> MetricsPageMetrics();

}  // namespace airflow_host
