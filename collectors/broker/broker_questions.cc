// Commands and what their replies mean.
#include "collectors/broker/broker_questions.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "collectors/broker/redis_info.h"
#include "collectors/broker/redis_trouble.h"
#include "collectors/support/text.h"

namespace airflow_host {
namespace {

/// The order of AskServer.
enum ServerQuestion : std::size_t {
  kInfo,
  kKeys,
  kUnacked,
  kOldestUnacked,
  kReplies,
  kWorkers,
  kServerQuestions,
};
constexpr const char* kUnackedCommand = "HLEN unacked";
constexpr const char* kOldestCommand = "ZRANGE unacked_index";
/// 2100-01-01; no worker's clock that is right shows more.
constexpr double kLatestSecond = 4'102'444'800.0;

/// Text elements of an array; others are passed over.
std::vector<std::string> Texts(const RedisReply& array) {
  std::vector<std::string> texts;
  for (const RedisReply& element : array.elements) {
    if (element.kind == RedisReply::Kind::kText) texts.push_back(element.text);
  }
  return texts;
}

}  // namespace

std::vector<RedisCommand> BrokerQuestions::AskServer() const {
  return {{"INFO"},
          {"DBSIZE"},
          {"HLEN", layout_.Unacked()},
          {"ZRANGE", layout_.UnackedIndex(), "0", "0", "WITHSCORES"},
          {"SCARD", layout_.Binding(kReplyExchange)},
          {"SRANDMEMBER", layout_.Binding(kControlExchange), std::to_string(kMostBoundWorkers)}};
}

Expected<void> BrokerQuestions::ReadServer(const std::vector<RedisReply>& replies, SystemTime now) {
  if (replies.size() < kServerQuestions) {
    return Fail(ErrorKind::kMalformed, address_.Where() + " answered fewer commands than asked");
  }
  std::size_t refused = 0;
  for (std::size_t index = 0; index < kServerQuestions; ++index) {
    if (auto trouble = GeneralTrouble(address_, replies[index])) {
      return tl::unexpected(*std::move(trouble));
    }
    if (replies[index].kind == RedisReply::Kind::kError) ++refused;
  }
  ReadInfo(replies[kInfo], now);
  observation_.keys = ReadCount("DBSIZE", replies[kKeys]);
  observation_.unacked_messages = ReadCount(kUnackedCommand, replies[kUnacked]);
  ReadOldest(replies[kOldestUnacked]);
  observation_.orphaned_replies = ReadCount("SCARD of the reply bindings", replies[kReplies]);
  ReadBoundWorkers(replies[kWorkers]);
  if (refused == kServerQuestions) {
    return Fail(ErrorKind::kDenied, address_.Where() + " refused every command: " +
                                        CommandTrouble("INFO", replies[kInfo]));
  }
  return {};
}

void BrokerQuestions::ReadInfo(const RedisReply& reply, SystemTime now) {
  if (reply.kind != RedisReply::Kind::kText) return Note(CommandTrouble("INFO", reply));
  const RedisInfo info = ParseRedisInfo(reply.text);
  observation_.redis_version = info.redis_version;
  observation_.run_id = info.run_id;
  observation_.role = info.role;
  observation_.memory_used = info.used_memory;
  if (info.maxmemory != 0U) observation_.memory_max = info.maxmemory;
  observation_.clients = info.connected_clients;
  observation_.evicted_keys = info.evicted_keys;
  observation_.rejected_connections = info.rejected_connections;
  observation_.start = RedisStart(info, now);
}

void BrokerQuestions::ReadOldest(const RedisReply& reply) {
  if (reply.kind != RedisReply::Kind::kArray) return Note(CommandTrouble(kOldestCommand, reply));
  if (reply.elements.empty()) return;
  const auto score =
      reply.elements.size() == 2 ? ParseDecimal(reply.elements[1].text) : std::optional<double>();
  if (!score || *score < 0 || *score > kLatestSecond) {
    return Note("unacked_index holds a score that is no time");
  }
  observation_.oldest_unacked = FromSecondsSinceEpoch(*score);
}

void BrokerQuestions::ReadBoundWorkers(const RedisReply& reply) {
  if (reply.kind != RedisReply::Kind::kArray) {
    return Note(CommandTrouble("SRANDMEMBER of the workers' bindings", reply));
  }
  BoundWorkers bound{.names = {}, .complete = reply.elements.size() < kMostBoundWorkers};
  for (const std::string& member : Texts(reply)) {
    if (auto worker = layout_.WorkerOf(member)) bound.names.push_back(*std::move(worker));
  }
  bound_workers_ = std::move(bound);
}

std::optional<std::uint64_t> BrokerQuestions::ReadCount(std::string_view command,
                                                        const RedisReply& reply) {
  const auto count = reply.Count();
  if (!count) Note(CommandTrouble(command, reply));
  return count;
}

RedisCommand BrokerQuestions::AskScan(std::uint64_t cursor) const {
  return {"SCAN", std::to_string(cursor), "MATCH", layout_.BindingPattern(), "COUNT", "100"};
}

void BrokerQuestions::ReadScan(const RedisReply& reply, QueueDirectory& directory, SteadyTime now) {
  const bool shaped = reply.kind == RedisReply::Kind::kArray && reply.elements.size() == 2 &&
                      reply.elements[1].kind == RedisReply::Kind::kArray;
  const auto cursor = shaped ? ParseUnsigned(reply.elements[0].text) : std::nullopt;
  if (!cursor) {
    directory.Restart();
    return Note(CommandTrouble("SCAN for queues", reply));
  }
  directory.NoteScan(*cursor, Texts(reply.elements[1]), now);
  if (directory.truncated()) {
    Note("there are more than " + std::to_string(QueueDirectory::kMost) +
         " queues: the others are not counted");
  }
}

std::vector<RedisCommand> BrokerQuestions::AskBindings(
    const std::vector<std::string>& exchanges) const {
  std::vector<RedisCommand> commands;
  commands.reserve(exchanges.size());
  for (const std::string& exchange : exchanges) {
    commands.push_back({"SRANDMEMBER", layout_.Binding(exchange), std::to_string(kMostMembers)});
  }
  return commands;
}

void BrokerQuestions::ReadBindings(const std::vector<std::string>& exchanges,
                                   const std::vector<RedisReply>& replies,
                                   QueueDirectory& directory) {
  for (std::size_t index = 0; index < std::min(exchanges.size(), replies.size()); ++index) {
    if (replies[index].kind == RedisReply::Kind::kArray) {
      directory.NoteBinding(exchanges[index], Texts(replies[index]),
                            replies[index].elements.size() < kMostMembers);
    } else {
      Note(CommandTrouble("SRANDMEMBER of a queue's bindings", replies[index]));
    }
  }
}

std::vector<RedisCommand> BrokerQuestions::AskQueues(const std::vector<std::string>& queues) const {
  std::vector<RedisCommand> commands;
  for (const std::string& queue : queues) {
    for (std::string& list : layout_.ListsOf(queue)) commands.push_back({"LLEN", std::move(list)});
  }
  return commands;
}

Expected<void> BrokerQuestions::ReadQueues(const std::vector<std::string>& queues,
                                           const std::vector<RedisReply>& replies,
                                           QueueCounts& counts) {
  auto reply = replies.begin();
  for (const std::string& queue : queues) {
    std::optional<std::uint64_t> sum = 0;
    for (std::size_t list = 0; list < layout_.ListsPerQueue(); ++list) {
      if (reply == replies.end()) {
        return Fail(ErrorKind::kMalformed,
                    address_.Where() + " answered fewer commands than asked");
      }
      if (auto trouble = GeneralTrouble(address_, *reply)) return tl::unexpected(*trouble);
      const auto count = ReadCount("LLEN of a queue", *reply++);
      // Lengths fit 63 bits each and a list is far shorter; still, a sum must not wrap.
      const bool fits = sum && count && *count <= std::numeric_limits<std::uint64_t>::max() - *sum;
      sum = fits ? std::optional(*sum + *count) : std::nullopt;
    }
    counts[queue] = sum;
  }
  return {};
}

void BrokerQuestions::Note(std::string problem) {
  std::vector<std::string>& problems = observation_.problems;
  const bool known = std::find(problems.begin(), problems.end(), problem) != problems.end();
  if (!known && problems.size() < kMostProblems) problems.push_back(std::move(problem));
}

}  // namespace airflow_host
