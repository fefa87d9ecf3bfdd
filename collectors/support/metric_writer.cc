// Builds prometheus-cpp's metric families.
#include "collectors/support/metric_writer.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "collectors/support/text.h"

namespace airflow_host {

prometheus::MetricFamily& MetricWriter::FamilyOf(const MetricDescription& description) {
  // Samples of one family mostly come one after the other, so the search starts at the end.
  const auto found = std::find_if(families_.rbegin(), families_.rend(), [&](const auto& family) {
    return family.name == description.name;
  });
  if (found != families_.rend()) return *found;
  prometheus::MetricFamily& family = families_.emplace_back();
  family.name = description.name;
  family.help = description.help;
  family.type = description.type;
  return family;
}

void MetricWriter::Add(const MetricDescription& description, double value,
                       std::initializer_list<LabelView> labels) {
  if (!std::isfinite(value)) return;
  if (series_ >= series_limit_) {
    ++dropped_;
    return;
  }
  ++series_;
  prometheus::ClientMetric& metric = FamilyOf(description).metric.emplace_back();
  metric.label.reserve(labels.size());
  for (const auto& [name, text] : labels) {
    prometheus::ClientMetric::Label& label = metric.label.emplace_back();
    label.name = name;
    label.value = Printable(text, kLongestLabelValue);
  }
  if (description.type == prometheus::MetricType::Counter) {
    metric.counter.value = value;
  } else {
    metric.gauge.value = value;
  }
}

std::vector<prometheus::MetricFamily> MetricWriter::Take() {
  series_ = 0;
  return std::exchange(families_, {});
}

}  // namespace airflow_host
