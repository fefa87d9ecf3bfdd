// connect(2) that never blocks, under one deadline.
#include "collectors/broker/dial.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>
#include <utility>

#include "collectors/broker/tls_stream.h"

namespace airflow_host {
namespace {

struct FreeAddresses {
  void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

/// Why a system call failed, without what was tried: the caller knows that.
Error Why(int errno_value) {
  return Error{SystemError("", "", errno_value).kind, std::generic_category().message(errno_value)};
}

/// One attempt to connect. The error is why, without what: the caller knows the address.
Expected<UniqueDescriptor> ConnectOnce(int family, const sockaddr* name, socklen_t length,
                                       Waiter& waiter, Deadline deadline) {
  UniqueDescriptor socket(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.valid()) return tl::unexpected(Why(errno));
  if (::connect(socket.get(), name, length) == 0) return socket;
  // EAGAIN on a Unix socket: the backlog of the server is full, there is nothing to wait for.
  if (errno != EINPROGRESS && errno != EINTR) {
    return tl::unexpected(Why(errno));
  }
  switch (waiter.Wait(socket.get(), POLLOUT, deadline)) {
    case Waiter::Outcome::kExpired:
      return Fail(ErrorKind::kTimedOut, "it did not accept the connection before the deadline");
    case Waiter::Outcome::kInterrupted:
      return Fail(ErrorKind::kTimedOut, "connecting was broken off");
    case Waiter::Outcome::kReady:
      break;
  }
  int failure = 0;
  socklen_t size = sizeof(failure);
  if (::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &failure, &size) != 0) failure = errno;
  if (failure != 0) return tl::unexpected(Why(failure));
  return socket;
}

Expected<UniqueDescriptor> ConnectUnix(const std::string& path, Waiter& waiter, Deadline deadline) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  if (path.size() >= sizeof(name.sun_path)) {
    return Fail(ErrorKind::kMalformed, "the path of its socket is longer than 107 bytes");
  }
  std::memcpy(name.sun_path, path.data(), path.size());
  // sockaddr_un is a sockaddr by the rules of connect(2).
  return ConnectOnce(AF_UNIX, reinterpret_cast<const sockaddr*>(&name), sizeof(name), waiter,
                     deadline);
}

Expected<Addresses> Resolve(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  // Numeric first: that never leaves the process.
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  const std::string service = std::to_string(port);
  addrinfo* list = nullptr;
  int failure = ::getaddrinfo(host.c_str(), service.c_str(), &hints, &list);
  if (failure != 0) {
    hints.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV;
    failure = ::getaddrinfo(host.c_str(), service.c_str(), &hints, &list);
  }
  if (failure == EAI_SYSTEM) return tl::unexpected(Why(errno));
  if (failure != 0) {
    return Fail(ErrorKind::kFailed,
                std::string("its name cannot be resolved: ") + ::gai_strerror(failure));
  }
  return Addresses(list);
}

/// A fair share of the time for the address `first`, given all that follow it.
Deadline ShareOf(Deadline deadline, SteadyTime now, const addrinfo* first) {
  int left = 0;
  for (const addrinfo* one = first; one != nullptr; one = one->ai_next) ++left;
  if (left <= 1 || deadline.Expired(now)) return deadline;
  return Deadline{now + (deadline.at - now) / left};
}

Expected<UniqueDescriptor> ConnectTcp(const BrokerAddress& address, Waiter& waiter,
                                      Deadline deadline) {
  const auto addresses = Resolve(address.host, address.port);
  if (!addresses) return tl::unexpected(addresses.error());
  Error last{ErrorKind::kFailed, "its name has no address"};
  for (const addrinfo* one = addresses->get(); one != nullptr; one = one->ai_next) {
    const SteadyTime now = waiter.clock().SteadyNow();
    if (deadline.Expired(now)) {
      return Fail(ErrorKind::kTimedOut, "its name was not resolved before the deadline");
    }
    auto socket = ConnectOnce(one->ai_family, one->ai_addr, one->ai_addrlen, waiter,
                              ShareOf(deadline, now, one));
    if (!socket) {
      last = socket.error();
      continue;
    }
    const int on = 1;
    // A pipeline is one write, so nothing is gained by waiting for more.
    ::setsockopt(socket->get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    // Tells a host that vanished without a word from one that is idle.
    ::setsockopt(socket->get(), SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
    return socket;
  }
  return tl::unexpected(last);
}

/// "cannot reach Redis at redis:6379: WHY".
Error CannotReach(const BrokerAddress& address, Error why) {
  // Nothing listens or no such socket: with a broker configured that is a failure, not an absence.
  if (why.kind == ErrorKind::kAbsent) why.kind = ErrorKind::kFailed;
  why.message = "cannot reach " + address.Where() + ": " + why.message;
  return why;
}

}  // namespace

Expected<std::unique_ptr<Stream>> Dial(const BrokerAddress& address, Waiter& waiter,
                                       Deadline deadline) {
  auto socket = address.socket_path.empty() ? ConnectTcp(address, waiter, deadline)
                                            : ConnectUnix(address.socket_path, waiter, deadline);
  if (!socket) return tl::unexpected(CannotReach(address, std::move(socket.error())));
  if (!address.tls) return std::make_unique<SocketStream>(*std::move(socket));
  auto stream = MakeTlsStream(*std::move(socket), address.host, *address.tls);
  if (!stream) return tl::unexpected(CannotReach(address, std::move(stream.error())));
  return stream;
}

}  // namespace airflow_host
