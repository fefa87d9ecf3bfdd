// Reads traces and prints what the exporter would say of them.
#include "tests/bench/trend/csv.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <optional>
#include <sstream>

#include "exporter/insight/trends.h"
#include "tests/bench/trend/predict_linear.h"
#include "tests/support/manual_clock.h"

namespace airflow_host::bench {
namespace {

constexpr double kPerHour = 3600.0 / (1024 * 1024);

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) {
    text.remove_suffix(1);
  }
  return text;
}

std::optional<double> Number(std::string_view text) {
  text = Trimmed(text);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

std::optional<std::pair<double, double>> Sample(std::string_view line) {
  const std::size_t comma = line.find(',');
  if (comma == std::string_view::npos) return std::nullopt;
  const auto seconds = Number(line.substr(0, comma));
  const auto bytes = Number(line.substr(comma + 1));
  if (!seconds || !bytes || *bytes < 0) return std::nullopt;
  return std::pair(*seconds, *bytes);
}

/// Says when a verdict changes.
class Reporter {
 public:
  void Rows(double seconds, const SubjectTrend& trend) {
    for (const TrendRow& row : trend.rows) {
      if (row.kind != TrendKind::kAnon) continue;
      bool& was = row.window == "1h" ? growing_[0] : growing_[1];
      if (row.growing == was) continue;
      was = row.growing;
      std::printf("  %8.2f h  %s  %-11s  %+.1f MB/h (%+.1f to %+.1f)\n", seconds / 3600,
                  row.window.c_str(), row.growing ? "growing" : "not growing",
                  row.bytes_per_second.slope * kPerHour, row.bytes_per_second.lower * kPerHour,
                  row.bytes_per_second.upper * kPerHour);
    }
  }

  static void Last(double seconds, const SubjectTrend& trend, SystemTime now) {
    for (const TrendRow& row : trend.rows) {
      if (row.kind != TrendKind::kAnon) continue;
      std::printf("  at the end (%.2f h), %s: %s, %+.1f MB/h (%+.1f to %+.1f)\n", seconds / 3600,
                  row.window.c_str(), row.growing ? "growing" : "not growing",
                  row.bytes_per_second.slope * kPerHour, row.bytes_per_second.lower * kPerHour,
                  row.bytes_per_second.upper * kPerHour);
    }
    if (!trend.exhaustion) return;
    const auto hours = [&](SystemTime at) {
      return (SecondsSinceEpoch(at) - SecondsSinceEpoch(now)) / 3600;
    };
    std::printf("  the limit is reached in %.1f h, at the earliest in %.1f h",
                hours(trend.exhaustion->expected), hours(trend.exhaustion->earliest));
    if (trend.exhaustion->latest) {
      std::printf(", at the latest in %.1f h", hours(*trend.exhaustion->latest));
    }
    std::printf("\n");
  }

 private:
  std::array<bool, 2> growing_{};
};

ContainerObservation ObservationOf(double bytes, double limit, SystemTime now) {
  ContainerObservation observation;
  observation.observed_at = now;
  Container container;
  container.cgroup_path = container.id = container.name = "/trace";
  container.cgroup_inode = 1;
  // Old already: where the trace begins with the process, its warm-up is judged by the rules alone.
  container.started_at = now - std::chrono::hours(24 * 365);
  container.memory.anon = static_cast<std::uint64_t>(std::min(bytes, 1e18));
  if (limit > 0) container.memory.limit = static_cast<std::uint64_t>(std::min(limit, 1e18));
  observation.containers.push_back(std::move(container));
  return observation;
}

void Judge(const CsvTrace& trace, double limit) {
  ManualClock clock;
  Trends trends(TrendSettings{}, clock);
  Reporter reporter;
  std::array predictions = {LinearPrediction(3600), LinearPrediction(21600)};
  const double begin = trace.samples.front().first;
  double last = begin;
  for (const auto& [seconds, bytes] : trace.samples) {
    clock.Advance(std::chrono::duration_cast<std::chrono::nanoseconds>(
        std::chrono::duration<double>(std::min(seconds - last, 1e9))));
    last = seconds;
    trends.Absorb(ObservationOf(bytes, limit, clock.SystemNow()));
    for (LinearPrediction& prediction : predictions) prediction.Add(seconds - begin, bytes);
    reporter.Rows(seconds - begin, trends.Report().containers.front().trend);
  }
  Reporter::Last(last - begin, trends.Report().containers.front().trend, clock.SystemNow());
  std::printf("  deriv over 1h: %+.1f MB/h, over 6h: %+.1f MB/h\n",
              predictions[0].Slope() * kPerHour, predictions[1].Slope() * kPerHour);
}

}  // namespace

CsvTrace ParseCsv(std::string_view text) {
  CsvTrace trace;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const auto sample = Sample(line);
    if (!sample || (!trace.samples.empty() && sample->first < trace.samples.back().first)) {
      ++trace.refused;
      continue;
    }
    trace.samples.push_back(*sample);
  }
  return trace;
}

bool JudgeFile(const std::string& path, double limit) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  const CsvTrace trace = ParseCsv(text.str());
  if (!file || trace.samples.empty()) {
    std::fprintf(stderr, "%s: no lines of \"seconds,bytes\" can be read\n", path.c_str());
    return false;
  }
  std::printf("%s: %zu samples, %zu lines left out\n", path.c_str(), trace.samples.size(),
              trace.refused);
  Judge(trace, limit);
  return true;
}

}  // namespace airflow_host::bench
