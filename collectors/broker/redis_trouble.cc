// Sentences for Redis's errors.
#include "collectors/broker/redis_trouble.h"

#include "collectors/support/text.h"

namespace airflow_host {
namespace {

constexpr std::size_t kLongestQuote = 160;

std::string Code(const RedisReply& reply) { return Printable(reply.ErrorCode(), 30); }

bool Says(const RedisReply& reply, std::string_view words) {
  return reply.text.find(words) != std::string::npos;
}

}  // namespace

Error AuthTrouble(const BrokerAddress& address, const RedisReply& reply) {
  const std::string where = address.Where();
  if (auto general = GeneralTrouble(address, reply)) return *std::move(general);
  if (Says(reply, "without any password") || Says(reply, "no password is set")) {
    return {ErrorKind::kDenied, where +
                                    " has no password, but the broker URL holds one: take it out "
                                    "of the URL or set requirepass"};
  }
  if (Says(reply, "wrong number of arguments")) {
    return {ErrorKind::kDenied,
            where +
                " is older than 6.0 and knows no users, but the broker URL names one: leave "
                "the user empty (redis://:password@...)"};
  }
  // What Redis before 6.0 says for WRONGPASS begins with ERR.
  const bool wrong = reply.ErrorCode() == "WRONGPASS" || Says(reply, "invalid password");
  return {ErrorKind::kDenied,
          wrong ? where + " refused the user or password of the broker URL (WRONGPASS)"
                : where + " refused to sign in (AUTH answered " + Code(reply) + ")"};
}

Error SelectTrouble(const BrokerAddress& address, const RedisReply& reply) {
  if (auto general = GeneralTrouble(address, reply)) return *std::move(general);
  const std::string what =
      "cannot select database " + std::to_string(address.database) + " of " + address.Where();
  if (reply.ErrorCode() == "NOPERM") {
    return {ErrorKind::kDenied, what + ": its user lacks the right to SELECT"};
  }
  return {ErrorKind::kFailed, what + ": " + Printable(reply.text, kLongestQuote)};
}

Error ConnectionTrouble(const BrokerAddress& address, const Error& error,
                        std::span<const RedisReply> last_words) {
  const std::string where = address.Where();
  for (const RedisReply& reply : last_words) {
    if (Says(reply, "max number of clients") && reply.kind == RedisReply::Kind::kError) {
      return {ErrorKind::kFailed, where + " has reached its maxclients and takes no connection"};
    }
    if (reply.ErrorCode() == "DENIED") {
      return {ErrorKind::kDenied,
              where + " is in protected mode and talks to its own host only: set a password"};
    }
  }
  return {error.kind, "the connection to " + where + " broke: " + error.message};
}

std::optional<Error> GeneralTrouble(const BrokerAddress& address, const RedisReply& reply) {
  const std::string_view code = reply.ErrorCode();
  if (code.empty()) return std::nullopt;
  const std::string where = address.Where();
  if (code == "NOAUTH") {
    return Error{ErrorKind::kDenied, where +
                                         " wants a password (NOAUTH), and the broker URL holds "
                                         "none: redis://:password@host:6379/0"};
  }
  if (code == "LOADING") {
    return Error{ErrorKind::kFailed,
                 where + " is loading its data set from disk (LOADING) and serves nobody yet"};
  }
  if (code == "BUSY") {
    return Error{ErrorKind::kFailed,
                 where + " is busy with a script that blocks every client (BUSY)"};
  }
  if (code == "MASTERDOWN") {
    return Error{ErrorKind::kFailed, where + " is a replica that has lost its master (MASTERDOWN)"};
  }
  if (code == "MOVED") {
    return Error{ErrorKind::kFailed,
                 where +
                     " is a node of a Redis Cluster that holds nothing of the broker (MOVED): it "
                     "became a replica, or gave its slots away"};
  }
  if (code == "CLUSTERDOWN") {
    return Error{ErrorKind::kFailed,
                 where + " is a node of a Redis Cluster that serves nobody (CLUSTERDOWN)"};
  }
  return std::nullopt;
}

std::string CommandTrouble(std::string_view command, const RedisReply& reply) {
  const std::string name(command);
  if (reply.ErrorCode() == "NOPERM") {
    return name + " is not allowed to this user (NOPERM): what it tells is missing";
  }
  if (reply.kind == RedisReply::Kind::kError) {
    return name + " failed: " + Printable(reply.text, kLongestQuote);
  }
  return name + " got an answer of an unexpected type";
}

}  // namespace airflow_host
