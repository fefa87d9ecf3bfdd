// TLS over a connected socket, by OpenSSL.
#pragma once

#include <memory>
#include <string>

#include "collectors/broker/stream.h"
#include "collectors/broker/tls_settings.h"
#include "collectors/support/error.h"
#include "collectors/support/unique_descriptor.h"

namespace airflow_host {

/// Begins TLS on `socket`, which is connected and non-blocking. The handshake happens within the
/// first Read and Write, so a server that is silent in the middle of it is waited for like one
/// that is silent later, and is not given a second connection. `host` is what the certificate must
/// name where the settings ask for that, and goes into SNI. Errors: a file of the settings cannot
/// be used; the messages name the file. Any thread.
Expected<std::unique_ptr<Stream>> MakeTlsStream(UniqueDescriptor socket, const std::string& host,
                                                const TlsSettings& settings);

}  // namespace airflow_host
