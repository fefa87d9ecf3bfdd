// Takes apart what names several servers.
#include "collectors/broker/broker_servers.h"

#include <utility>

#include "collectors/support/text.h"

namespace airflow_host {
namespace {

/// kombu splits before it parses, so an unescaped ";" in a password splits there as well.
std::vector<std::string_view> Split(std::string_view urls) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = urls.find(';');
    const std::string_view part = Trim(urls.substr(0, end));
    if (!part.empty()) parts.push_back(part);
    if (end == std::string_view::npos) return parts;
    urls.remove_prefix(end + 1);
  }
}

/// kombu hands the options of the first URL on to the others.
BrokerUrlDefaults DefaultsOfLater(const BrokerAddress& first, const BrokerServerOptions& options,
                                  bool first_is_bare_rediss) {
  return {.tls = first_is_bare_rediss ? options.tls : first.tls,
          .database = first.database,
          .check_hostname = options.check_hostname};
}

/// The master is reached with what the first URL says, the sentinels with their own options.
BrokerServers MakeGroup(std::vector<BrokerAddress> addresses, const BrokerServerOptions& options) {
  SentinelGroup group;
  group.master_name = options.master_name;
  for (const BrokerAddress& address : addresses) {
    BrokerAddress sentinel;
    sentinel.host = address.host;
    sentinel.port = address.port;
    sentinel.user = options.sentinel.user;
    sentinel.password = options.sentinel.password;
    sentinel.tls = options.sentinel.tls;
    group.sentinels.push_back(std::move(sentinel));
  }
  addresses.resize(1);
  return {.servers = std::move(addresses), .sentinel = std::move(group)};
}

}  // namespace

Expected<BrokerServers> ParseBrokerServers(std::string_view url,
                                           const BrokerServerOptions& options) {
  const std::vector<std::string_view> parts = Split(url);
  if (parts.size() > kMostServers) {
    return RefuseBrokerUrl("it names more than " + std::to_string(kMostServers) + " servers");
  }
  const std::string_view first = parts.empty() ? std::string_view() : parts.front();
  const bool by_sentinel = SchemeOf(first) == "sentinel";
  BrokerUrlDefaults defaults{
      .tls = options.tls, .database = 0, .check_hostname = options.check_hostname};
  auto address = ParseBrokerUrl(first, defaults);
  if (!address) return tl::unexpected(address.error());
  const bool bare = SchemeOf(first) == "rediss" && address->tls == TlsSettings{};
  defaults = DefaultsOfLater(*address, options, bare);
  std::vector<BrokerAddress> addresses = {*std::move(address)};
  for (std::size_t index = 1; index < parts.size(); ++index) {
    if (by_sentinel != (SchemeOf(parts[index]) == "sentinel")) {
      return RefuseBrokerUrl(
          "of several servers joined by \";\" either all or none begin with sentinel:// (a \";\" "
          "in "
          "a password must be percent-encoded)");
    }
    address = ParseBrokerUrl(parts[index], defaults);
    if (!address) return tl::unexpected(address.error());
    defaults.database = address->database;
    addresses.push_back(*std::move(address));
  }
  if (by_sentinel) return MakeGroup(std::move(addresses), options);
  return BrokerServers{.servers = std::move(addresses), .sentinel = std::nullopt};
}

}  // namespace airflow_host
