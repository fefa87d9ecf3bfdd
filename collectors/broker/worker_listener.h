// Hears what workers publish, on a connection of its own: in RESP2 a connection that subscribes can
// do nothing else. https://redis.io/docs/latest/develop/interact/pubsub/
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "collectors/broker/broker_url.h"
#include "collectors/broker/kombu_layout.h"
#include "collectors/broker/redis_protocol.h"
#include "collectors/broker/stream.h"
#include "collectors/broker/waiter.h"
#include "collectors/support/clock.h"
#include "collectors/support/deadline.h"
#include "collectors/support/error.h"

namespace airflow_host {

/// Subscribes to the events of workers and reads what has come, once a round. Between the rounds
/// Redis and the kernel keep it: 15 seconds of 100 workers are 700 kB, and Redis drops a listener
/// that leaves 32 MB (client-output-buffer-limit pubsub). Every round repeats PSUBSCRIBE, which
/// changes nothing and whose answer comes behind all that was published before: so a round that
/// ends well has heard everything, and a connection that is dead is noticed. Used by one thread,
/// but for Interrupt.
class WorkerListener {
 public:
  /// More in one round is not read: the connection is made anew instead.
  static constexpr std::size_t kMostBytes = std::size_t{16} * 1024 * 1024;
  /// The main connection has just been answered, so this one is, too.
  static constexpr std::chrono::seconds kLongestRound{1};

  /// Gets every message that was published.
  using Hear = std::function<void(std::string_view)>;

  WorkerListener(KombuLayout layout, Waiter waiter)
      : layout_(std::move(layout)), waiter_(std::move(waiter)) {}

  /// Forgets an Interrupt that came too late for the round before.
  void BeginRound() { waiter_.Reset(); }

  /// Hears everything that was published at `server` until now; connects and signs in first where
  /// that is needed, at most once. After an error the next round connects anew, unless the server
  /// was merely silent or refused the command. Errors hold no secret. Observing thread.
  Expected<void> Listen(const BrokerAddress& server, Deadline deadline, const Hear& hear);

  /// Everything that was published since then was heard; nothing while nobody listens.
  std::optional<SteadyTime> listening_since() const { return listening_since_; }
  /// Nobody has read for a while: what was heard since then may be late.
  void NoteGap() { listening_since_.reset(); }

  /// Breaks off a Listen under way. Any thread.
  void Interrupt() noexcept { waiter_.Interrupt(); }

 private:
  struct Connection {
    Connection(BrokerAddress address, std::unique_ptr<Stream> connected, SteadyTime now)
        : server(std::move(address)), stream(std::move(connected)), silent_since(now) {}

    BrokerAddress server;
    std::unique_ptr<Stream> stream;
    ReplyReader reader;
    std::string outbox;
    bool signs_in = false;      ///< The reply to AUTH is still to come.
    bool asked = false;         ///< The reply to PSUBSCRIBE is still to come.
    SteadyTime silent_since{};  ///< When its last byte came.
  };

  Expected<void> ListenOnce(const BrokerAddress& server, Deadline deadline, const Hear& hear);
  Expected<void> Connect(const BrokerAddress& server, Deadline deadline);
  Expected<void> Exchange(Deadline deadline, const Hear& hear);
  Expected<short> Write();
  Expected<short> Read(std::size_t& budget, const Hear& hear);
  Expected<void> Take(const RedisReply& reply, const Hear& hear);

  KombuLayout layout_;
  Waiter waiter_;
  std::optional<Connection> connection_;
  std::optional<SteadyTime> listening_since_;
};

}  // namespace airflow_host
