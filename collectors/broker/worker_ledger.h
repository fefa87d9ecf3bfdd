// Which workers live and which are lost: what was heard of them, against what is still bound on the
// broker. Rules:
//  * Live: heard within its patience, twice its heartbeat's period as in Celery's own rule
//    (celery/events/state.py, heartbeat_expires), but never less than kLeastPatience, for on a host
//    that swaps a heartbeat comes late.
//  * Lost: silent for longer, and its control queue is still bound, as a killed worker leaves it. A
//    worker without a control queue (worker_enable_remote_control = false) is lost once it falls
//    silent. Only one that was heard, or whose control queue was bound while we watched: a binding
//    has no date, and every killed pod leaves its own on the broker for ever.
//  * Silent, and only counted: bound and not heard otherwise, be it that it fell silent before we
//    began, a moment or a year ago, be it that it has been lost for kRetention.
//  * Gone, so none of them: it said goodbye (worker-offline), or its control queue was taken away.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "collectors/broker/broker_observation.h"
#include "collectors/broker/worker_event.h"
#include "collectors/support/clock.h"

namespace airflow_host {

/// Remembers workers over the rounds. Pure: it is given what was read. Used by one thread.
class WorkerLedger {
 public:
  /// Five heartbeats of Celery's default period.
  static constexpr std::chrono::seconds kLeastPatience{10};
  /// After which a lost worker counts as silent.
  static constexpr std::chrono::hours kRetention{1};
  /// Workers that are remembered at most; those count first that were heard within kRetention.
  static constexpr std::size_t kMost = 1000;

  /// Takes over an event that was read at `now`. Its arrival may be older than that, by at most the
  /// time since the round before: so nobody is called silent too early.
  void Hear(const WorkerEvent& event, SteadyTime now);

  /// Takes over the workers whose control queues are bound. `complete`: no other is.
  void NoteBound(const std::vector<std::string>& workers, bool complete, SteadyTime now);

  /// The server is another, or has lost its memory: what was bound there is unknown.
  void ForgetBindings();

  /// The workers as of `now`, live ones first and by name, given that all events since
  /// `listening_since` were heard. Forgets those that are gone.
  std::vector<BrokerWorker> Report(SteadyTime now, SteadyTime listening_since);

  /// How many were silent in the last report; nothing where not every binding is known.
  std::optional<std::uint64_t> silent() const {
    return all_bound_known_ && !truncated_ ? std::optional(silent_) : std::nullopt;
  }

  /// Workers were left out because there are more than kMost.
  bool truncated() const { return truncated_; }

 private:
  struct Worker {
    SteadyTime known_since{};  ///< Or heard last, where it was heard.
    bool heard = false;
    bool watched = false;     ///< It was heard, or bound after all that was bound was known.
    bool bound = false;       ///< Now.
    bool ever_bound = false;  ///< On this server.
    bool said_goodbye = false;
    std::optional<SystemTime> heartbeat;
    std::chrono::milliseconds patience = kLeastPatience;
    std::optional<std::uint64_t> active;
    std::optional<std::uint64_t> processed;
  };
  enum class Fate { kLive, kUndecided, kLost, kSilent, kLeaving, kGone };

  Worker* Find(const std::string& name, SteadyTime now);
  void MakeRoomFor(const std::string& name, SteadyTime now);
  static Fate FateOf(const Worker& worker, SteadyTime now, SteadyTime listening_since);

  std::map<std::string, Worker> workers_;
  bool all_bound_known_ = false;
  bool truncated_ = false;
  std::uint64_t silent_ = 0;
};

}  // namespace airflow_host
