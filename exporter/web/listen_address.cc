// Resolves listening addresses and tries them out before civetweb does, because civetweb says only
// that it failed.
#include "exporter/web/listen_address.h"

#include <arpa/inet.h>
#include <netdb.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "collectors/support/text.h"
#include "collectors/support/unique_descriptor.h"

namespace airflow_host {
namespace {

constexpr std::uint64_t kHighestPort = 65535;

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};

tl::unexpected<Error> Refuse(std::string_view text, std::string_view why) {
  return Fail(ErrorKind::kMalformed,
              "cannot listen on \"" + std::string(text) + "\": " + std::string(why));
}

/// True where the kernel makes IPv6 sockets at all (it does not with ipv6.disable=1).
bool KernelHasIpv6() {
  return UniqueDescriptor(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0)).valid();
}

/// The address in numbers.
std::string Numeric(const sockaddr_storage& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const void* bytes =
      address.ss_family == AF_INET6
          ? static_cast<const void*>(&reinterpret_cast<const sockaddr_in6*>(&address)->sin6_addr)
          : &reinterpret_cast<const sockaddr_in*>(&address)->sin_addr;
  return ::inet_ntop(address.ss_family, bytes, text.data(), text.size()) == nullptr ? ""
                                                                                    : text.data();
}

/// Fills in the first address of `host`, IPv4 before IPv6: what listens on "localhost" is mostly
/// asked for as 127.0.0.1.
Expected<void> LookUp(const std::string& host, const std::string& port, bool ipv6,
                      ResolvedAddress& result) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* raw = nullptr;
  const int problem =
      ::getaddrinfo(host.empty() ? nullptr : host.c_str(), port.c_str(), &hints, &raw);
  if (problem != 0) {
    return Refuse(result.text, "the host is not known (" + std::string(::gai_strerror(problem)) +
                                   "): give an address of this machine, such as 127.0.0.1");
  }
  const std::unique_ptr<addrinfo, FreeAddresses> list(raw);
  for (const int family : {AF_INET, AF_INET6}) {
    if (family == AF_INET6 && !ipv6) continue;
    for (const addrinfo* entry = list.get(); entry != nullptr; entry = entry->ai_next) {
      if (entry->ai_family != family) continue;
      std::memcpy(&result.address, entry->ai_addr, entry->ai_addrlen);
      result.length = entry->ai_addrlen;
      return {};
    }
  }
  return Refuse(result.text,
                "it is an IPv6 address, and the installed civetweb (or this kernel) has no IPv6: "
                "give an IPv4 address, or \":" +
                    port + "\" for all of them");
}

/// [::] with IPv4 included.
void ListenOnBothFamilies(std::uint16_t port, ResolvedAddress& result) {
  auto* const address = reinterpret_cast<sockaddr_in6*>(&result.address);
  *address = {};
  address->sin6_family = AF_INET6;
  address->sin6_port = htons(port);
  address->sin6_addr = in6addr_any;
  result.length = sizeof(sockaddr_in6);
  result.both_families = true;
}

std::string_view Advice(int problem) {
  switch (problem) {
    case EADDRINUSE:
      return "another program, or another airflow-host-exporter, listens there already: stop it "
             "(`ss -ltnp` names it), or choose another --web.listen-address";
    case EACCES:
    case EPERM:
      return "the right to it is missing (ports below 1024 need CAP_NET_BIND_SERVICE): choose a "
             "higher port by --web.listen-address";
    case EADDRNOTAVAIL:
      return "this machine has no such address: choose one of those that `ip address` shows by "
             "--web.listen-address";
    default:
      return std::string_view();
  }
}

}  // namespace

Expected<ResolvedAddress> ResolveAddress(std::string_view text, bool ipv6) {
  ResolvedAddress result;
  result.text = Printable(text, 300);
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return Refuse(result.text, "the port is missing: write host:port, or :port for all addresses");
  }
  std::string host(text.substr(0, colon));
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find_first_of(":[]") != std::string::npos) {
    return Refuse(result.text, "an IPv6 address stands in brackets: write [address]:port");
  }
  const std::optional<std::uint64_t> port = ParseUnsigned(text.substr(colon + 1));
  if (!port || *port > kHighestPort) {
    return Refuse(result.text, "the port is not a number from 0 to 65535");
  }
  const std::string port_text = std::to_string(*port);
  ipv6 = ipv6 && KernelHasIpv6();
  if (host.empty() && ipv6) {
    ListenOnBothFamilies(static_cast<std::uint16_t>(*port), result);
    result.civetweb = "+" + port_text;
    return result;
  }
  if (auto found = LookUp(host, port_text, ipv6, result); !found) {
    return tl::unexpected(found.error());
  }
  const std::string numeric = Numeric(result.address);
  result.civetweb =
      (result.address.ss_family == AF_INET6 ? "[" + numeric + "]" : numeric) + ":" + port_text;
  return result;
}

Expected<void> CheckFree(const ResolvedAddress& address) {
  const UniqueDescriptor socket(::socket(address.address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  const int only_ipv6 = address.both_families ? 0 : 1;
  // SO_REUSEADDR as civetweb sets it: old connections that are still closing do not count.
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (address.address.ss_family == AF_INET6) {
    ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &only_ipv6, sizeof(only_ipv6));
  }
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address.address), address.length) ==
      0) {
    return {};
  }
  const int problem = errno;
  if (const std::string_view advice = Advice(problem); !advice.empty()) {
    return Fail(SystemError("listen on", address.text, problem).kind,
                "cannot listen on " + address.text + ": " + std::string(advice));
  }
  return tl::unexpected(SystemError("listen on", address.text, problem));
}

}  // namespace airflow_host
