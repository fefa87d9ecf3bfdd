// Which messages the broker holds, by their ids: what is asked of Redis and what its replies mean.
// For this the whole messages must be read, and a list may be long and a message large: so they are
// read in pages, each in a round trip, sized by what the pages before have shown. A page begins at
// the head of a list, where new messages come in: a message that is there all the while is missed
// by none, however the list moves. The fetched ones are read last, for a message goes from its list
// to them. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/broker/broker_observation.h"
#include "collectors/broker/kombu_layout.h"
#include "collectors/broker/redis_protocol.h"

namespace airflow_host {

/// Reads the ids of one observation's messages. Used by one thread.
class MessageIdPages {
 public:
  /// The ids of a queue that holds more messages are not read; nor, where more were fetched,
  /// theirs.
  static constexpr std::uint64_t kMostMessages = 1000;
  /// What may be read of waiting messages in a round, and again of fetched ones: those that are not
  /// read by then have no ids. A message counts for at least kLeastCharge bytes.
  static constexpr std::size_t kMostBytes = std::size_t{4} * 1024 * 1024;
  static constexpr std::size_t kLeastCharge = 256;

  /// `observation` holds the counts; both outlive this object.
  MessageIdPages(const KombuLayout& layout, BrokerObservation& observation);

  /// The next pipeline: LRANGE of lists, then HSCAN of the fetched ones. Empty: everything is read.
  std::vector<RedisCommand> Ask();

  /// Takes over the replies to it. Ids go into the observation once all of a queue are known.
  void Take(const std::vector<RedisReply>& replies);

  /// Why some ids are missing, one sentence without any text of a message; empty where none is.
  const std::string& problem() const { return problem_; }

 private:
  struct List {
    std::string key;
    std::uint64_t read = 0;
    std::uint64_t asked = 0;  ///< In the present page.
    bool ended = false;
  };
  struct Queue {
    std::size_t index = 0;  ///< In the observation.
    std::vector<List> lists;
    std::vector<std::string> ids;
    bool asked = false;  ///< In the present page.
    bool done = false;   ///< Its ids are known, or never will be.
  };

  std::vector<RedisCommand> AskLists();
  void TakeLists(const std::vector<RedisReply>& replies);
  bool TakePage(List& list, std::vector<std::string>& ids, const RedisReply* reply);
  void TakeUnacked(const RedisReply& reply);
  bool TakeMessage(std::string_view text, bool unacked, std::vector<std::string>& ids);
  std::size_t PageSize() const;
  void Note(std::string problem);

  const KombuLayout& layout_;
  BrokerObservation& observation_;
  std::vector<Queue> queues_;            ///< That are still to be read.
  std::optional<std::uint64_t> cursor_;  ///< Of the HSCAN; nothing: it has ended.
  std::vector<std::string> unacked_;
  std::size_t spent_ = 0;     ///< Charged for waiting messages, then for fetched ones.
  std::size_t bytes_ = 0;     ///< Of all messages that were read ...
  std::size_t messages_ = 0;  ///< ... and how many these are.
  std::string problem_;
};

}  // namespace airflow_host
