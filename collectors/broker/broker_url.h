// The address of one server: what `[celery] broker_url` says, read as kombu reads it. Samples:
//   redis://:pass%40word@redis:6379/0
//   rediss://user:secret@redis.example.com:6380/1?ssl_cert_reqs=required&ssl_ca_certs=/etc/ca.pem
//   redis+socket:///run/redis/redis.sock?virtual_host=2
//   sentinel://:password@sentinel-0:26379/0
// https://docs.celeryq.dev/en/stable/getting-started/backends-and-brokers/redis.html#configuration
// and kombu's kombu/utils/url.py, kombu/connection.py (_init_params), kombu/transport/redis.py
// (_connparams, _prepare_virtual_host).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "collectors/broker/tls_settings.h"
#include "collectors/support/error.h"

namespace airflow_host {

/// Where the broker is and how to sign in. A plain value that holds secrets: show Where() only.
struct BrokerAddress {
  std::string host;         ///< Name or address, IPv6 without brackets; unused with a socket_path.
  std::uint16_t port = 0;   ///< TCP port.
  std::string socket_path;  ///< Unix socket; empty for TCP.
  std::optional<std::string> user;      ///< ACL user (Redis 6 and later); never empty.
  std::optional<std::string> password;  ///< Never empty.
  std::uint32_t database = 0;           ///< For SELECT.
  std::optional<TlsSettings> tls;       ///< Absent: plain text.

  bool operator==(const BrokerAddress&) const = default;

  /// "Redis at redis:6379" or "Redis at /run/redis.sock", for messages; holds no secret.
  std::string Where() const;
};

/// What a URL leaves open. A plain value.
struct BrokerUrlDefaults {
  /// For a URL without any `ssl_` option: `broker_use_ssl`, which Airflow makes of `ssl_active`.
  std::optional<TlsSettings> tls;
  /// For a URL that names none: that of the URL before it, or 0.
  std::uint32_t database = 0;
  /// For a URL with `ssl_` options, but without ssl_check_hostname.
  bool check_hostname = true;
};

/// The scheme of `url` in small letters: "redis"; empty where there is none. Any thread.
std::string SchemeOf(std::string_view url);

/// Reads a kombu URL of one server: redis://, rediss://, redis+socket://, and sentinel:// (whose
/// host and port are the sentinel's, all the rest concerns the master). Other transports (amqp,
/// sqs,
/// ...) are refused with a sentence that says what is supported. Neither the URL nor a part of it
/// that could be a password is repeated in an error. Any thread.
Expected<BrokerAddress> ParseBrokerUrl(std::string_view url,
                                       const BrokerUrlDefaults& defaults = {});

/// Reads `ssl_cert_reqs`: whether to check. Any thread.
Expected<bool> ParseVerification(std::string_view text);

/// "cannot use the Celery broker URL: REASON". Any thread.
tl::unexpected<Error> RefuseBrokerUrl(std::string_view reason);

}  // namespace airflow_host
