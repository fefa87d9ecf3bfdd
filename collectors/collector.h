// The contract between the program and the collectors. A collector reads one source and gives one
// immutable observation; it knows no exposition format, no HTTP and no other collector.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "collectors/support/clock.h"
#include "collectors/support/deadline.h"
#include "collectors/support/error.h"

namespace airflow_host {

/// What one collector saw at one time. Each source derives a plain struct in base units from it,
/// whose fields say their unit and source; what the source did not give is an empty optional.
/// Immutable once published, so any thread may read it.
struct Observation {
  Observation() = default;
  Observation(const Observation&) = default;
  Observation& operator=(const Observation&) = default;
  virtual ~Observation() = default;

  /// When the observation began.
  SystemTime observed_at{};
};

/// Reads one source. Built by its row in the registry; Observe is called from one thread only.
class Collector {
 public:
  Collector() = default;
  Collector(const Collector&) = delete;
  Collector& operator=(const Collector&) = delete;
  virtual ~Collector() = default;

  /// Observes the source once and returns before `deadline`; a collector that can block longer has
  /// an Interrupt, and counts as stuck from the deadline on. Never throws: an exception of a
  /// library is caught in the file that calls the library. Parts of the source that are missing are
  /// empty optionals; an Error means that there is no observation at all. kAbsent: this host has no
  /// such source, which is no failure; a server that is configured and not there is kFailed.
  virtual Expected<std::shared_ptr<const Observation>> Observe(Deadline deadline) = 0;

  /// Breaks off an Observe that is under way, so that it returns soon with kTimedOut; without
  /// effect when none is. Called from the watchdog's thread while Observe runs in another. Only a
  /// collector whose calls can block longer than their deadline needs it.
  virtual void Interrupt() noexcept {}

  /// How many attempts to connect to the source have failed since the collector was made; nothing
  /// where it keeps no count. Unlike an observation it is there while the source is not. Called
  /// from Observe's thread, between two Observes.
  virtual std::optional<std::uint64_t> ConnectionFailures() const { return std::nullopt; }
};

/// How a collector fares, as the board knows it. A plain value.
struct CollectorStatus {
  /// False where the settings name no source for it, or this host has none; `message` says which,
  /// and how to give one.
  bool configured = true;
  /// Whether the last finished attempt succeeded; empty before the first one has finished.
  std::optional<bool> succeeded;
  /// The last finished attempt failed with an Error that the source itself gave (Error::answered).
  bool answered = false;
  /// An attempt is under way and past its deadline.
  bool stuck = false;
  /// When the last successful attempt ended.
  std::optional<SystemTime> last_success;
  /// How long the last finished attempt took.
  std::optional<std::chrono::nanoseconds> last_duration;
  /// Collector::ConnectionFailures after the last finished attempt.
  std::optional<std::uint64_t> connection_failures;
  /// Why the last attempt failed, or what is missing; empty while all is well.
  std::string message;

  /// The source was observed: the last attempt succeeded and none hangs. Empty while nothing is
  /// known (not configured, or no attempt has finished and none hangs).
  std::optional<bool> Up() const {
    if (!configured) return std::nullopt;
    if (stuck) return false;
    return succeeded;
  }

  /// The same, but true as well where the source refused the last attempt and thereby answered.
  std::optional<bool> Answers() const { return answered && !stuck ? std::optional(true) : Up(); }
};

}  // namespace airflow_host
