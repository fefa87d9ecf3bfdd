// Runs traces through the exporter's own code and counts how it judges them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/bench/trend/traces.h"

namespace airflow_host::bench {

inline constexpr std::size_t kWindows = 2;  // 1h and 6h.
inline constexpr std::array<double, kWindows> kWindowSeconds = {3600, 21600};

/// How one window judged all runs of a scenario; a "window" is one judgement, made whenever a
/// bucket closes.
struct WindowTally {
  std::uint64_t judged = 0;
  std::uint64_t growing = 0;
  std::uint64_t predicted_exhaustion = 0;  ///< predict_linear(usage[W], 24h) > limit.
  std::uint64_t derived_growth = 0;        ///< deriv(usage[W]) > 0.
  std::uint64_t predictions = 0;
  std::vector<double> found_after;       ///< Seconds to the first verdict, of runs that had one.
  std::vector<double> predicted_after;   ///< The same of predict_linear.
  std::vector<double> slope_errors;      ///< |slope / truth - 1| where growth was found.
  std::vector<double> predicted_errors;  ///< The same of deriv, at the same moments.
};

/// How a scenario was judged.
struct Tally {
  std::size_t runs = 0;
  std::array<WindowTally, kWindows> windows;
  std::size_t found = 0;            ///< Runs whose growth any window found.
  std::vector<double> found_after;  ///< Seconds to the first verdict of any window.
  std::uint64_t exhaustions = 0;    ///< Judgements with an end of memory.
  std::uint64_t covered = 0;        ///< Whose interval covers the true end.
  std::uint64_t others = 0;         ///< Judgements of the kind of memory that does not grow.
  std::uint64_t wrong_kind = 0;     ///< Those of them that found growth.
};

/// Runs `scenario` `runs` times, each as a container of its own. Deterministic in `seed`.
Tally Run(const Scenario& scenario, std::size_t runs, std::uint64_t seed);

}  // namespace airflow_host::bench
