// Looking at the server's sockets from outside: civetweb shows its descriptors to nobody.
#pragma once

#include <cstdint>
#include <vector>

namespace airflow_host {

/// One accepted connection, as the kernel knows it.
struct ServerConnection {
  int descriptor = -1;
  std::uint16_t remote_port = 0;

  bool operator==(const ServerConnection&) const = default;
};

/// The connections of this process whose own end is one of `ports`. A descriptor may be closed as
/// soon as this returns, unless the caller keeps that from happening.
std::vector<ServerConnection> FindConnections(const std::vector<std::uint16_t>& ports);

/// The descriptors of this process that listen on one of `ports`.
std::vector<int> FindListeners(const std::vector<std::uint16_t>& ports);

/// True where waiting for a request on `connection` gains nothing: its head lies there whole (or is
/// longer than any that is taken), or the client is gone. Takes no byte away.
bool HasArrived(int connection);

/// Ends sending on `connection` and takes what the client still sends off it, so that closing does
/// not reset the connection before the client has read the answer. Bounded in bytes and in time.
void DiscardInput(int connection);

}  // namespace airflow_host
