// A GET over a unix socket with one deadline over everything.
#include "collectors/container/engine_client.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "collectors/support/unique_descriptor.h"

namespace airflow_host {
namespace {

constexpr std::size_t kLargestAnswer = std::size_t{4} * 1024 * 1024;
/// No version in the path: the engine then speaks its newest, and this part has not changed since
/// the first.
constexpr std::string_view kRequest =
    "GET /containers/json HTTP/1.1\r\n"
    "Host: localhost\r\n"
    "User-Agent: airflow-host-exporter\r\n"
    "Accept: application/json\r\n"
    "Connection: close\r\n\r\n";

tl::unexpected<Error> TimedOut(const std::string& path) {
  return Fail(ErrorKind::kTimedOut, "the container engine at " + path + " did not answer in time");
}

tl::unexpected<Error> Failed(std::string_view action, const std::string& path, int errno_value) {
  Error error = SystemError(action, "the container engine at " + path, errno_value);
  if (errno_value == ECONNREFUSED) error.kind = ErrorKind::kAbsent;
  return tl::unexpected(std::move(error));
}

Expected<UniqueDescriptor> Connect(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) return Failed("connect to", path, ENAMETOOLONG);
  std::memcpy(address.sun_path, path.data(), path.size());
  UniqueDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket.valid()) return Failed("open a socket to", path, errno);
  const auto* const pointer = static_cast<const sockaddr*>(static_cast<const void*>(&address));
  // A unix socket connects at once or not at all: EAGAIN means that its queue of waiting clients is
  // full, so the engine hangs.
  if (::connect(socket.get(), pointer, sizeof(address)) != 0) {
    if (errno == EAGAIN || errno == EINTR) return TimedOut(path);
    return Failed("connect to", path, errno);
  }
  return socket;
}

/// Waits for `events`; false once the deadline has passed.
bool Wait(int socket, short events, const Clock& clock, Deadline deadline) {
  for (;;) {
    const auto left = deadline.Remaining(clock.SteadyNow());
    if (left.count() == 0) return false;
    pollfd waiting{socket, events, 0};
    const int ready = ::poll(&waiting, 1, static_cast<int>(std::min<long>(left.count(), 60'000)));
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

std::optional<Error> Send(int socket, const std::string& path, const Clock& clock,
                          Deadline deadline) {
  std::string_view rest = kRequest;
  while (!rest.empty()) {
    if (!Wait(socket, POLLOUT, clock, deadline)) return TimedOut(path).value();
    const ssize_t sent = ::send(socket, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (sent < 0) return Failed("send to", path, errno).value();
    rest.remove_prefix(static_cast<std::size_t>(sent));
  }
  return std::nullopt;
}

Expected<EngineResponse> Receive(int socket, const std::string& path, const Clock& clock,
                                 Deadline deadline) {
  std::string bytes;
  std::array<char, 32 * 1024> chunk{};
  for (;;) {
    if (!Wait(socket, POLLIN, clock, deadline)) return TimedOut(path);
    const ssize_t got = ::recv(socket, chunk.data(), chunk.size(), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (got < 0) return Failed("read from", path, errno);
    bytes.append(chunk.data(), static_cast<std::size_t>(got));
    auto response = ParseEngineResponse(bytes, got == 0);
    if (!response) return tl::unexpected(response.error());
    if (*response) return std::move(**response);
    if (bytes.size() > kLargestAnswer) {
      return Fail(ErrorKind::kMalformed,
                  "the container engine at " + path + " answers with more than 4 MiB");
    }
  }
}

}  // namespace

Expected<std::vector<EngineContainer>> AskEngine(const std::string& path, const Clock& clock,
                                                 Deadline deadline) {
  const auto socket = Connect(path);
  if (!socket) return tl::unexpected(socket.error());
  if (const auto error = Send(socket->get(), path, clock, deadline)) {
    return tl::unexpected(*error);
  }
  const auto response = Receive(socket->get(), path, clock, deadline);
  if (!response) return tl::unexpected(response.error());
  if (response->status != 200) {
    const bool denied = response->status == 401 || response->status == 403;
    return Fail(denied ? ErrorKind::kDenied : ErrorKind::kFailed,
                "the container engine at " + path + " answered GET /containers/json with status " +
                    std::to_string(response->status));
  }
  return ParseEngineContainers(response->body);
}

}  // namespace airflow_host
