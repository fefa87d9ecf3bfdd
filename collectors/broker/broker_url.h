// The Celery broker's address: what `[celery] broker_url` says, read as kombu reads it. Samples:
//   redis://:pass%40word@redis:6379/0
//   rediss://user:secret@redis.example.com:6380/1?ssl_cert_reqs=required&ssl_ca_certs=/etc/ca.pem
//   redis+socket:///run/redis/redis.sock?virtual_host=2
// https://docs.celeryq.dev/en/stable/getting-started/backends-and-brokers/redis.html#configuration
// and kombu's kombu/utils/url.py, kombu/connection.py (_init_params), kombu/transport/redis.py
// (_connparams, _prepare_virtual_host).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "collectors/support/error.h"

namespace airflow_host {

/// How the server's certificate is checked and which one we show. A plain value.
struct TlsSettings {
  /// `ssl_cert_reqs`: required and optional check (for a client they are the same), none does not.
  /// kombu does not check for `rediss://` without any `ssl_` option, and checks with any.
  bool verify_certificate = false;
  /// `ssl_check_hostname`; redis-py before 6.0, which Airflow's releases use, defaults to false.
  bool check_hostname = false;
  std::string authorities_file;  ///< `ssl_ca_certs` (PEM), beside the system's; may be empty.
  std::string certificate_file;  ///< `ssl_certfile` (PEM); empty: none is shown.
  std::string key_file;          ///< `ssl_keyfile` (PEM); empty: the key is in certificate_file.
};

/// Where the broker is and how to sign in. A plain value that holds secrets: show Where() only.
struct BrokerAddress {
  std::string host;         ///< Name or address, IPv6 without brackets; unused with a socket_path.
  std::uint16_t port = 0;   ///< TCP port.
  std::string socket_path;  ///< Unix socket; empty for TCP.
  std::optional<std::string> user;      ///< ACL user (Redis 6 and later); never empty.
  std::optional<std::string> password;  ///< Never empty.
  std::uint32_t database = 0;           ///< For SELECT.
  std::optional<TlsSettings> tls;       ///< Absent: plain text.

  /// "Redis at redis:6379" or "Redis at /run/redis.sock", for messages; holds no secret.
  std::string Where() const;
};

/// Reads a kombu URL of a single Redis. Refused with a sentence that says what is supported:
/// other transports (amqp, sqs, ...), sentinel and several URLs joined by ";". Neither the URL nor
/// a part of it that could be a password is repeated in an error. Any thread.
Expected<BrokerAddress> ParseBrokerUrl(std::string_view url);

}  // namespace airflow_host
