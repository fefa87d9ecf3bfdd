// What Redis's refusals mean, in sentences for a person. Pure.
// https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "collectors/broker/broker_url.h"
#include "collectors/broker/redis_protocol.h"
#include "collectors/support/error.h"

namespace airflow_host {

/// Why AUTH was refused. Never repeats the reply: a server that does not know AUTH (renamed away)
/// quotes its arguments, the password among them. Any thread.
Error AuthTrouble(const BrokerAddress& address, const RedisReply& reply);

/// Why SELECT was refused. Any thread.
Error SelectTrouble(const BrokerAddress& address, const RedisReply& reply);

/// Why the connection broke, given the replies that came before it did. Any thread.
Error ConnectionTrouble(const BrokerAddress& address, const Error& error,
                        std::span<const RedisReply> last_words);

/// The failure of the whole observation that `reply` means: not signed in, loading, a script that
/// blocks the server, a replica without its master, the wrong node of a cluster. Nothing where it
/// concerns its command alone, or is no error. Any thread.
std::optional<Error> GeneralTrouble(const BrokerAddress& address, const RedisReply& reply);

/// One sentence for a refusal of `command` alone ("INFO"), for a list of problems. Any thread.
std::string CommandTrouble(std::string_view command, const RedisReply& reply);

}  // namespace airflow_host
