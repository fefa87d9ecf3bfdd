// The program: reads its settings, starts its parts, waits for signals.
#include <pthread.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): sigwait is POSIX.

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "collectors/registry.h"
#include "collectors/support/clock.h"
#include "exporter/app.h"
#include "exporter/hardening.h"
#include "exporter/log.h"
#include "exporter/self_metrics.h"
#include "exporter/settings/load_settings.h"

namespace airflow_host {
namespace {

/// How long the threads get to end; what still hangs then ends with the process.
constexpr std::chrono::milliseconds kStopWithin{1500};

std::string VersionText() {
  const BuildInfo build = ThisBuild();
  return std::string("airflow-host-exporter ") + build.version + " (revision " + build.revision +
         ", " + build.compiler + ")";
}

/// One sentence for a person on stderr.
int Complain(const std::string& sentence, int exit_code) {
  std::fprintf(stderr, "airflow-host-exporter: %s\n", sentence.c_str());
  return exit_code;
}

/// Blocks the signals that main waits for; every thread started later inherits that.
sigset_t BlockSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, number);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  // A peer that hangs up is an error of write(2), not the end of the process.
  static_cast<void>(signal(SIGPIPE, SIG_IGN));
  return signals;
}

/// Reads the settings again and puts them in force. An Error ends the program.
Expected<void> Reload(const SettingsInput& input, Settings& settings, App& app, Log& log) {
  auto renewed = ReloadSettings(input, settings);
  if (!renewed) {
    log.Error("settings not reloaded, the old ones stay", {{"reason", renewed.error().message}});
    return {};
  }
  for (const std::string& note : renewed->notes) log.Warn(note);
  log.Set(renewed->log_level, renewed->log_format);
  const auto in_force = app.Reload(*renewed);
  if (!in_force) return tl::unexpected(in_force.error());
  if (*in_force) settings = *std::move(renewed);
  return {};
}

/// Waits until it is told to end; reloads on the way. An Error ends the program.
Expected<void> WaitForTheEnd(const sigset_t& signals, const SettingsInput& input, Settings settings,
                             App& app, Log& log) {
  for (;;) {
    int number = 0;
    if (sigwait(&signals, &number) != 0) continue;
    if (number != SIGHUP) return {};
    if (auto reloaded = Reload(input, settings, app, log); !reloaded) return reloaded;
  }
}

int Run(int argument_count, char** arguments) {
  OpenStandardDescriptors();
  LimitAllocator();
  const sigset_t signals = BlockSignals();
  const SettingsInput input =
      InputOfProcess(argument_count, arguments, Collectors(), VersionText());
  auto parsed = LoadSettings(input);
  if (!parsed) return Complain(parsed.error().message, parsed.error().ExitCode());
  if (parsed->text) {
    std::fputs(parsed->text->c_str(), stdout);
    return std::fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
  }
  const Settings& settings = parsed->settings;
  const SystemClock clock;
  Log log(settings.log_level, settings.log_format, clock);
  MemoryLock memory_lock;
  if (settings.lock_memory) memory_lock = LockMemory("/proc");
  App app(clock, log, memory_lock);
  if (auto started = app.Start(settings); !started) {
    Complain(started.error().message, EXIT_FAILURE);
    std::_Exit(EXIT_FAILURE);  // Some threads may run already.
  }
  // Only now: a program that cannot start says one sentence, and nothing else.
  for (const std::string& note : settings.notes) log.Warn(note);
  if (!memory_lock.problem.empty()) {
    log.Warn("memory is not locked", {{"reason", memory_lock.problem}});
  }
  if (auto ended = WaitForTheEnd(signals, input, settings, app, log); !ended) {
    Complain(ended.error().message, EXIT_FAILURE);
    std::_Exit(EXIT_FAILURE);
  }
  log.Info("stopping");
  if (!app.Stop(clock.SteadyNow() + kStopWithin)) std::_Exit(EXIT_SUCCESS);
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace airflow_host

int main(int argument_count, char** arguments) {
  return airflow_host::Run(argument_count, arguments);
}
