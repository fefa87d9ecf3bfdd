// recv(2) and send(2) on a socket that never blocks.
#include "collectors/broker/stream.h"

#include <sys/socket.h>

#include <cerrno>

namespace airflow_host {
namespace {

bool WouldBlock(int errno_value) {
  static_assert(EAGAIN == EWOULDBLOCK);
  return errno_value == EAGAIN || errno_value == EINTR;
}

}  // namespace

Expected<Transfer> SocketStream::Read(std::span<char> buffer) {
  const ssize_t got = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
  if (got > 0) return Transfer{Transfer::State::kMoved, static_cast<std::size_t>(got)};
  if (got == 0) return Transfer{Transfer::State::kEnded};
  if (WouldBlock(errno)) return Transfer{Transfer::State::kWantsRead};
  if (errno == ECONNRESET) return Transfer{Transfer::State::kEnded};
  return tl::unexpected(SystemError("read from", "the connection", errno));
}

Expected<Transfer> SocketStream::Write(std::string_view bytes) {
  const ssize_t put = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  if (put > 0) return Transfer{Transfer::State::kMoved, static_cast<std::size_t>(put)};
  if (put == 0 || WouldBlock(errno)) return Transfer{Transfer::State::kWantsWrite};
  if (errno == EPIPE || errno == ECONNRESET) return Transfer{Transfer::State::kEnded};
  return tl::unexpected(SystemError("write to", "the connection", errno));
}

}  // namespace airflow_host
