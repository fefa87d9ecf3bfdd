// One connection to Redis: commands out, replies in, in order, as far as the server goes along.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "collectors/broker/redis_protocol.h"
#include "collectors/broker/stream.h"
#include "collectors/broker/waiter.h"
#include "collectors/support/clock.h"
#include "collectors/support/deadline.h"
#include "collectors/support/error.h"

namespace airflow_host {

/// A pipeline on one stream. A deadline that passes leaves it whole: what is in flight stays in
/// flight, and a later Pump goes on where this one stopped. After an error it is of no further
/// use. Used by one thread.
class RedisConnection {
 public:
  /// How a Pump ended.
  enum class Progress {
    kComplete,     ///< Every command that was sent has its reply.
    kExpired,      ///< The deadline has come.
    kInterrupted,  ///< Broken off by Waiter::Interrupt.
  };

  explicit RedisConnection(std::unique_ptr<Stream> stream) : stream_(std::move(stream)) {}

  /// Puts `commands` into the pipeline at the time `now`; Pump sends them. False where memory is
  /// short.
  bool Send(const std::vector<RedisCommand>& commands, SteadyTime now);

  /// Moves bytes until every reply is there, or the deadline has come. An error means that the
  /// stream is dead or its bytes make no sense; the message says which, without naming the server.
  Expected<Progress> Pump(Waiter& waiter, Deadline deadline);

  /// The replies that have arrived since the last call, oldest first.
  std::vector<RedisReply> TakeReplies() { return std::exchange(replies_, {}); }

  /// Commands that have no reply yet.
  std::size_t outstanding() const { return outstanding_; }
  /// Since when the server owes a sign of life: when its last byte came, or, where that is later,
  /// when a command was sent to it while none was outstanding.
  SteadyTime silent_since() const { return silent_since_; }
  /// Bytes have arrived since MarkPhase was called last.
  bool heard() const { return heard_; }
  /// Bytes have arrived on this connection at all.
  bool ever_heard() const { return ever_heard_; }
  /// Begins to listen anew for heard().
  void MarkPhase() { heard_ = false; }

  /// Looks, without waiting, whether an idle connection was closed by the server (restarted, or its
  /// `timeout` for idle clients has passed) or holds bytes that nobody asked for.
  bool IdleAndDead();

 private:
  Expected<short> WriteSome();
  Expected<short> ReadSome(SteadyTime now);

  std::unique_ptr<Stream> stream_;
  ReplyReader reader_;
  std::string outbox_;
  std::size_t outstanding_ = 0;
  std::vector<RedisReply> replies_;
  SteadyTime silent_since_{};
  bool heard_ = false;
  bool ever_heard_ = false;
};

}  // namespace airflow_host
