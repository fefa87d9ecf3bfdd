// Gathers the families of a page and keeps it within its bound.
#include "exporter/web/metrics_page.h"

#include <array>
#include <iterator>
#include <memory>

#include "exporter/web/exposition.h"

namespace airflow_host {
namespace {

using Families = std::vector<prometheus::MetricFamily>;

constexpr MetricDescription kSuccess = {
    "airflow_host_exporter_collector_success",
    "Whether the collector's last finished observation succeeded and none hangs (exporter). Absent "
    "until the first has finished, and where the collector has no source."};
constexpr MetricDescription kDuration = {
    "airflow_host_exporter_collector_duration_seconds",
    "How long the collector's last finished observation took (exporter)."};
constexpr MetricDescription kLastSuccess = {
    "airflow_host_exporter_collector_last_success_timestamp_seconds",
    "When the collector's last successful observation ended (exporter)."};
constexpr MetricDescription kStuck = {
    "airflow_host_exporter_collector_stuck",
    "Whether an observation of the collector is under way and past its deadline (exporter)."};
constexpr MetricDescription kDropped = {
    "airflow_host_exporter_series_dropped_total",
    "Samples left out of pages because the page was full, since the exporter started (exporter).",
    prometheus::MetricType::Counter};
constexpr std::array kMetrics = {kSuccess, kDuration, kLastSuccess, kStuck, kDropped};

std::size_t SampleCount(const Families& families) {
  std::size_t count = 0;
  for (const auto& family : families) count += family.metric.size();
  return count;
}

void Append(Families added, Families& families) {
  families.insert(families.end(), std::make_move_iterator(added.begin()),
                  std::make_move_iterator(added.end()));
}

}  // namespace

std::span<const MetricDescription> MetricsPageMetrics() { return kMetrics; }

void DescribeCollectorStatus(const BoardEntry& entry, MetricWriter& writer) {
  const CollectorStatus& status = entry.status;
  if (!status.configured) return;
  const std::initializer_list<LabelView> labels = {{"collector", entry.row->name}};
  writer.Add(kSuccess, status.Up(), labels);
  if (status.last_duration) {
    writer.Add(kDuration, std::chrono::duration<double>(*status.last_duration).count(), labels);
  }
  if (status.last_success) {
    writer.Add(kLastSuccess, SecondsSinceEpoch(*status.last_success), labels);
  }
  writer.Add(kStuck, status.stuck ? 1.0 : 0.0, labels);
}

std::vector<prometheus::MetricFamily> MetricsPage::Families(const CollectorFilter& choice) const {
  // The insights come first to the bound, though not on the page: they are few, and what a runaway
  // source pushes off the page must not be the verdict on it.
  MetricWriter rest(series_limit_);
  if (choice.IncludesTheRest()) {
    for (const Describer& describe : describers_) describe(rest);
  }
  const std::size_t rest_dropped = rest.dropped();
  auto rest_families = rest.Take();

  const std::vector<BoardEntry> entries = board_.Read();
  MetricWriter sources(series_limit_ - SampleCount(rest_families));
  // Not within the bound: four samples per collector, which say what happened to the others.
  MetricWriter own(kSeriesLimit);
  for (const BoardEntry& entry : entries) {
    if (!choice.Includes(entry.row->name)) continue;
    entry.row->describe(entry.status, entry.observation.get(), sources);
    DescribeCollectorStatus(entry, own);
  }
  dropped_ += rest_dropped + sources.dropped();
  own.Add(kDropped, static_cast<double>(dropped_));

  auto families = sources.Take();
  Append(std::move(rest_families), families);
  Append(own.Take(), families);
  return families;
}

std::string MetricsPage::Render(const CollectorFilter& choice, ExpositionFormat format) const {
  const std::lock_guard lock(rendering_);
  return WriteExposition(Families(choice), format);
}

}  // namespace airflow_host
