// What is asked of Redis, and what its replies mean: commands and their interpretation side by
// side, so that neither can drift from the other. Pure. Every command takes constant time, or time
// bounded by a constant in it (SCAN ... COUNT, SRANDMEMBER key COUNT).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/broker/broker_observation.h"
#include "collectors/broker/broker_url.h"
#include "collectors/broker/kombu_layout.h"
#include "collectors/broker/queue_directory.h"
#include "collectors/broker/redis_protocol.h"
#include "collectors/support/clock.h"
#include "collectors/support/error.h"

namespace airflow_host {

/// Messages by queue; nothing where Redis refused to count.
using QueueCounts = std::map<std::string, std::optional<std::uint64_t>>;

/// The workers whose control queues are bound. A plain value.
struct BoundWorkers {
  std::vector<std::string> names;
  bool complete = false;  ///< There are no others.
};

/// Builds pipelines and reads their replies into an observation. Replies are given in the order of
/// the commands; too few are taken as missing. Used by one thread, for one observation.
class BrokerQuestions {
 public:
  /// All three outlive this object.
  BrokerQuestions(const BrokerAddress& address, const KombuLayout& layout,
                  BrokerObservation& observation)
      : address_(address), layout_(layout), observation_(observation) {}

  /// INFO, DBSIZE and the sizes of kombu's own structures.
  std::vector<RedisCommand> AskServer() const;
  /// Fails where the server as a whole serves nobody, or answered nothing that could be used.
  Expected<void> ReadServer(const std::vector<RedisReply>& replies, SystemTime now);

  /// What ReadServer read of the workers; nothing where Redis refused to tell.
  const std::optional<BoundWorkers>& bound_workers() const { return bound_workers_; }

  /// One SCAN step for binding sets.
  RedisCommand AskScan(std::uint64_t cursor) const;
  void ReadScan(const RedisReply& reply, QueueDirectory& directory, SteadyTime now);

  /// The binding sets of `exchanges`: at most kMostMembers of each by SRANDMEMBER, which gives the
  /// whole set where it is smaller; SMEMBERS would have no bound.
  std::vector<RedisCommand> AskBindings(const std::vector<std::string>& exchanges) const;
  void ReadBindings(const std::vector<std::string>& exchanges,
                    const std::vector<RedisReply>& replies, QueueDirectory& directory);

  /// The lengths of every list of `queues`.
  std::vector<RedisCommand> AskQueues(const std::vector<std::string>& queues) const;
  Expected<void> ReadQueues(const std::vector<std::string>& queues,
                            const std::vector<RedisReply>& replies, QueueCounts& counts);

  const BrokerObservation& observation() const { return observation_; }

  /// Adds one sentence to the observation's problems, each once and not more than kMostProblems.
  void Note(std::string problem);

  static constexpr std::size_t kMostMembers = 100;
  static constexpr std::size_t kMostBoundWorkers = 1000;
  static constexpr std::size_t kMostProblems = 10;

 private:
  void ReadInfo(const RedisReply& reply, SystemTime now);
  void ReadOldest(const RedisReply& reply);
  void ReadBoundWorkers(const RedisReply& reply);
  std::optional<std::uint64_t> ReadCount(std::string_view command, const RedisReply& reply);

  const BrokerAddress& address_;
  const KombuLayout& layout_;
  BrokerObservation& observation_;
  std::optional<BoundWorkers> bound_workers_;
};

}  // namespace airflow_host
