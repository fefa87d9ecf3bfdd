// One question to one sentinel.
#include "collectors/broker/sentinel.h"

#include <limits>
#include <utility>
#include <vector>

#include "collectors/broker/dial.h"
#include "collectors/broker/redis_connection.h"
#include "collectors/broker/redis_protocol.h"
#include "collectors/broker/redis_trouble.h"
#include "collectors/support/text.h"

namespace airflow_host {
namespace {

/// "the sentinel at HOST:PORT": Where() says "Redis at".
std::string Named(const BrokerAddress& sentinel) {
  std::string where = sentinel.Where();
  return "the sentinel at " + where.substr(where.find(" at ") + 4);
}

std::vector<RedisCommand> SignIn(const BrokerAddress& sentinel) {
  if (sentinel.user) return {{"AUTH", *sentinel.user, sentinel.password.value_or("")}};
  if (sentinel.password) return {{"AUTH", *sentinel.password}};
  return {};
}

/// Every reply, or why there is none.
Expected<std::vector<RedisReply>> RoundTrip(const BrokerAddress& sentinel,
                                            const std::vector<RedisCommand>& commands,
                                            Waiter& waiter, Deadline deadline) {
  auto stream = Dial(sentinel, waiter, deadline);
  if (!stream) return tl::unexpected(stream.error());
  RedisConnection connection(*std::move(stream));
  if (!connection.Send(commands, waiter.clock().SteadyNow())) {
    return Fail(ErrorKind::kFailed, "no memory to ask " + Named(sentinel));
  }
  const auto progress = connection.Pump(waiter, deadline);
  if (!progress) {
    return Fail(progress.error().kind,
                "the connection to " + Named(sentinel) + " broke: " + progress.error().message);
  }
  if (*progress != RedisConnection::Progress::kComplete) {
    return Fail(ErrorKind::kTimedOut, Named(sentinel) + " did not answer in time");
  }
  return connection.TakeReplies();
}

Expected<HostAndPort> ReadMaster(const BrokerAddress& sentinel, const std::string& master_name,
                                 const RedisReply& reply) {
  if (reply.ErrorCode() == "NOAUTH") {
    return Fail(ErrorKind::kDenied, Named(sentinel) +
                                        " wants a password (NOAUTH): sentinel_kwargs of "
                                        "[celery_broker_transport_options] holds none");
  }
  if (reply.kind == RedisReply::Kind::kError) {
    return Fail(ErrorKind::kFailed, Named(sentinel) + " does not say who the master is (" +
                                        Printable(reply.ErrorCode(), 30) + ")");
  }
  if (reply.kind == RedisReply::Kind::kNil) {
    return Fail(ErrorKind::kFailed, Named(sentinel) + " knows no master of the name " +
                                        Printable(master_name, 100) + " (master_name)");
  }
  const bool shaped = reply.kind == RedisReply::Kind::kArray && reply.elements.size() == 2;
  const auto port = shaped ? ParseUnsigned(reply.elements[1].text) : std::nullopt;
  if (!port || *port == 0 || *port > std::numeric_limits<std::uint16_t>::max() ||
      reply.elements[0].text.empty()) {
    return Fail(ErrorKind::kMalformed, Named(sentinel) + " gave an answer that is no address");
  }
  return HostAndPort{reply.elements[0].text, static_cast<std::uint16_t>(*port)};
}

}  // namespace

Expected<HostAndPort> AskForMaster(const BrokerAddress& sentinel, const std::string& master_name,
                                   Waiter& waiter, Deadline deadline) {
  std::vector<RedisCommand> commands = SignIn(sentinel);
  const bool signs_in = !commands.empty();
  commands.push_back({"SENTINEL", "get-master-addr-by-name", master_name});
  const auto replies = RoundTrip(sentinel, commands, waiter, deadline);
  if (!replies) return tl::unexpected(replies.error());
  if (signs_in && replies->front().kind == RedisReply::Kind::kError) {
    return Fail(ErrorKind::kDenied, Named(sentinel) +
                                        " refused the user or password of sentinel_kwargs (" +
                                        Printable(replies->front().ErrorCode(), 30) + ")");
  }
  return ReadMaster(sentinel, master_name, replies->back());
}

}  // namespace airflow_host
