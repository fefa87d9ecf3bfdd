// A client of Redis that is careful with its server: one connection, reused, and patience with a
// server that is silent.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "collectors/broker/broker_route.h"
#include "collectors/broker/broker_servers.h"
#include "collectors/broker/broker_url.h"
#include "collectors/broker/redis_connection.h"
#include "collectors/broker/redis_protocol.h"
#include "collectors/broker/waiter.h"
#include "collectors/support/clock.h"
#include "collectors/support/deadline.h"
#include "collectors/support/error.h"

namespace airflow_host {

/// Asks one Redis. What happens when the deadline passes before all replies are there:
///  * The server was silent: the connection is kept with its pipeline in flight. The next round
///    waits for those replies first, discards them, and only then asks again. So a server that is
///    stopped (SIGSTOP, a frozen host) never gets a second connection, and answers again as soon as
///    it runs. Only kLongestSilence without a byte ends it: then the host may be gone for good.
///  * Bytes came, but too slowly to finish: the server is alive and misbehaves; the connection is
///    closed at once, for its stream may never end.
///  * A connect was not finished: it is closed; nothing is in flight.
/// After a close, and after any error of the connection, the next round makes a new one: at most
/// one attempt to connect to each server per round.
///
/// Behind sentinels, a round that finds its connection still silent asks them first whether another
/// server has become the master, and goes there. Among several servers the next one gets its turn
/// where the present one refuses to sign us in, serves nobody (Leave) or is silent for
/// kLongestSilence. Only ReturnToFirst leads back before all of them have had their turn. Used by
/// one thread, but for Interrupt.
class RedisClient {
 public:
  static constexpr std::chrono::seconds kLongestSilence{60};
  /// How long a server behind the first URL is kept before the first is looked at, and between two
  /// looks; one may take half of a round, but no longer than kLongestProbe.
  static constexpr std::chrono::minutes kReturnPause{5};
  static constexpr std::chrono::seconds kLongestProbe{1};

  RedisClient(BrokerServers servers, Waiter waiter)
      : route_(std::move(servers)), address_(route_.first()), waiter_(std::move(waiter)) {}

  /// Begins a round (one observation): allows one attempt to connect and forgets an Interrupt that
  /// came too late for the round before.
  void BeginRound();

  /// Sends `commands` in one pipeline and gives their replies in the same order, as many; error
  /// replies are among them. Connects and signs in first where that is needed. May be called
  /// several times a round. Errors: kTimedOut; kDenied where signing in is refused; kFailed and
  /// kMalformed where the connection broke. They name the server and hold no secret.
  Expected<std::vector<RedisReply>> Ask(const std::vector<RedisCommand>& commands,
                                        Deadline deadline);

  /// Breaks off an Ask under way. Any thread.
  void Interrupt() noexcept { waiter_.Interrupt(); }

  /// The server answered, but it serves nobody (it is loading, it is no master): closes the
  /// connection, so that the next round goes to another where there is one, and else to whatever
  /// server the name leads to by then.
  void Leave();

  /// Looks, every kReturnPause, whether the server of the first URL serves again, and if so closes
  /// the connection to the other one, so that the next Ask goes there: kombu begins every new
  /// connection at the first URL. The look has a connection of its own, which is closed at once.
  void ReturnToFirst(Deadline deadline);

  /// The server of the connection, or of the last one.
  const BrokerAddress& address() const { return address_; }
  /// The server must be a master: sentinels named it.
  bool wants_master() const { return route_.by_sentinel(); }
  /// How many connections were made so far: a new one may lead to another server.
  std::size_t connections_made() const { return connections_made_; }

 private:
  Expected<void> Connect(Deadline deadline);
  void FollowMaster(Deadline deadline);
  Expected<void> FinishWhatIsInFlight(Deadline deadline);
  Expected<void> SignIn(Deadline deadline);
  Expected<std::vector<RedisReply>> RoundTrip(const std::vector<RedisCommand>& commands,
                                              Deadline deadline);
  Expected<void> PumpOrGiveUp(Deadline deadline);
  Error NoAnswer(RedisConnection::Progress progress);

  BrokerRoute route_;
  BrokerAddress address_;
  Waiter waiter_;
  std::optional<RedisConnection> connection_;
  bool signed_in_ = false;
  bool may_connect_ = true;
  std::size_t connections_made_ = 0;
  SteadyTime not_back_before_{};  ///< The next look at the first URL.
};

}  // namespace airflow_host
