// Runs civetweb (https://github.com/civetweb/civetweb/blob/master/docs/UserManual.md).
//
// Everything is answered in its `begin_request` callback, the first thing that it does with a
// parsed request: before it would look for handlers, for a .htpasswd file in the working directory,
// or for a WebSocket. Nothing of it that reads bodies, files or forms is ever reached.
#include "exporter/web/server.h"

#include <civetweb.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <utility>

#include "exporter/web/listen_address.h"
#include "exporter/web/slow_clients.h"
#include "exporter/web/sockets.h"

namespace airflow_host {
namespace {

using std::chrono::steady_clock;

/// How long a client may take no byte of an answer; also civetweb's own limit for a request's head.
constexpr const char* kRequestTimeoutMilliseconds = "2000";
/// An answer is written in pieces of this size, so that the whole of it has a limit in time, too.
constexpr std::size_t kPieceSize = 65536;
constexpr std::chrono::seconds kLongestAnswer{10};
/// How long the threads may take to come up.
constexpr std::chrono::seconds kStartLimit{5};
/// mg_check_feature's number for IPv6.
constexpr unsigned kFeatureIpv6 = 8;

constexpr std::string_view kFailure =
    "HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/plain; charset=utf-8\r\n"
    "Content-Length: 36\r\nConnection: close\r\n\r\nThe exporter could not answer this.\n";

/// Blocks all signals in this thread as long as it lives; threads created meanwhile inherit that,
/// so that signals go to the thread that waits for them.
class BlockedSignals {
 public:
  BlockedSignals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;
  ~BlockedSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

bool WriteAll(mg_connection* connection, std::string_view bytes) {
  const auto start = steady_clock::now();
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, kPieceSize);
    if (mg_write(connection, piece.data(), piece.size()) != static_cast<int>(piece.size())) {
      return false;
    }
    bytes.remove_prefix(piece.size());
    if (steady_clock::now() - start > kLongestAnswer) return false;
  }
  return true;
}

HttpRequest RequestOf(const mg_request_info& info) {
  HttpRequest request;
  request.method = info.request_method;
  request.path = info.local_uri;
  if (info.query_string != nullptr) request.query = info.query_string;
  request.headers.reserve(static_cast<std::size_t>(info.num_headers));
  for (int index = 0; index < info.num_headers; ++index) {
    request.headers.emplace_back(info.http_headers[index].name, info.http_headers[index].value);
  }
  return request;
}

bool ClaimsBody(const HttpRequest& request) {
  return !request.Header("Content-Length").empty() || !request.Header("Transfer-Encoding").empty();
}

std::uint16_t RemotePort(const mg_request_info& info) {
  return static_cast<std::uint16_t>(info.remote_port);
}

/// Takes the body off the connection that this thread serves.
void DiscardBody(const mg_request_info& info) {
  for (const auto& connection : FindConnections({static_cast<std::uint16_t>(info.server_port)})) {
    if (connection.remote_port == RemotePort(info)) DiscardInput(connection.descriptor);
  }
}

/// civetweb's options: names and values by turns, and a null pointer.
std::vector<const char*> OptionList(const char* listening_ports, const char* workers) {
  // No document_root, no access log, no error log: nothing of it touches a file.
  const std::pair<const char*, const char*> settings[] = {
      {"listening_ports", listening_ports},
      {"num_threads", workers},
      {"request_timeout_ms", kRequestTimeoutMilliseconds},
      // An idle kept-alive connection would hold a thread.
      {"enable_keep_alive", "no"},
      {"max_request_size", "8192"},
      {"connection_queue", "16"},
      // Beyond it the kernel lets clients try again after one second, then two, then four.
      {"listen_backlog", "128"},
      {"tcp_nodelay", "1"},
      {"decode_url", "yes"},
      {"decode_query_string", "no"},
      {"enable_directory_listing", "no"},
      {"enable_auth_domain_check", "no"},
      {"access_control_allow_origin", ""},
  };
  std::vector<const char*> options;
  for (const auto& [name, value] : settings) {
    options.push_back(name);
    options.push_back(value);
  }
  options.push_back(nullptr);
  return options;
}

}  // namespace

/// What the callbacks find behind civetweb's user_data.
struct WebServer::Running {
  Running(RequestHandler answer, int workers)
      : handler(std::move(answer)), threads(workers), slow_clients(workers) {}
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running();

  Expected<void> Begin(const std::vector<ResolvedAddress>& addresses);
  Expected<void> LearnPorts(std::size_t count);
  Expected<void> WaitForThreads() const;
  int Serve(mg_connection* connection);

  static Running& Of(const mg_connection* connection) {
    return *static_cast<Running*>(mg_get_user_context_data(connection));
  }
  static int OnRequest(mg_connection* connection) noexcept;
  static int OnError(mg_connection* connection, int status, const char* reason) noexcept;
  static int OnOpened(const mg_connection* connection, void** data) noexcept;
  static void OnClosing(const mg_connection* connection) noexcept;
  static void OnClosed(const mg_connection* connection) noexcept;
  static int OnMessage(const mg_connection* connection, const char* message) noexcept;
  static void* OnThread(const mg_context* context, int kind) noexcept;

  const RequestHandler handler;
  const int threads;
  SlowClients slow_clients;
  /// Threads that have come up, the accepting one included.
  std::atomic<int> threads_up = 0;
  mg_context* context = nullptr;
  std::vector<std::uint16_t> ports;
};

int WebServer::Running::Serve(mg_connection* connection) {
  const mg_request_info& info = *mg_get_request_info(connection);
  slow_clients.Arrived(RemotePort(info));
  const HttpRequest request = RequestOf(info);
  const HttpResponse response = handler(request);
  const std::string head = ResponseHead(response, std::chrono::system_clock::now());
  const bool written = WriteAll(connection, head) &&
                       (request.method == "HEAD" || WriteAll(connection, response.body));
  if (written && ClaimsBody(request)) DiscardBody(info);
  return response.status;
}

int WebServer::Running::OnRequest(mg_connection* connection) noexcept {
  // civetweb is C: an exception that reached it would end the process.
  try {
    return Of(connection).Serve(connection);
  } catch (...) {
    // All that is likely to throw comes before the first byte of the answer.
    mg_write(connection, kFailure.data(), kFailure.size());
    return 500;
  }
}

int WebServer::Running::OnError(mg_connection* connection, int status, const char*) noexcept {
  // civetweb's own answer would come as HTTP/1.0, its date made by gmtime(), which threads share.
  try {
    HttpResponse response;
    response.status = status;
    response.body = "This is not a request that the exporter takes.\n";
    response.headers.emplace_back("X-Content-Type-Options", "nosniff");
    WriteAll(connection, ResponseHead(response, std::chrono::system_clock::now()) + response.body);
  } catch (...) {
    mg_write(connection, kFailure.data(), kFailure.size());
  }
  return 0;  // Answered.
}

int WebServer::Running::OnOpened(const mg_connection* connection, void**) noexcept {
  Of(connection).slow_clients.Opened();
  return 0;
}

void WebServer::Running::OnClosing(const mg_connection* connection) noexcept {
  Of(connection).slow_clients.Closing();
}

void WebServer::Running::OnClosed(const mg_connection* connection) noexcept {
  Of(connection).slow_clients.Closed();
}

int WebServer::Running::OnMessage(const mg_connection*, const char*) noexcept {
  // Whatever civetweb complains about (a bad request, a client gone) is its client's affair, and
  // the start is checked here: nothing of it belongs on stderr. 1: taken care of.
  return 1;
}

void* WebServer::Running::OnThread(const mg_context* context, int kind) noexcept {
  pthread_setname_np(pthread_self(), kind == 0 ? "web-accept" : "web-answer");
  ++static_cast<Running*>(mg_get_user_data(context))->threads_up;
  return nullptr;
}

Expected<void> WebServer::Running::Begin(const std::vector<ResolvedAddress>& addresses) {
  std::string listening_ports;
  for (const ResolvedAddress& address : addresses) {
    if (!listening_ports.empty()) listening_ports += ',';
    listening_ports += address.civetweb;
  }
  const std::string workers = std::to_string(threads);
  std::vector<const char*> options = OptionList(listening_ports.c_str(), workers.c_str());
  mg_callbacks callbacks{};
  callbacks.begin_request = &Running::OnRequest;
  callbacks.http_error = &Running::OnError;
  callbacks.init_connection = &Running::OnOpened;
  callbacks.connection_close = &Running::OnClosing;
  callbacks.connection_closed = &Running::OnClosed;
  callbacks.log_message = &Running::OnMessage;
  callbacks.init_thread = &Running::OnThread;
  context = mg_start(&callbacks, this, options.data());
  if (context == nullptr) {
    return Fail(ErrorKind::kFailed, "cannot start the HTTP server on " + listening_ports +
                                        ": civetweb refused (was the port taken just now, or is "
                                        "memory or the number of threads limited?)");
  }
  if (auto up = WaitForThreads(); !up) return up;
  if (auto learnt = LearnPorts(addresses.size()); !learnt) return learnt;
  return slow_clients.Start(ports);
}

Expected<void> WebServer::Running::LearnPorts(std::size_t count) {
  std::vector<mg_server_port> learnt(count);
  const int size = mg_get_server_ports(context, static_cast<int>(count), learnt.data());
  if (size != static_cast<int>(count)) {
    return Fail(ErrorKind::kFailed, "civetweb does not say which ports it listens on");
  }
  for (const mg_server_port& port : learnt) {
    ports.push_back(static_cast<std::uint16_t>(port.port));
  }
  return {};
}

Expected<void> WebServer::Running::WaitForThreads() const {
  // mg_start succeeds with fewer threads than asked for, even without the one that accepts.
  const int wanted = threads + 1;
  const auto start = steady_clock::now();
  while (threads_up < wanted) {
    if (steady_clock::now() - start > kStartLimit) {
      return Fail(ErrorKind::kFailed,
                  "only " + std::to_string(threads_up) + " of the HTTP server's " +
                      std::to_string(wanted) +
                      " threads could be started: raise TasksMax= or LimitMEMLOCK= of the service");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return {};
}

WebServer::Running::~Running() {
  if (context == nullptr) return;
  slow_clients.CutOffAll();
  // civetweb's accepting thread looks up every two seconds only; this wakes it.
  for (const int listener : FindListeners(ports)) ::shutdown(listener, SHUT_RD);
  mg_stop(context);
}

WebServer::WebServer(std::unique_ptr<Running> running) : running_(std::move(running)) {}

WebServer::~WebServer() {
  running_.reset();
  mg_exit_library();
}

const std::vector<std::uint16_t>& WebServer::ports() const { return running_->ports; }

Expected<std::unique_ptr<WebServer>> WebServer::Start(const WebSettings& settings,
                                                      RequestHandler handler) {
  if (settings.listen_addresses.empty()) {
    return Fail(ErrorKind::kMalformed,
                "there is no address to listen on: give --web.listen-address");
  }
  std::vector<ResolvedAddress> addresses;
  for (const std::string& text : settings.listen_addresses) {
    auto address = ResolveAddress(text, mg_check_feature(kFeatureIpv6) != 0);
    if (!address) return tl::unexpected(address.error());
    if (auto is_free = CheckFree(*address); !is_free) return tl::unexpected(is_free.error());
    addresses.push_back(*std::move(address));
  }
  mg_init_library(0);
  std::unique_ptr<WebServer> server(
      new WebServer(std::make_unique<Running>(std::move(handler), settings.threads)));
  const BlockedSignals blocked;
  if (auto begun = server->running_->Begin(addresses); !begun) {
    return tl::unexpected(begun.error());
  }
  return server;
}

}  // namespace airflow_host
