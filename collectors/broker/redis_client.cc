// One connection, reused; see the header for what happens when the server is silent.
#include "collectors/broker/redis_client.h"

#include <algorithm>
#include <string>
#include <utility>

#include "collectors/broker/ask_once.h"
#include "collectors/broker/redis_trouble.h"

namespace airflow_host {

void RedisClient::BeginRound() {
  waiter_.Reset();
  may_connect_ = true;
}

Expected<std::vector<RedisReply>> RedisClient::Ask(const std::vector<RedisCommand>& commands,
                                                   Deadline deadline) {
  if (connection_ && connection_->IdleAndDead()) connection_.reset();
  if (connection_ && connection_->outstanding() > 0) FollowMaster(deadline);
  if (connection_) {
    const auto finished = FinishWhatIsInFlight(deadline);
    if (!finished) return tl::unexpected(finished.error());
  } else {
    const auto connected = Connect(deadline);
    if (!connected) return tl::unexpected(connected.error());
  }
  if (!signed_in_) {
    const auto signed_in = SignIn(deadline);
    if (!signed_in) return tl::unexpected(signed_in.error());
  }
  return RoundTrip(commands, deadline);
}

/// A master that was lost is silent as one that is stopped: only the sentinels know the difference.
void RedisClient::FollowMaster(Deadline deadline) {
  const SteadyTime now = waiter_.clock().SteadyNow();
  const Deadline half{now + (deadline.at - now) / 2};
  if (route_.HasMoved(address_, waiter_, half)) connection_.reset();
}

void RedisClient::Leave() {
  connection_.reset();
  route_.GoOn();
}

void RedisClient::ReturnToFirst(Deadline deadline) {
  if (route_.at_first_url() || !connection_ || connection_->outstanding() > 0) return;
  const SteadyTime now = waiter_.clock().SteadyNow();
  if (now < not_back_before_) return;
  not_back_before_ = now + kReturnPause;
  const auto share = std::min<SteadyTime::duration>(kLongestProbe, (deadline.at - now) / 2);
  if (!Serves(route_.first_url(), waiter_, Deadline{now + share})) return;
  connection_.reset();
  route_.StartOver();
}

Expected<void> RedisClient::Connect(Deadline deadline) {
  if (!may_connect_) {
    return Fail(ErrorKind::kFailed, address_.Where() + " closed the connection");
  }
  may_connect_ = false;
  signed_in_ = false;
  auto reached = route_.Reach(waiter_, deadline);
  if (!reached) return tl::unexpected(reached.error());
  address_ = std::move(reached->address);
  connection_.emplace(std::move(reached->stream));
  ++connections_made_;
  not_back_before_ = waiter_.clock().SteadyNow() + kReturnPause;
  return {};
}

/// Replies to the round before, which ended without them, are old news.
Expected<void> RedisClient::FinishWhatIsInFlight(Deadline deadline) {
  if (connection_->outstanding() == 0) return {};
  auto pumped = PumpOrGiveUp(deadline);
  if (pumped) connection_->TakeReplies();
  return pumped;
}

/// AUTH and SELECT may be repeated, so a sign-in whose replies came too late is simply done again.
Expected<void> RedisClient::SignIn(Deadline deadline) {
  std::vector<RedisCommand> commands;
  if (auto auth = AuthCommand(address_)) commands.push_back(*std::move(auth));
  const std::size_t auths = commands.size();
  if (address_.database != 0) commands.push_back({"SELECT", std::to_string(address_.database)});
  if (!commands.empty()) {
    const auto replies = RoundTrip(commands, deadline);
    if (!replies) return tl::unexpected(replies.error());
    for (std::size_t index = 0; index < replies->size(); ++index) {
      const RedisReply& reply = (*replies)[index];
      if (reply.kind != RedisReply::Kind::kError) continue;
      // A refused sign-in leaves a connection of no use; the settings may be put right meanwhile.
      connection_.reset();
      route_.GoOn();
      return tl::unexpected(index < auths ? AuthTrouble(address_, reply)
                                          : SelectTrouble(address_, reply));
    }
  }
  signed_in_ = true;
  return {};
}

Expected<std::vector<RedisReply>> RedisClient::RoundTrip(const std::vector<RedisCommand>& commands,
                                                         Deadline deadline) {
  if (!connection_->Send(commands, waiter_.clock().SteadyNow())) {
    connection_.reset();
    return Fail(ErrorKind::kFailed, "no memory to ask " + address_.Where());
  }
  const auto pumped = PumpOrGiveUp(deadline);
  if (!pumped) return tl::unexpected(pumped.error());
  return connection_->TakeReplies();
}

Expected<void> RedisClient::PumpOrGiveUp(Deadline deadline) {
  connection_->MarkPhase();
  const auto progress = connection_->Pump(waiter_, deadline);
  if (!progress) {
    // A server that turns us away says why before it closes: "-ERR max number of clients reached".
    const std::vector<RedisReply> last_words = connection_->TakeReplies();
    connection_.reset();
    if (!last_words.empty() && !last_words.back().ErrorCode().empty()) route_.GoOn();
    return tl::unexpected(ConnectionTrouble(address_, progress.error(), last_words));
  }
  if (*progress == RedisConnection::Progress::kComplete) return {};
  return tl::unexpected(NoAnswer(*progress));
}

Error RedisClient::NoAnswer(RedisConnection::Progress progress) {
  if (progress == RedisConnection::Progress::kInterrupted) {
    return {ErrorKind::kTimedOut, "the observation of " + address_.Where() + " was broken off"};
  }
  const std::string where = address_.Where();
  if (connection_->heard()) {
    connection_.reset();
    return {ErrorKind::kTimedOut, where + " answered too slowly to finish before the deadline"};
  }
  const bool perhaps_no_tls = address_.tls && !connection_->ever_heard();
  const auto silence = waiter_.clock().SteadyNow() - connection_->silent_since();
  if (silence >= kLongestSilence) {
    connection_.reset();
    route_.GoOn();
  }
  return {ErrorKind::kTimedOut,
          where + " did not answer before the deadline: it is stopped, busy or out of reach" +
              (perhaps_no_tls ? ", or it does not speak TLS on this port" : "")};
}

}  // namespace airflow_host
