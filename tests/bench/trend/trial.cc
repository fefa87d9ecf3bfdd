// Runs traces.
#include "tests/bench/trend/trial.h"

#include <cmath>
#include <cstdio>

#include "exporter/insight/trends.h"
#include "tests/bench/trend/predict_linear.h"
#include "tests/support/manual_clock.h"

namespace airflow_host::bench {
namespace {

constexpr double kDay = 86400;
/// Until a window has its 24 buckets, warm-up included, nobody judges.
constexpr std::array<double, kWindows> kFirstJudgement = {22 * 60, 108 * 60};

std::uint64_t Bytes(double bytes) { return static_cast<std::uint64_t>(std::max(bytes, 0.0)); }

/// One run of a scenario.
struct OneRun {
  std::function<TraceSample(double)> next;
  std::array<LinearPrediction, kWindows> predictions{LinearPrediction(kWindowSeconds[0]),
                                                     LinearPrediction(kWindowSeconds[1])};
  std::array<std::optional<double>, kWindows> found;
  std::array<std::optional<double>, kWindows> predicted;
  TraceSample sample;
};

Container ContainerOf(std::size_t index, const TraceSample& sample, SystemTime now) {
  std::array<char, 16> name{};
  std::snprintf(name.data(), name.size(), "/run/%05u", static_cast<unsigned>(index));
  Container container;
  container.cgroup_path = name.data();
  container.id = container.name = name.data();
  container.cgroup_inode = static_cast<std::uint64_t>(sample.life) + 1;
  container.started_at =
      now - std::chrono::seconds(static_cast<std::int64_t>(std::min(sample.life_age, 1e8)));
  container.memory.anon = Bytes(sample.anon);
  container.memory.slab_reclaimable = 0;
  container.memory.slab_unreclaimable = Bytes(sample.slab);
  container.memory.file = Bytes(sample.file);
  container.memory.limit = Bytes(kLimit);
  return container;
}

class Judge {
 public:
  Judge(const Scenario& scenario, Tally& tally) : scenario_(scenario), tally_(tally) {}

  void At(double time, SystemTime begin, const ContainerTrendReport& report, OneRun& run) {
    for (std::size_t window = 0; window < kWindows; ++window) {
      const auto every = static_cast<std::int64_t>(kWindowSeconds.at(window) / 120);
      if (static_cast<std::int64_t>(time) % every != 0) continue;
      if (time < static_cast<double>(scenario_.judged_from.count())) continue;
      Rows(time, window, report, run);
      if (time >= kFirstJudgement.at(window)) Predictions(time, window, run);
    }
    if (static_cast<std::int64_t>(time) % 180 == 0) End(time, begin, report);
  }

 private:
  double Truth(TrendKind kind) const {
    return kind == TrendKind::kAnon ? scenario_.anon_rate : scenario_.slab_rate;
  }

  void Rows(double time, std::size_t window, const ContainerTrendReport& report, OneRun& run) {
    WindowTally& tally = tally_.windows.at(window);
    const char* const label = window == 0 ? "1h" : "6h";
    for (const TrendRow& row : report.trend.rows) {
      if (row.window != label) continue;
      const double truth = Truth(row.kind);
      const TrendKind other = scenario_.slab_rate > 0 ? TrendKind::kAnon : TrendKind::kSlab;
      if (row.kind == other) {
        ++tally_.others;
        if (row.growing) ++tally_.wrong_kind;
        continue;
      }
      ++tally.judged;
      if (!row.growing) continue;
      ++tally.growing;
      if (!run.found.at(window)) run.found.at(window) = time;
      if (truth <= 0) continue;
      tally.slope_errors.push_back(std::abs(row.bytes_per_second.slope / truth - 1));
      tally.predicted_errors.push_back(std::abs(run.predictions.at(window).Slope() / truth - 1));
    }
  }

  void Predictions(double time, std::size_t window, OneRun& run) {
    WindowTally& tally = tally_.windows.at(window);
    ++tally.predictions;
    const LinearPrediction& prediction = run.predictions.at(window);
    if (prediction.Slope() > 0) ++tally.derived_growth;
    if (prediction.Predict(kDay) <= kLimit) return;
    ++tally.predicted_exhaustion;
    if (!run.predicted.at(window)) run.predicted.at(window) = time;
  }

  void End(double time, SystemTime begin, const ContainerTrendReport& report) {
    const auto& end = report.trend.exhaustion;
    if (!end || !scenario_.has_end || !scenario_.Leaks()) return;
    if (time < static_cast<double>(scenario_.judged_from.count())) return;
    // The true line of what grows, with the noise's mean of naught.
    const double rate = scenario_.anon_rate + scenario_.slab_rate;
    const double start = 500 * kMegabyte;
    const double truth = (kLimit - start) / rate;
    ++tally_.exhaustions;
    const auto seconds = [&](SystemTime at) {
      return SecondsSinceEpoch(at) - SecondsSinceEpoch(begin);
    };
    const bool late_enough = !end->latest || seconds(*end->latest) >= truth;
    if (seconds(end->earliest) <= truth && late_enough) ++tally_.covered;
  }

  const Scenario& scenario_;
  Tally& tally_;
};

void Conclude(const std::vector<OneRun>& runs, Tally& tally) {
  for (const OneRun& run : runs) {
    std::optional<double> first;
    for (std::size_t window = 0; window < kWindows; ++window) {
      const auto& found = run.found.at(window);
      if (found) {
        tally.windows.at(window).found_after.push_back(*found);
        first = std::min(first.value_or(*found), *found);
      }
      const auto& predicted = run.predicted.at(window);
      if (predicted) tally.windows.at(window).predicted_after.push_back(*predicted);
    }
    if (!first) continue;
    ++tally.found;
    tally.found_after.push_back(*first);
  }
}

}  // namespace

Tally Run(const Scenario& scenario, std::size_t runs, std::uint64_t seed) {
  ManualClock clock;
  TrendSettings settings;
  settings.container_cadence = kSampleEvery;
  Trends trends(settings, clock);
  std::vector<OneRun> all(runs);
  for (std::size_t index = 0; index < runs; ++index) {
    all[index].next = scenario.make(seed + 7919 * index);
  }
  Tally tally;
  tally.runs = runs;
  Judge judge(scenario, tally);
  const SystemTime begin = clock.SystemNow();
  for (std::chrono::seconds at{0}; at < scenario.length; at += kSampleEvery) {
    const auto time = static_cast<double>(at.count());
    ContainerObservation observation;
    observation.observed_at = clock.SystemNow();
    for (std::size_t index = 0; index < runs; ++index) {
      OneRun& run = all[index];
      run.sample = run.next(time);
      for (auto& prediction : run.predictions) {
        prediction.Add(time, run.sample.anon + run.sample.slab + run.sample.file);
      }
      observation.containers.push_back(ContainerOf(index, run.sample, observation.observed_at));
    }
    trends.Absorb(observation);
    if (at.count() % 30 == 0) {
      const TrendReport report = trends.Report();
      for (std::size_t index = 0; index < runs; ++index) {
        judge.At(time, begin, report.containers.at(index), all[index]);
      }
    }
    clock.Advance(kSampleEvery);
  }
  Conclude(all, tally);
  return tally;
}

}  // namespace airflow_host::bench
