// Goes from server to server until one is reached.
#include "collectors/broker/broker_route.h"

#include <utility>

#include "collectors/broker/dial.h"
#include "collectors/broker/sentinel.h"
#include "collectors/support/text.h"

namespace airflow_host {
namespace {

/// The first of `parts` equal shares of the time that is left.
Deadline Share(Deadline deadline, SteadyTime now, std::size_t parts) {
  if (parts <= 1 || deadline.Expired(now)) return deadline;
  return Deadline{now + (deadline.at - now) / static_cast<SteadyTime::rep>(parts)};
}

}  // namespace

Expected<ReachedServer> BrokerRoute::Reach(Waiter& waiter, Deadline deadline) {
  if (by_sentinel()) return ReachMaster(waiter, deadline);
  const std::size_t count = servers_.servers.size();
  Error last;
  for (std::size_t left = count; left > 0; --left) {
    const SteadyTime now = waiter.clock().SteadyNow();
    // The first is always tried, so that the error is about a server and not about the clock.
    if (left < count && deadline.Expired(now)) break;
    auto reached = ReachOne(first(), waiter, Share(deadline, now, left));
    if (reached) return reached;
    last = std::move(reached.error());
    GoOn();
  }
  return tl::unexpected(std::move(last));
}

void BrokerRoute::GoOn() { current_ = (current_ + 1) % servers_.servers.size(); }

Expected<ReachedServer> BrokerRoute::ReachOne(const BrokerAddress& address, Waiter& waiter,
                                              Deadline deadline) {
  auto stream = Dial(address, waiter, deadline);
  if (!stream) return tl::unexpected(std::move(stream.error()));
  return ReachedServer{address, *std::move(stream)};
}

Expected<ReachedServer> BrokerRoute::ReachMaster(Waiter& waiter, Deadline deadline) {
  const auto master = FindMaster(waiter, deadline);
  if (!master) return tl::unexpected(master.error());
  return ReachOne(*master, waiter, deadline);
}

Expected<BrokerAddress> BrokerRoute::FindMaster(Waiter& waiter, Deadline deadline) {
  const SentinelGroup& group = *servers_.sentinel;
  if (group.master_name.empty()) {
    return Fail(ErrorKind::kFailed,
                "the Celery broker URL is of sentinel://, but no master_name is set in "
                "[celery_broker_transport_options]: set it there or by --broker.master-name");
  }
  const std::size_t count = group.sentinels.size();
  Error last;
  for (std::size_t left = count; left > 0; --left) {
    const SteadyTime now = waiter.clock().SteadyNow();
    if (left < count && deadline.Expired(now)) break;
    // One share more than sentinels: the master's.
    const auto named = AskForMaster(group.sentinels[sentinel_], group.master_name, waiter,
                                    Share(deadline, now, left + 1));
    if (named) {
      BrokerAddress master = servers_.servers.front();
      master.host = Lower(named->host);
      master.port = *named->port;
      return master;
    }
    last = named.error();
    sentinel_ = (sentinel_ + 1) % count;
  }
  return tl::unexpected(std::move(last));
}

bool BrokerRoute::HasMoved(const BrokerAddress& address, Waiter& waiter, Deadline deadline) {
  if (!by_sentinel()) return false;
  const auto master = FindMaster(waiter, deadline);
  return master && !(*master == address);
}

}  // namespace airflow_host
