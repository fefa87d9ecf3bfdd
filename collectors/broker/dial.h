// Connecting to the broker: TCP or Unix socket, then TLS where the address asks for it.
#pragma once

#include <memory>

#include "collectors/broker/broker_url.h"
#include "collectors/broker/stream.h"
#include "collectors/broker/waiter.h"
#include "collectors/support/deadline.h"
#include "collectors/support/error.h"

namespace airflow_host {

/// Connects once. Where a name has several addresses they are tried one after the other, each with
/// its share of the time, until one accepts: never two at once. A connect that is not finished at
/// the deadline is closed. Errors: kTimedOut, or why the last address refused; without secrets.
///
/// Resolving a name is the one step outside the deadline: getaddrinfo(3) cannot be broken off
/// (resolv.conf's `timeout` and `attempts` bound it). Numeric addresses and Unix sockets never
/// resolve anything. Observing thread.
Expected<std::unique_ptr<Stream>> Dial(const BrokerAddress& address, Waiter& waiter,
                                       Deadline deadline);

}  // namespace airflow_host
