// How TLS is spoken to the broker: kombu's `ssl_` parameters, which are redis-py's.
// https://github.com/redis/redis-py/blob/master/redis/connection.py (SSLConnection)
#pragma once

#include <string>

namespace airflow_host {

/// How the server's certificate is checked and which one we show. A plain value that holds a
/// secret (`key_password`).
struct TlsSettings {
  /// `ssl_cert_reqs`: required and optional check (for a client they are the same), none does not.
  /// kombu does not check for `rediss://` without any `ssl_` option, and checks with any.
  bool verify_certificate = false;
  /// `ssl_check_hostname`: the certificate must name the host; counts where it is checked at all.
  /// redis-py's default from 6.0 on; before it was false.
  bool check_hostname = true;
  std::string authorities_file;       ///< `ssl_ca_certs` (PEM), beside the system's; may be empty.
  std::string authorities_directory;  ///< `ssl_ca_path`, of hashed names (c_rehash); may be empty.
  std::string authorities;            ///< `ssl_ca_data`: the certificates themselves (PEM).
  std::string certificate_file;       ///< `ssl_certfile` (PEM); empty: none is shown.
  std::string key_file;      ///< `ssl_keyfile` (PEM); empty: the key is in certificate_file.
  std::string key_password;  ///< `ssl_password`, of the key.
  std::string ciphers;       ///< `ssl_ciphers`, of TLS 1.2, as OpenSSL writes them; empty: its own.

  bool operator==(const TlsSettings&) const = default;
};

}  // namespace airflow_host
