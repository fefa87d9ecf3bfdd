// One question to one sentinel.
#include "collectors/broker/sentinel.h"

#include <limits>
#include <utility>
#include <vector>

#include "collectors/broker/ask_once.h"
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
  std::vector<RedisCommand> commands;
  if (auto auth = AuthCommand(sentinel)) commands.push_back(*std::move(auth));
  const bool signs_in = !commands.empty();
  commands.push_back({"SENTINEL", "get-master-addr-by-name", master_name});
  const auto replies = AskOnce(sentinel, Named(sentinel), commands, waiter, deadline);
  if (!replies) return tl::unexpected(replies.error());
  if (signs_in && replies->front().kind == RedisReply::Kind::kError) {
    return Fail(ErrorKind::kDenied, Named(sentinel) +
                                        " refused the user or password of sentinel_kwargs (" +
                                        Printable(replies->front().ErrorCode(), 30) + ")");
  }
  return ReadMaster(sentinel, master_name, replies->back());
}

}  // namespace airflow_host
