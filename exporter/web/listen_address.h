// --web.listen-address, from what a person writes to what civetweb takes, and the sentence that a
// person reads where nothing can be listened on there.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/support/error.h"

namespace airflow_host {

/// One address to listen on. A plain value.
struct ResolvedAddress {
  std::string text;      ///< As given: "localhost:10132", ":10132", "[::1]:10132".
  std::string civetweb;  ///< As civetweb's `listening_ports` takes it, the host being a number.
  sockaddr_storage address{};
  socklen_t length = 0;
  bool both_families = false;  ///< An IPv6 socket that takes IPv4 as well.
};

/// Resolves "host:port", "[IPv6]:port" or ":port" (all of this machine's addresses; of both
/// families where `ipv6` says that civetweb knows IPv6 and the kernel does too). Port 0 stands for
/// any free one. May ask the resolver where the host is a name. Any thread.
Expected<ResolvedAddress> ResolveAddress(std::string_view text, bool ipv6);

/// Nothing where the address is free, or why it cannot be listened on and what to do. Any thread.
Expected<void> CheckFree(const ResolvedAddress& address);

}  // namespace airflow_host
