// What one tick of the local collectors costs beside the bare system calls that read the same
// files.
//
//   tick_bench                                     the whole table (a few minutes)
//   tick_bench --only component                    one collector
//   tick_bench --write-host FOLDER 10000 2000      only writes a host of 10,000 processes and 2,000
//                                                  containers
//   tick_bench --spin component FOLDER 10          only ticks for ten seconds on such a host ("":
//   on
//                                                  this one), for a profiler
//
// Every row is one collector on one host. A run of ticks is recorded system call by system call;
// then, in turn, the ticks, the very same calls without the collector ("same calls"), and the
// plainest reading of the same files ("plain": open, read, close of each) are timed. Figures are
// CPU time of the thread, medians of several rounds. The aim: at most 1.5 times the same calls.
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/registry.h"
#include "tests/bench/tick/call_recorder.h"
#include "tests/bench/tick/call_replay.h"
#include "tests/bench/tick/generated_host.h"
#include "tests/bench/tick/real_processes.h"
#include "tests/support/allocation_counter.h"

namespace airflow_host::bench {
namespace {

/// The machine's time, moved on by a cadence before each tick: budgets by time refill as they
/// would.
class LeapingClock final : public Clock {
 public:
  SteadyTime SteadyNow() const override { return std::chrono::steady_clock::now() + leapt_; }
  SystemTime SystemNow() const override { return std::chrono::system_clock::now() + leapt_; }
  void Leap(std::chrono::nanoseconds time) { leapt_ += time; }

 private:
  std::chrono::nanoseconds leapt_{0};
};

/// A folder on a tmpfs that is gone afterwards.
class Folder {
 public:
  Folder() {
    std::string pattern = "/dev/shm/tick-bench-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no folder in /dev/shm");
    path_ = pattern;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

const CollectorRow& RowOf(std::string_view name) {
  const auto rows = Collectors();
  return *std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return row.name == name; });
}

/// One collector that is made to tick.
class Subject {
 public:
  Subject(const CollectorRow& row, const Paths& paths) : row_(row) {
    CollectorSettings settings;
    settings.paths = paths;
    settings.docker_socket = "";
    // The default budget is of CPU time, and the recorder makes every call dear: fewer processes
    // would be looked at while it records than while the ticks are timed.
    settings.pss_budget_percent = 100;
    auto made = row.create(settings, clock_);
    if (!made) throw std::runtime_error(made.error().message);
    collector_ = *std::move(made);
  }

  void Tick() {
    clock_.Leap(row_.cadence);
    auto observation = collector_->Observe(Deadline{clock_.SteadyNow() + std::chrono::minutes(1)});
    if (!observation) throw std::runtime_error(observation.error().message);
    board_ = *std::move(observation);  // As the board does: it holds the latest.
  }

 private:
  const CollectorRow& row_;
  LeapingClock clock_;
  std::unique_ptr<Collector> collector_;
  std::shared_ptr<const Observation> board_;
};

double CpuMilliseconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

double TimeOf(const std::function<void()>& code) {
  const double begin = CpuMilliseconds();
  code();
  return CpuMilliseconds() - begin;
}

double Median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// As many as the component collector needs to look at every process once.
constexpr int kTicks = 12;
constexpr int kWarmTicks = 60;
constexpr int kRounds = 9;

void PrintHead() {
  std::printf("%-10s %-11s %9s %10s %7s %7s %9s %10s %6s %9s %6s %7s\n", "collector", "host",
              "processes", "containers", "calls", "files", "tick ms", "same calls", "ratio",
              "plain", "ratio", "allocs");
}

/// Measures one row of the table.
void Measure(std::string_view collector, const char* host, const HostSize& size,
             const Paths& paths) {
  Subject subject(RowOf(collector), paths);
  for (int tick = 0; tick < kWarmTicks; ++tick) subject.Tick();
  const Recording recording = Record([&] {
    for (int tick = 0; tick < kTicks; ++tick) {
      MarkTick();
      subject.Tick();
    }
  });
  SameCalls same(recording);
  PlainReading plain(recording);
  std::vector<double> ticks;
  std::vector<double> sames;
  std::vector<double> plains;
  ticks.reserve(kRounds);
  std::size_t allocations = 0;
  for (int round = 0; round < kRounds; ++round) {
    const std::size_t before = Allocations();
    ticks.push_back(TimeOf([&] {
      for (int tick = 0; tick < kTicks; ++tick) subject.Tick();
    }));
    allocations = Allocations() - before;
    sames.push_back(TimeOf([&] { same.Run(); }));
    plains.push_back(TimeOf([&] { plain.Run(); }));
  }
  for (const auto& [number, duplicate] : recording.kept_descriptors) ::close(duplicate);
  const auto per_tick = [](auto value) { return static_cast<double>(value) / kTicks; };
  const double tick = per_tick(Median(ticks));
  const double same_calls = per_tick(Median(sames));
  const double plain_reading = per_tick(Median(plains));
  std::printf("%-10s %-11s %9zu %10zu %7.0f %7.0f %9.3f %10.3f %6.2f %9.3f %6.2f %7.1f\n",
              std::string(collector).c_str(), host, size.processes, size.containers,
              per_tick(recording.calls.size()), per_tick(plain.size()), tick, same_calls,
              tick / same_calls, plain_reading, tick / plain_reading, per_tick(allocations));
  if (same.different() > 0) {
    std::printf("  %zu of %zu calls went otherwise than recorded\n", same.different(),
                recording.calls.size());
  }
  std::fflush(stdout);
}

void MeasureAll(const std::optional<std::string>& only) {
  const auto wanted = [&](std::string_view name) { return !only || *only == name; };
  PrintHead();
  for (const std::size_t processes : {300U, 3'000U, 10'000U}) {
    const HostSize size{processes, 0};
    const Folder folder;
    const Paths paths = WriteHost(folder.path(), size);
    if (wanted("host")) Measure("host", "generated", size, paths);
    if (wanted("component")) Measure("component", "generated", size, paths);
  }
  for (const std::size_t processes : {300U, 3'000U}) {
    const HostSize size{processes, 0};
    const RealProcesses real(processes);
    if (wanted("host")) Measure("host", "this one", size, Paths{});
    if (wanted("component")) Measure("component", "this one", size, Paths{});
  }
  for (const std::size_t containers : {10U, 200U, 2'000U}) {
    if (!wanted("container")) break;
    const HostSize size{2 * containers, containers};
    const Folder folder;
    Measure("container", "generated", size, WriteHost(folder.path(), size));
  }
}

/// Ticks without measuring.
void Spin(std::string_view collector, const std::string& folder, std::chrono::seconds duration) {
  const Paths generated{folder + "/proc", folder + "/sys", folder};
  Subject subject(RowOf(collector), folder.empty() ? Paths{} : generated);
  const auto end = std::chrono::steady_clock::now() + duration;
  while (std::chrono::steady_clock::now() < end) subject.Tick();
}

int Run(const std::vector<std::string>& arguments) {
  if (arguments.size() == 4 && arguments[0] == "--write-host") {
    WriteHost(arguments[1], {std::stoul(arguments[2]), std::stoul(arguments[3])});
    return 0;
  }
  if (arguments.size() == 4 && arguments[0] == "--spin") {
    Spin(arguments[1], arguments[2], std::chrono::seconds(std::stol(arguments[3])));
    return 0;
  }
  if (arguments.size() == 2 && arguments[0] == "--only") {
    MeasureAll(arguments[1]);
    return 0;
  }
  if (!arguments.empty()) {
    std::fputs(
        "usage: tick_bench [--only COLLECTOR | --spin COLLECTOR FOLDER SECONDS | "
        "--write-host FOLDER PROCESSES CONTAINERS]\n",
        stderr);
    return 2;
  }
  MeasureAll(std::nullopt);
  return 0;
}

}  // namespace
}  // namespace airflow_host::bench

int main(int count, char** arguments) {
  try {
    return airflow_host::bench::Run({arguments + 1, arguments + count});
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "tick_bench: %s\n", failure.what());
    return 1;
  }
}
