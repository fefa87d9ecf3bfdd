// The HTTP server: civetweb through its C API, with one handler for everything. It serves no file,
// knows no path and decides nothing; what is answered is the RequestHandler's.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "collectors/support/error.h"
#include "exporter/web/http.h"

namespace airflow_host {

/// What can be set about the server. A plain value.
struct WebSettings {
  /// "host:port", "[IPv6]:port" or ":port"; port 0 takes any free one. --web.listen-address.
  std::vector<std::string> listen_addresses = {":10132"};
  /// Threads that answer; each touches some 20 kB. Measured with 200 half-open connections on two
  /// cores: a scrape takes 0.9-1.4 s with four, 0.6-0.7 s with eight (see SlowClients), where
  /// civetweb by itself takes 10 s for 20 of them.
  int threads = 4;
};

/// A server that runs. Destroying it stops it, within half a second also while slow clients hang on
/// it. Start and destroy it in one thread.
class WebServer {
 public:
  /// Starts listening and all threads, which block every signal. An Error says which address cannot
  /// be listened on, why, and what to do; civetweb itself prints nothing.
  static Expected<std::unique_ptr<WebServer>> Start(const WebSettings& settings,
                                                    RequestHandler handler);

  WebServer(const WebServer&) = delete;
  WebServer& operator=(const WebServer&) = delete;
  ~WebServer();

  /// The ports listened on, in the order of the addresses.
  const std::vector<std::uint16_t>& ports() const;

 private:
  struct Running;
  explicit WebServer(std::unique_ptr<Running> running);

  std::unique_ptr<Running> running_;
};

}  // namespace airflow_host
