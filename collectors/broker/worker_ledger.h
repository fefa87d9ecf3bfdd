// Which workers live and which are lost: what was heard of them, against what is still bound on the
// broker. Rules:
//  * Live: heard within its patience, twice its heartbeat's period as in Celery's own rule
//    (celery/events/state.py, heartbeat_expires), but never less than kLeastPatience, for on a host
//    that swaps a heartbeat comes late.
//  * Lost: silent for longer, and its control queue is still bound, as a killed worker leaves it. A
//    worker without a control queue (worker_enable_remote_control = false) is lost once it falls
//    silent.
//  * Gone, so neither: it said goodbye (worker-offline), or its control queue was taken away.
//  * Dropped: lost for kRetention. Every killed pod leaves its binding on the broker for ever.
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
  /// After which a lost worker is no longer told of.
  static constexpr std::chrono::hours kRetention{1};
  /// Workers that are remembered at most; of the others those count first that are heard.
  static constexpr std::size_t kMost = 1000;

  /// Takes over an event that was read at `now`. Its arrival may be older than that, by at most the
  /// time since the round before: so nobody is called silent too early.
  void Hear(const WorkerEvent& event, SteadyTime now);

  /// Takes over the workers whose control queues are bound. `complete`: no other is.
  void NoteBound(const std::vector<std::string>& workers, bool complete, SteadyTime now);

  /// The server is another, or has lost its memory: what was bound there is unknown.
  void ForgetBindings();

  /// The workers as of `now`, live ones first and by name, given that all events since
  /// `listening_since` were heard. Forgets those that are gone or were dropped.
  std::vector<BrokerWorker> Report(SteadyTime now, SteadyTime listening_since);

  /// Workers were left out because there are more than kMost.
  bool truncated() const { return truncated_; }

 private:
  struct Worker {
    SteadyTime known_since{};  ///< Or heard last, where it was heard.
    bool heard = false;
    bool bound = false;       ///< Now.
    bool ever_bound = false;  ///< On this server.
    bool said_goodbye = false;
    std::optional<SystemTime> heartbeat;
    std::chrono::milliseconds patience = kLeastPatience;
    std::optional<std::uint64_t> active;
    std::optional<std::uint64_t> processed;
  };
  enum class Fate { kLive, kUndecided, kLost, kHidden, kGone };

  Worker* Find(const std::string& name, SteadyTime now);
  void MakeRoomFor(const std::string& name);
  static Fate FateOf(const Worker& worker, SteadyTime now, SteadyTime listening_since);

  std::map<std::string, Worker> workers_;
  bool truncated_ = false;
};

}  // namespace airflow_host
