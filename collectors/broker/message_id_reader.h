// Reads the ids of messages from Redis, for those who have asked for it.
#pragma once

#include <chrono>
#include <string>

#include "collectors/broker/broker_observation.h"
#include "collectors/broker/kombu_layout.h"
#include "collectors/broker/redis_client.h"
#include "collectors/support/clock.h"
#include "collectors/support/deadline.h"

namespace airflow_host {

/// Takes the messages off the connection page by page, at most half of the time that is left. What
/// fails here costs the ids alone, and then nobody tries for kPause: a reply that is too long, or a
/// server that is too slow, has cost a connection. Used by one thread.
class MessageIdReader {
 public:
  static constexpr std::chrono::minutes kPause{5};

  /// `layout` and `clock` outlive this object.
  MessageIdReader(const KombuLayout& layout, const Clock& clock) : layout_(layout), clock_(clock) {}

  /// Fills in the ids of `observation`, which holds the counts. Gives why some are missing, in one
  /// sentence without any text of a message; empty where none is.
  std::string Read(RedisClient& client, BrokerObservation& observation, Deadline deadline);

 private:
  const KombuLayout& layout_;
  const Clock& clock_;
  SteadyTime not_before_{};
  std::string why_paused_;
};

}  // namespace airflow_host
