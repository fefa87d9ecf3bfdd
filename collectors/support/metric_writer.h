// How an observation becomes metrics: descriptions are constants of their room, values are added to
// a writer, and the writer keeps the page within bounds. The result is prometheus-cpp's model; what
// it looks like on the wire is decided elsewhere.
#pragma once

#include <prometheus/metric_family.h>

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace airflow_host {

/// Name, help and type of one metric, as it stands in METRICS and the README. The help is one line
/// without backslashes: prometheus-cpp writes it unescaped.
struct MetricDescription {
  const char* name;
  const char* help;
  prometheus::MetricType type = prometheus::MetricType::Gauge;
};

/// A label's name and value; the value may hold anything, the writer makes it printable.
using LabelView = std::pair<const char*, std::string_view>;

/// Gathers the samples of one page. Used by one thread.
class MetricWriter {
 public:
  /// No label value is longer, in bytes; more is cut off.
  static constexpr std::size_t kLongestLabelValue = 200;

  /// `series_limit`: how many samples the page may hold; more are dropped and counted.
  explicit MetricWriter(std::size_t series_limit) : series_limit_(series_limit) {}

  /// Adds one sample. Samples of one description come together under one HELP in the order of
  /// adding. The caller adds no label set twice. `value` is finite, else the sample is left out.
  void Add(const MetricDescription& description, double value,
           std::initializer_list<LabelView> labels = {});

  /// Adds one sample, or nothing where the value is unknown.
  template <typename Number>
  void Add(const MetricDescription& description, const std::optional<Number>& value,
           std::initializer_list<LabelView> labels = {}) {
    if (value) Add(description, static_cast<double>(*value), labels);
  }

  /// Samples left out because the page was full.
  std::size_t dropped() const { return dropped_; }

  /// All that was added; the writer is empty afterwards.
  std::vector<prometheus::MetricFamily> Take();

 private:
  prometheus::MetricFamily& FamilyOf(const MetricDescription& description);

  std::size_t series_limit_;
  std::size_t series_ = 0;
  std::size_t dropped_ = 0;
  std::vector<prometheus::MetricFamily> families_;
};

}  // namespace airflow_host
