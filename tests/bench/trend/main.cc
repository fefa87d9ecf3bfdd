// trend_bench: how well growth is judged, on traces whose truth is known or on one's own.
//
//   trend_bench [--runs N] [NAME-PART...]        the generated suite (or scenarios of that name)
//   trend_bench [--limit BYTES] FILE.csv...      traces: lines of "seconds,bytes"
//
// The traces go through the exporter's own Trends, as observations of containers, one sample every
// 15 s; nothing is simulated at the level of buckets. Each is judged whenever a bucket closes
// (every 30 s for 1h, 180 s for 6h): one such judgement is a "window" of the tables. Beside it
// stands what PromQL says of the same container's usage (anonymous memory, kernel memory and page
// cache): predict_linear(usage[W], 24h) > limit, and deriv(usage[W]) > 0.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "tests/bench/trend/csv.h"
#include "tests/bench/trend/traces.h"
#include "tests/bench/trend/trial.h"

namespace airflow_host::bench {
namespace {

constexpr std::array kLabels = {"1h", "6h"};

double Quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

double Share(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

double WithinTenPercent(const std::vector<double>& errors) {
  const auto good = std::count_if(errors.begin(), errors.end(), [](double e) { return e <= 0.1; });
  return Share(static_cast<std::size_t>(good), errors.size());
}

void PrintFlat(const Scenario& scenario, const Tally& tally) {
  for (std::size_t window = 0; window < kWindows; ++window) {
    const WindowTally& one = tally.windows.at(window);
    std::printf(
        "%-48s %-3s %8llu %10.1f %12.1f %10.1f%s\n", scenario.name.c_str(), kLabels.at(window),
        static_cast<unsigned long long>(one.judged), 1000 * Share(one.growing, one.judged),
        1000 * Share(one.predicted_exhaustion, one.predictions),
        1000 * Share(one.derived_growth, one.predictions), scenario.counts ? "" : "   (no aim)");
  }
  std::fflush(stdout);
}

void PrintLeak(const Scenario& scenario, const Tally& tally) {
  for (std::size_t window = 0; window < kWindows; ++window) {
    const WindowTally& one = tally.windows.at(window);
    std::printf("%-52s %-3s %5.0f%% %7.2f h %6.0f%% %7.1f%% %7.0f%% %8.1f%% %6.0f%% %7.2f h%s\n",
                scenario.name.c_str(), kLabels.at(window),
                100 * Share(one.found_after.size(), tally.runs),
                Quantile(one.found_after, 1) / 3600, 100 * Share(one.growing, one.judged),
                100 * Quantile(one.slope_errors, 0.5), 100 * WithinTenPercent(one.slope_errors),
                100 * Quantile(one.predicted_errors, 0.5),
                100 * Share(one.predicted_after.size(), tally.runs),
                Quantile(one.predicted_after, 1) / 3600, scenario.counts ? "" : "   (no aim)");
  }
  std::printf("%-52s any %5.0f%% %7.2f h", scenario.name.c_str(),
              100 * Share(tally.found, tally.runs), Quantile(tally.found_after, 1) / 3600);
  if (tally.exhaustions > 0) {
    std::printf("  the end lies within its bounds in %.1f%% of %llu",
                100 * Share(tally.covered, tally.exhaustions),
                static_cast<unsigned long long>(tally.exhaustions));
  }
  if (tally.wrong_kind > 0) {
    std::printf("; the other kind: %.1f false alarms per 1000",
                1000 * Share(tally.wrong_kind, tally.others));
  }
  std::printf("\n");
  std::fflush(stdout);
}

bool Chosen(const Scenario& scenario, const std::vector<std::string>& parts) {
  return parts.empty() || std::any_of(parts.begin(), parts.end(), [&](const std::string& part) {
           return scenario.name.find(part) != std::string::npos;
         });
}

void PrintSuite(std::size_t runs, const std::vector<std::string>& parts) {
  const std::vector<Scenario> suite = Suite();
  std::printf("%-48s %-3s %8s %10s %12s %10s\n", "nothing grows: false alarms per 1000 windows",
              "W", "windows", "growing", "predict 24h", "deriv > 0");
  for (const Scenario& scenario : suite) {
    if (!scenario.Leaks() && Chosen(scenario, parts)) {
      // Longer traces need fewer runs for as many windows.
      const std::size_t few = scenario.length > std::chrono::hours(24) ? (runs + 3) / 4 : runs;
      PrintFlat(scenario, Run(scenario, few, 1));
    }
  }
  std::printf("\n%-52s %-3s %6s %9s %7s %8s %8s %9s %7s %9s\n", "leaks", "W", "found", "at last",
              "windows", "slope", "within", "deriv's", "predict", "at last");
  std::printf("%-52s %-3s %6s %9s %7s %8s %8s %9s %7s %9s\n", "", "", "", "after", "growing",
              "error", "10 %", "error", "24h", "after");
  for (const Scenario& scenario : suite) {
    if (scenario.Leaks() && Chosen(scenario, parts)) {
      PrintLeak(scenario, Run(scenario, runs, 1));
    }
  }
}

}  // namespace
}  // namespace airflow_host::bench

int main(int argument_count, char** arguments) {
  namespace bench = airflow_host::bench;
  std::size_t runs = 16;
  double limit = 0;
  std::vector<std::string> files;
  std::vector<std::string> parts;
  for (int at = 1; at < argument_count; ++at) {
    const std::string argument = arguments[at];
    const bool last = at + 1 == argument_count;
    if (argument == "--runs" && !last) {
      runs = std::strtoul(arguments[++at], nullptr, 10);
    } else if (argument == "--limit" && !last) {
      limit = std::strtod(arguments[++at], nullptr);
    } else if (argument.starts_with("--")) {
      std::fputs("trend_bench [--runs N] [NAME-PART...] | [--limit BYTES] FILE.csv...\n", stderr);
      return 2;
    } else {
      (argument.ends_with(".csv") ? files : parts).push_back(argument);
    }
  }
  if (files.empty()) {
    bench::PrintSuite(std::clamp<std::size_t>(runs, 1, 200), parts);
    return 0;
  }
  bool all = true;
  for (const std::string& file : files) all = bench::JudgeFile(file, limit) && all;
  return all ? 0 : 1;
}
