// Which servers `[celery] broker_url` names, one or several, read as kombu reads it. Samples:
//   redis://redis:6379/0
//   redis://:password@redis-a:6379/0;redis://:password@redis-b:6379/0      the next where one fails
//   sentinel://:password@sentinel-0:26379/0;sentinel://sentinel-1:26379    whoever they say is
//   master
// kombu/connection.py (__init__, switch), kombu/transport/redis.py (SentinelChannel)
// https://docs.celeryq.dev/en/stable/getting-started/backends-and-brokers/redis.html#configuration
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/broker/broker_url.h"
#include "collectors/broker/tls_settings.h"
#include "collectors/support/error.h"

namespace airflow_host {

/// How to talk to the sentinels themselves: `sentinel_kwargs`, arguments of redis-py's Redis. A
/// plain value that holds a secret.
struct SentinelOptions {
  std::optional<std::string> user;      ///< "username"; never empty.
  std::optional<std::string> password;  ///< "password"; never empty.
  std::optional<TlsSettings> tls;       ///< "ssl": true, and the "ssl_" arguments.

  bool operator==(const SentinelOptions&) const = default;
};

/// Reads `sentinel_kwargs`, a JSON object: {"password": "..."}. Arguments that do not concern us
/// are passed over; `check_hostname` counts where there is no ssl_check_hostname. The error repeats
/// nothing of it. Any thread.
Expected<SentinelOptions> ParseSentinelOptions(std::string_view json, bool check_hostname = true);

/// A master that sentinels watch.
struct SentinelGroup {
  std::vector<BrokerAddress> sentinels;  ///< Each with what it takes to sign in to it.
  std::string master_name;               ///< `master_name`; may be empty, and then nothing works.
};

/// What the URL and the transport options say together. A plain value that holds secrets.
struct BrokerServers {
  /// The servers in the order in which they are tried. With a sentinel group exactly one: the
  /// master, whose host and port are those of the first sentinel until the sentinels name it.
  std::vector<BrokerAddress> servers;
  std::optional<SentinelGroup> sentinel;
};

/// What stands beside the URL in Airflow's configuration.
struct BrokerServerOptions {
  std::optional<TlsSettings> tls;  ///< `[celery] ssl_active` and its files.
  bool check_hostname = true;      ///< For URLs whose `ssl_` options do not say it.
  std::string master_name;         ///< `[celery_broker_transport_options] master_name`.
  SentinelOptions sentinel;        ///< `sentinel_kwargs` of the same section.
};

/// More are refused.
inline constexpr std::size_t kMostServers = 16;

/// Reads a URL, or several joined by ";". As in kombu, a later URL without a database takes that of
/// the one before it, and one without `ssl_` options takes those of the first. Errors as those of
/// ParseBrokerUrl. Any thread.
Expected<BrokerServers> ParseBrokerServers(std::string_view url,
                                           const BrokerServerOptions& options = {});

}  // namespace airflow_host
