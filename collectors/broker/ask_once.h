// A question to a server that is not the one of the main connection: a sentinel, or another broker.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "collectors/broker/broker_url.h"
#include "collectors/broker/redis_protocol.h"
#include "collectors/broker/waiter.h"
#include "collectors/support/deadline.h"
#include "collectors/support/error.h"

namespace airflow_host {

/// What signs in at `address`; nothing where it names neither user nor password. Any thread.
std::optional<RedisCommand> AuthCommand(const BrokerAddress& address);

/// Connects to `address`, sends `commands` in one pipeline and closes the connection again. Gives
/// every reply, error replies among them. Errors call the server `name` and hold no secret.
/// Observing thread.
Expected<std::vector<RedisReply>> AskOnce(const BrokerAddress& address, const std::string& name,
                                          const std::vector<RedisCommand>& commands, Waiter& waiter,
                                          Deadline deadline);

/// True where `address` can be reached, lets us in and serves: it neither loads its data nor is it
/// a replica without its master. Observing thread.
bool Serves(const BrokerAddress& address, Waiter& waiter, Deadline deadline);

}  // namespace airflow_host
