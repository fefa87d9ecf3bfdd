// Finds sockets by asking the kernel about each descriptor, and peeks into them.
#include "exporter/web/sockets.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <optional>
#include <string_view>

namespace airflow_host {
namespace {

/// As much of a head as civetweb reads (`max_request_size`): a longer one is its to refuse.
constexpr std::size_t kLongestHead = 8192;
/// Descriptors beyond this are not looked at. The program has some dozens, and the kernel always
/// gives the lowest that is free.
constexpr int kHighestDescriptor = 1024;

constexpr std::size_t kDiscardedBytes = 65536;
constexpr std::chrono::milliseconds kDiscardTime{200};
constexpr int kDiscardWaitMilliseconds = 20;

using AddressGetter = int (*)(int, sockaddr*, socklen_t*);

/// The port of a socket's own or its peer's address; nothing where `descriptor` has none.
std::optional<std::uint16_t> PortOf(int descriptor, AddressGetter get) {
  sockaddr_in6 address{};  // Large enough for both families; the port stands at the same place.
  socklen_t length = sizeof(address);
  if (get(descriptor, reinterpret_cast<sockaddr*>(&address), &length) != 0) return std::nullopt;
  if (address.sin6_family != AF_INET && address.sin6_family != AF_INET6) return std::nullopt;
  return ntohs(address.sin6_port);
}

bool IsOneOf(const std::vector<std::uint16_t>& ports, std::optional<std::uint16_t> port) {
  return port && std::find(ports.begin(), ports.end(), *port) != ports.end();
}

}  // namespace

std::vector<ServerConnection> FindConnections(const std::vector<std::uint16_t>& ports) {
  std::vector<ServerConnection> connections;
  for (int descriptor = 0; descriptor < kHighestDescriptor; ++descriptor) {
    const auto remote = PortOf(descriptor, ::getpeername);
    if (!remote || !IsOneOf(ports, PortOf(descriptor, ::getsockname))) continue;
    connections.push_back({descriptor, *remote});
  }
  return connections;
}

std::vector<int> FindListeners(const std::vector<std::uint16_t>& ports) {
  std::vector<int> listeners;
  for (int descriptor = 0; descriptor < kHighestDescriptor; ++descriptor) {
    int listens = 0;
    socklen_t length = sizeof(listens);
    if (::getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length) != 0) continue;
    if (listens != 0 && IsOneOf(ports, PortOf(descriptor, ::getsockname))) {
      listeners.push_back(descriptor);
    }
  }
  return listeners;
}

bool HasArrived(int connection) {
  std::array<char, kLongestHead> bytes;  // NOLINT: filled by recv, and too large to clear each time
  const ssize_t size = ::recv(connection, bytes.data(), bytes.size(), MSG_PEEK | MSG_DONTWAIT);
  if (size < 0) return errno != EAGAIN && errno != EINTR;
  if (size == 0 || static_cast<std::size_t>(size) == bytes.size()) return true;
  const std::string_view head(bytes.data(), static_cast<std::size_t>(size));
  return head.find("\r\n\r\n") != std::string_view::npos ||
         head.find("\n\n") != std::string_view::npos;
}

void DiscardInput(int connection) {
  using std::chrono::steady_clock;
  ::shutdown(connection, SHUT_WR);
  const steady_clock::time_point start = steady_clock::now();
  std::array<char, 4096> bytes;  // NOLINT: filled by recv
  std::size_t discarded = 0;
  while (discarded < kDiscardedBytes && steady_clock::now() - start < kDiscardTime) {
    const ssize_t size = ::recv(connection, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (size == 0 || (size < 0 && errno != EAGAIN)) return;
    if (size > 0) {
      discarded += static_cast<std::size_t>(size);
      continue;
    }
    pollfd arrival{connection, POLLIN, 0};
    ::poll(&arrival, 1, kDiscardWaitMilliseconds);
  }
}

}  // namespace airflow_host
