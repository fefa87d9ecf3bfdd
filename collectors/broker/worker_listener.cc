// A subscription that is read once a round.
#include "collectors/broker/worker_listener.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "collectors/broker/ask_once.h"
#include "collectors/broker/dial.h"
#include "collectors/broker/redis_client.h"
#include "collectors/broker/redis_trouble.h"

namespace airflow_host {
namespace {

constexpr std::size_t kReadSize = std::size_t{16} * 1024;

short EventsFor(Transfer::State state) {
  if (state == Transfer::State::kWantsRead) return POLLIN;
  if (state == Transfer::State::kWantsWrite) return POLLOUT;
  return 0;
}

/// "pmessage", "psubscribe" or whatever an answer of a subscription begins with.
std::string_view KindOf(const RedisReply& reply) {
  if (reply.kind != RedisReply::Kind::kArray || reply.elements.empty()) return {};
  return reply.elements.front().text;
}

}  // namespace

Expected<void> WorkerListener::Listen(const BrokerAddress& server, Deadline deadline,
                                      const Hear& hear) {
  const SteadyTime now = waiter_.clock().SteadyNow();
  deadline.at = std::min(deadline.at, now + kLongestRound);
  if (connection_ && !(connection_->server == server)) connection_.reset();
  const bool kept = connection_.has_value();
  auto heard = ListenOnce(server, deadline, hear);
  // The server has restarted, or closed a connection that was silent for its liking.
  if (!heard && kept && !connection_) heard = ListenOnce(server, deadline, hear);
  return heard;
}

Expected<void> WorkerListener::ListenOnce(const BrokerAddress& server, Deadline deadline,
                                          const Hear& hear) {
  if (!connection_) {
    listening_since_.reset();
    auto connected = Connect(server, deadline);
    if (!connected) return connected;
  }
  if (!connection_->asked) {
    const std::string pattern = layout_.WorkerEventPattern(server.database);
    if (!AppendCommand({"PSUBSCRIBE", pattern}, connection_->outbox)) {
      return Fail(ErrorKind::kFailed, "no memory to listen to the workers");
    }
    connection_->asked = true;
  }
  auto exchanged = Exchange(deadline, hear);
  if (exchanged) {
    if (!listening_since_) listening_since_ = waiter_.clock().SteadyNow();
    return exchanged;
  }
  listening_since_.reset();
  const bool late = exchanged.error().kind == ErrorKind::kTimedOut;
  const auto silence = waiter_.clock().SteadyNow() - connection_->silent_since;
  const bool keep = late ? silence < RedisClient::kLongestSilence : !connection_->asked;
  if (!keep) connection_.reset();
  return exchanged;
}

Expected<void> WorkerListener::Connect(const BrokerAddress& server, Deadline deadline) {
  auto stream = Dial(server, waiter_, deadline);
  if (!stream) return tl::unexpected(stream.error());
  connection_.emplace(server, *std::move(stream), waiter_.clock().SteadyNow());
  const auto auth = AuthCommand(server);
  connection_->signs_in = auth.has_value();
  // Channels do not belong to a database, so there is no SELECT.
  if (!auth || AppendCommand(*auth, connection_->outbox)) return {};
  connection_.reset();
  return Fail(ErrorKind::kFailed, "no memory to sign in to " + server.Where());
}

/// Moves bytes until the answer to PSUBSCRIBE has come.
Expected<void> WorkerListener::Exchange(Deadline deadline, const Hear& hear) {
  std::size_t budget = kMostBytes;
  while (true) {
    const auto to_write = Write();
    if (!to_write) return tl::unexpected(to_write.error());
    const auto to_read = Read(budget, hear);
    if (!to_read) return tl::unexpected(to_read.error());
    if (!connection_->asked) return {};
    const auto events = static_cast<short>(*to_write | *to_read);
    // A server that never stops sending must not keep us from looking at the clock.
    const bool expired = deadline.Expired(waiter_.clock().SteadyNow());
    if (!expired && waiter_.Wait(connection_->stream->descriptor(), events, deadline) ==
                        Waiter::Outcome::kReady) {
      continue;
    }
    return Fail(ErrorKind::kTimedOut,
                connection_->server.Where() + " did not answer the listener in time");
  }
}

Expected<short> WorkerListener::Write() {
  std::string& outbox = connection_->outbox;
  while (!outbox.empty()) {
    const auto moved = connection_->stream->Write(outbox);
    if (!moved) return tl::unexpected(moved.error());
    if (moved->state == Transfer::State::kEnded) {
      return Fail(ErrorKind::kFailed, "the listener's connection was closed");
    }
    if (moved->state != Transfer::State::kMoved) return EventsFor(moved->state);
    outbox.erase(0, moved->bytes);
  }
  return short{0};
}

Expected<short> WorkerListener::Read(std::size_t& budget, const Hear& hear) {
  std::array<char, kReadSize> buffer;
  std::vector<RedisReply> replies;
  while (connection_->asked) {
    const auto moved = connection_->stream->Read(buffer);
    if (!moved) return tl::unexpected(moved.error());
    if (moved->state == Transfer::State::kEnded) {
      return Fail(ErrorKind::kFailed, "the listener's connection was closed");
    }
    if (moved->state != Transfer::State::kMoved) return EventsFor(moved->state);
    connection_->silent_since = waiter_.clock().SteadyNow();
    if (moved->bytes > budget) {
      return Fail(ErrorKind::kFailed, "workers publish more events than can be read");
    }
    budget -= moved->bytes;
    replies.clear();
    const std::string_view bytes(buffer.data(), moved->bytes);
    if (const auto fed = connection_->reader.Feed(bytes, replies); !fed) {
      return tl::unexpected(fed.error());
    }
    for (const RedisReply& reply : replies) {
      if (const auto taken = Take(reply, hear); !taken) return tl::unexpected(taken.error());
    }
  }
  return short{0};
}

Expected<void> WorkerListener::Take(const RedisReply& reply, const Hear& hear) {
  if (connection_->signs_in) {
    connection_->signs_in = false;
    if (reply.kind != RedisReply::Kind::kError) return {};
    return tl::unexpected(AuthTrouble(connection_->server, reply));
  }
  if (auto trouble = GeneralTrouble(connection_->server, reply)) {
    return tl::unexpected(*std::move(trouble));
  }
  if (reply.kind == RedisReply::Kind::kError) {
    connection_->asked = false;
    return Fail(ErrorKind::kDenied, CommandTrouble("PSUBSCRIBE to the workers' events", reply));
  }
  if (KindOf(reply) == "psubscribe") {
    connection_->asked = false;
  } else if (KindOf(reply) == "pmessage" && reply.elements.size() == 4) {
    hear(reply.elements[3].text);
  }
  return {};
}

}  // namespace airflow_host
