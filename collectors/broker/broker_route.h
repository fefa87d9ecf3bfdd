// The way to the server that counts: the one of the URL, the next of several, or the master that
// the sentinels name.
#pragma once

#include <cstddef>
#include <memory>

#include "collectors/broker/broker_servers.h"
#include "collectors/broker/broker_url.h"
#include "collectors/broker/stream.h"
#include "collectors/broker/waiter.h"
#include "collectors/support/deadline.h"
#include "collectors/support/error.h"

namespace airflow_host {

/// A server and the connection to it.
struct ReachedServer {
  BrokerAddress address;
  std::unique_ptr<Stream> stream;
};

/// Connects, trying every server at most once:
///  * Several URLs: in their order, beginning with the one that was reached last, as kombu's
///    "round-robin" goes. Which of them the workers use nobody can know but from the same failures,
///    and from hearing them.
///  * Sentinels: in their order, beginning with the one that answered last, until one names the
///    master; then the master. Each has its share of the time.
/// Used by one thread.
class BrokerRoute {
 public:
  explicit BrokerRoute(BrokerServers servers) : servers_(std::move(servers)) {}

  /// Connects to the server that counts now. The error is that of the last one that was tried.
  Expected<ReachedServer> Reach(Waiter& waiter, Deadline deadline);

  /// The server that was reached last serves nobody: Reach begins with the one behind it.
  void GoOn();
  /// Reach begins with the first URL again.
  void StartOver() { current_ = 0; }

  /// The sentinels name another master than `address`. False where there are none or none answers.
  bool HasMoved(const BrokerAddress& address, Waiter& waiter, Deadline deadline);

  bool by_sentinel() const { return servers_.sentinel.has_value(); }
  /// The server that Reach would try first; without a sentinel's answer, the first sentinel.
  const BrokerAddress& first() const { return servers_.servers[current_]; }
  /// The server of the first URL, and whether Reach would begin there.
  const BrokerAddress& first_url() const { return servers_.servers.front(); }
  bool at_first_url() const { return current_ == 0; }

 private:
  Expected<ReachedServer> ReachOne(const BrokerAddress& address, Waiter& waiter, Deadline deadline);
  Expected<ReachedServer> ReachMaster(Waiter& waiter, Deadline deadline);
  Expected<BrokerAddress> FindMaster(Waiter& waiter, Deadline deadline);

  BrokerServers servers_;
  std::size_t current_ = 0;   ///< Among the servers.
  std::size_t sentinel_ = 0;  ///< The one that answered last.
};

}  // namespace airflow_host
