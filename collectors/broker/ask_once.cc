// One round trip on a connection of its own.
#include "collectors/broker/ask_once.h"

#include <algorithm>
#include <utility>

#include "collectors/broker/dial.h"
#include "collectors/broker/redis_connection.h"

namespace airflow_host {

std::optional<RedisCommand> AuthCommand(const BrokerAddress& address) {
  if (address.user) return RedisCommand{"AUTH", *address.user, address.password.value_or("")};
  if (address.password) return RedisCommand{"AUTH", *address.password};
  return std::nullopt;
}

Expected<std::vector<RedisReply>> AskOnce(const BrokerAddress& address, const std::string& name,
                                          const std::vector<RedisCommand>& commands, Waiter& waiter,
                                          Deadline deadline) {
  auto stream = Dial(address, waiter, deadline);
  if (!stream) return tl::unexpected(stream.error());
  RedisConnection connection(*std::move(stream));
  if (!connection.Send(commands, waiter.clock().SteadyNow())) {
    return Fail(ErrorKind::kFailed, "no memory to ask " + name);
  }
  const auto progress = connection.Pump(waiter, deadline);
  if (!progress) {
    return Fail(progress.error().kind,
                "the connection to " + name + " broke: " + progress.error().message);
  }
  if (*progress != RedisConnection::Progress::kComplete) {
    return Fail(ErrorKind::kTimedOut, name + " did not answer in time");
  }
  return connection.TakeReplies();
}

bool Serves(const BrokerAddress& address, Waiter& waiter, Deadline deadline) {
  std::vector<RedisCommand> commands;
  if (auto auth = AuthCommand(address)) commands.push_back(*std::move(auth));
  if (address.database != 0) commands.push_back({"SELECT", std::to_string(address.database)});
  commands.push_back({"PING"});
  const auto replies = AskOnce(address, address.Where(), commands, waiter, deadline);
  return replies && std::none_of(replies->begin(), replies->end(), [](const RedisReply& reply) {
           return reply.kind == RedisReply::Kind::kError;
         });
}

}  // namespace airflow_host
