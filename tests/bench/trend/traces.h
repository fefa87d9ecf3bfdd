// Generated memory traces whose truth is known: what leaks, how fast, and what only looks like it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace airflow_host::bench {

inline constexpr double kMegabyte = 1024.0 * 1024;
/// Every container of a trace has this limit.
inline constexpr double kLimit = 2048 * kMegabyte;
/// How often a trace is sampled.
inline constexpr std::chrono::seconds kSampleEvery{15};

/// What is seen of one container at one time, in bytes.
struct TraceSample {
  double anon = 0;
  double slab = 0;
  double file = 0;
  int life = 0;           ///< How often it was restarted: another identity.
  double life_age = 1e9;  ///< Seconds since this life began.
};

/// One kind of trace. A plain value.
struct Scenario {
  std::string name;
  std::chrono::seconds length{};
  /// Judged from here on.
  std::chrono::seconds judged_from{0};
  double anon_rate = 0;  ///< The truth, bytes per second.
  double slab_rate = 0;
  bool has_end = true;  ///< A leak reaches the limit some day.
  bool counts = true;   ///< False: shown for honesty, the aims do not hold for it.
  /// Makes the generator of one run: seconds since the start of the trace to what is seen then;
  /// called with ascending times.
  std::function<std::function<TraceSample(double)>(std::uint64_t seed)> make;

  bool Leaks() const { return anon_rate > 0 || slab_rate > 0; }
};

/// The whole suite.
std::vector<Scenario> Suite();

}  // namespace airflow_host::bench
