// The pump: writes and reads without blocking, waits by poll(2) in between.
#include "collectors/broker/redis_connection.h"

#include <poll.h>

#include <array>
#include <span>

namespace airflow_host {
namespace {

constexpr std::size_t kReadSize = std::size_t{16} * 1024;

/// What to wait for before the same attempt is worth repeating; 0: nothing.
short EventsFor(Transfer::State state) {
  if (state == Transfer::State::kWantsRead) return POLLIN;
  if (state == Transfer::State::kWantsWrite) return POLLOUT;
  return 0;
}

tl::unexpected<Error> Closed() { return Fail(ErrorKind::kFailed, "it closed the connection"); }

}  // namespace

bool RedisConnection::Send(const std::vector<RedisCommand>& commands, SteadyTime now) {
  if (outstanding_ == 0) silent_since_ = now;
  for (const RedisCommand& command : commands) {
    if (!AppendCommand(command, outbox_)) return false;
    ++outstanding_;
  }
  return true;
}

/// Writes what the stream takes; gives the events to wait for, 0 once all is written.
Expected<short> RedisConnection::WriteSome() {
  while (!outbox_.empty()) {
    const auto moved = stream_->Write(outbox_);
    if (!moved) return tl::unexpected(moved.error());
    if (moved->state == Transfer::State::kEnded) return Closed();
    if (moved->state != Transfer::State::kMoved) return EventsFor(moved->state);
    outbox_.erase(0, moved->bytes);
  }
  return short{0};
}

/// Reads what has arrived; gives the events to wait for, 0 once every reply is there.
Expected<short> RedisConnection::ReadSome(SteadyTime now) {
  std::array<char, kReadSize> buffer;
  while (outstanding_ > 0) {
    const auto moved = stream_->Read(buffer);
    if (!moved) return tl::unexpected(moved.error());
    if (moved->state == Transfer::State::kEnded) return Closed();
    if (moved->state != Transfer::State::kMoved) return EventsFor(moved->state);
    heard_ = true;
    ever_heard_ = true;
    silent_since_ = now;
    const std::size_t before = replies_.size();
    const auto fed = reader_.Feed(std::string_view(buffer.data(), moved->bytes), replies_);
    if (!fed) return tl::unexpected(fed.error());
    const std::size_t arrived = replies_.size() - before;
    if (arrived > outstanding_) {
      return Fail(ErrorKind::kMalformed, "it sent more replies than there were commands");
    }
    outstanding_ -= arrived;
  }
  return short{0};
}

Expected<RedisConnection::Progress> RedisConnection::Pump(Waiter& waiter, Deadline deadline) {
  while (true) {
    const auto to_write = WriteSome();
    if (!to_write) return tl::unexpected(to_write.error());
    const SteadyTime now = waiter.clock().SteadyNow();
    const auto to_read = ReadSome(now);
    if (!to_read) return tl::unexpected(to_read.error());
    if (*to_write == 0 && *to_read == 0) return Progress::kComplete;
    // A server that never stops sending must not keep us from looking at the clock.
    if (deadline.Expired(now)) return Progress::kExpired;
    const auto events = static_cast<short>(*to_write | *to_read);
    switch (waiter.Wait(stream_->descriptor(), events, deadline)) {
      case Waiter::Outcome::kReady:
        break;
      case Waiter::Outcome::kExpired:
        return Progress::kExpired;
      case Waiter::Outcome::kInterrupted:
        return Progress::kInterrupted;
    }
  }
}

bool RedisConnection::IdleAndDead() {
  if (outstanding_ > 0) return false;
  std::array<char, 1> byte;
  const auto moved = stream_->Read(byte);
  return !moved || moved->state == Transfer::State::kEnded ||
         moved->state == Transfer::State::kMoved;
}

}  // namespace airflow_host
