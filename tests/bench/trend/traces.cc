// Generates traces.
#include "tests/bench/trend/traces.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>

namespace airflow_host::bench {
namespace {

using std::chrono::hours;
using std::chrono::seconds;
using Random = std::mt19937_64;
using Generator = std::function<TraceSample(double)>;

constexpr double kHour = 3600;
constexpr double kBase = 400 * kMegabyte;
constexpr double kNoise = 4 * kMegabyte;  // Standard deviation.
constexpr double kSlab = 100 * kMegabyte;

/// Noise that wanders: x' = phi x + e, per sample.
class Wander {
 public:
  Wander(double phi, double deviation, Random& random)
      : phi_(phi),
        step_(deviation * std::sqrt(1 - phi * phi)),
        value_(deviation * normal_(random)) {}
  double Next(Random& random) { return value_ = phi_ * value_ + step_ * normal_(random); }

 private:
  std::normal_distribution<double> normal_{0, 1};
  double phi_;
  double step_;
  double value_;
};

/// Tasks that come and go: six an hour, three minutes long each, 100 to 500 MB.
class Spikes {
 public:
  double Next(double time, Random& random) {
    std::exponential_distribution<double> pause(6 / kHour);
    std::exponential_distribution<double> duration(1 / 180.0);
    std::uniform_real_distribution<double> size(100 * kMegabyte, 500 * kMegabyte);
    if (begin_ < 0) begin_ = time + pause(random);
    if (time >= end_ && time >= begin_) {
      end_ = time + duration(random);
      bytes_ = size(random);
      begin_ = time + pause(random);
    }
    return time < end_ ? bytes_ : 0;
  }

 private:
  double begin_ = -1;
  double end_ = -1;
  double bytes_ = 0;
};

/// What every run of a scenario holds.
struct State {
  State(std::uint64_t seed, double phi) : random(seed), wander(phi, kNoise, random) {}
  Random random;
  Wander wander;
  Spikes spikes;
  double chance = std::uniform_real_distribution<double>(0, 1)(random);
};

/// A scenario of noise, and what `shape(state, time, sample)` makes of it.
template <typename Shape>
Scenario Make(std::string name, seconds length, Shape shape, double phi = 0.95) {
  Scenario scenario;
  scenario.name = std::move(name);
  scenario.length = length;
  scenario.make = [shape, phi](std::uint64_t seed) -> Generator {
    auto state = std::make_shared<State>(seed, phi);
    return [state, shape](double time) {
      TraceSample sample;
      sample.anon = kBase + state->wander.Next(state->random);
      sample.slab = kSlab;
      sample.file = 300 * kMegabyte;
      shape(*state, time, sample);
      sample.anon = std::max(sample.anon, 0.0);
      return sample;
    };
  };
  return scenario;
}

Scenario Leak(double megabytes_per_hour, bool spikes) {
  const double rate = megabytes_per_hour * kMegabyte / kHour;
  const double until_full = (kLimit - kBase - kSlab) / rate;
  const auto length = seconds(static_cast<std::int64_t>(std::min(12 * kHour, 0.9 * until_full)));
  Scenario scenario = Make("leak of " + std::to_string(static_cast<int>(megabytes_per_hour)) +
                               " MB/h" + (spikes ? ", task spikes" : ""),
                           length, [rate, spikes](State& state, double time, TraceSample& sample) {
                             sample.anon +=
                                 rate * time + (spikes ? state.spikes.Next(time, state.random) : 0);
                           });
  scenario.anon_rate = rate;
  return scenario;
}

/// `in_place`: the container stays, only a process in it restarts.
Scenario LeakWithRestarts(bool in_place) {
  const double rate = 60 * kMegabyte / kHour;
  const double life = 5400;
  Scenario scenario = Make(in_place ? "leak of 60 MB/h, restarts each 90 min inside the container"
                                    : "leak of 60 MB/h, restarted each 90 min",
                           hours(12), [=](State&, double time, TraceSample& sample) {
                             const double age = std::fmod(time, life);
                             sample.anon += rate * age - kBase / 2;
                             if (in_place) return;
                             sample.life = static_cast<int>(time / life);
                             sample.life_age = age;
                           });
  scenario.anon_rate = rate;
  scenario.has_end = false;  // A restart comes before it.
  return scenario;
}

double Daily(const State& state, double time) {
  constexpr double kAmplitude = 100 * kMegabyte;
  return kAmplitude * std::sin(2 * std::numbers::pi * (time / (24 * kHour) + state.chance));
}

void AddFlat(std::vector<Scenario>& suite) {
  suite.push_back(
      Make("flat, autocorrelated noise", hours(12), [](State&, double, TraceSample&) {}));
  suite.push_back(Make(
      "flat, noise correlated over hours", hours(12), [](State&, double, TraceSample&) {}, 0.999));
  suite.back().counts = false;
  suite.push_back(
      Make("flat, task spikes", hours(12), [](State& state, double time, TraceSample& sample) {
        sample.anon += state.spikes.Next(time, state.random);
      }));
  suite.push_back(Make("flat, spikes only in the last 2 h of 8", hours(8),
                       [](State& state, double time, TraceSample& sample) {
                         if (time > 6 * kHour) sample.anon += state.spikes.Next(time, state.random);
                       }));
  suite.push_back(
      Make("warm-up of 200 MB, then flat", hours(12), [](State&, double time, TraceSample& sample) {
        sample.anon -= 200 * kMegabyte * std::exp(-time / 900);
        sample.life_age = time;
      }));
  suite.push_back(
      Make("step of 100 MB", hours(12), [](State& state, double time, TraceSample& sample) {
        const bool after = time > (2 + 8 * state.chance) * kHour;
        sample.anon += after ? 100 * kMegabyte : 0;
      }));
  suite.push_back(Make("page cache growth only (100 MB/h)", hours(12),
                       [](State&, double time, TraceSample& sample) {
                         sample.file += 100 * kMegabyte * time / kHour;
                       }));
}

void AddDaily(std::vector<Scenario>& suite) {
  const auto shape = [](State& state, double time, TraceSample& sample) {
    sample.anon += Daily(state, time);
  };
  suite.push_back(Make("daily cycle of 200 MB, from the second day", hours(72), shape));
  suite.back().judged_from = hours(25);
  suite.push_back(Make("daily cycle of 200 MB, first day", hours(24), shape));
  suite.back().counts = false;
}

void AddLeaks(std::vector<Scenario>& suite) {
  for (const bool spikes : {false, true}) {
    for (const double rate : {5.0, 20.0, 200.0}) {
      suite.push_back(Leak(rate, spikes));
      suite.back().counts = rate >= 20;
    }
  }
  suite.push_back(LeakWithRestarts(false));
  suite.push_back(LeakWithRestarts(true));
  suite.back().counts = false;
  const double rate = 20 * kMegabyte / kHour;
  suite.push_back(Make("leak of 20 MB/h in slab", hours(12),
                       [rate](State& state, double time, TraceSample& sample) {
                         sample.slab += rate * time;
                         sample.anon += state.spikes.Next(time, state.random);
                       }));
  suite.back().slab_rate = rate;
  suite.push_back(Make("leak of 20 MB/h, daily cycle, from the second day", hours(48),
                       [rate](State& state, double time, TraceSample& sample) {
                         sample.anon += rate * time + Daily(state, time);
                       }));
  suite.back().anon_rate = rate;
  suite.back().judged_from = hours(25);
  suite.back().counts = false;
}

}  // namespace

std::vector<Scenario> Suite() {
  std::vector<Scenario> suite;
  AddFlat(suite);
  AddDaily(suite);
  AddLeaks(suite);
  return suite;
}

}  // namespace airflow_host::bench
