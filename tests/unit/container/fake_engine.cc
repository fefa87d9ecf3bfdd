#include "tests/unit/container/fake_engine.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstring>
#include <stdexcept>

namespace airflow_host {

FakeEngine::FakeEngine(const std::string& path, std::string answer, bool hangs)
    : answer_(std::move(answer)), hangs_(hangs) {
  listener_.Reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof(address.sun_path) - 1);
  const auto* const pointer = static_cast<const sockaddr*>(static_cast<const void*>(&address));
  std::array<int, 2> ends{};
  if (::bind(listener_.get(), pointer, sizeof(address)) != 0 || ::listen(listener_.get(), 8) != 0 ||
      ::pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw std::runtime_error("cannot serve on " + path);
  }
  stop_read_.Reset(ends[0]);
  stop_write_.Reset(ends[1]);
  thread_ = std::thread([this] { Serve(); });
}

FakeEngine::~FakeEngine() {
  stop_write_.Reset();
  thread_.join();
}

void FakeEngine::Serve() {
  for (;;) {
    std::array<pollfd, 2> waiting = {pollfd{listener_.get(), POLLIN, 0},
                                     pollfd{stop_read_.get(), POLLIN, 0}};
    if (::poll(waiting.data(), waiting.size(), -1) < 0 || waiting[1].revents != 0) return;
    const UniqueDescriptor client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (client.valid()) Answer(client.get());
  }
}

void FakeEngine::Answer(int client) {
  std::string request;
  std::array<char, 1024> chunk{};
  while (request.find("\r\n\r\n") == std::string::npos) {
    const ssize_t got = ::recv(client, chunk.data(), chunk.size(), 0);
    if (got <= 0) return;
    request.append(chunk.data(), static_cast<std::size_t>(got));
  }
  last_request_ = request;
  ++requests_;
  std::string_view rest = answer_;
  while (!rest.empty()) {
    const ssize_t sent = ::send(client, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;
    rest.remove_prefix(static_cast<std::size_t>(sent));
  }
  // Until the client or the test gives up.
  std::array<pollfd, 2> waiting = {pollfd{client, POLLIN, 0}, pollfd{stop_read_.get(), POLLIN, 0}};
  if (hangs_) ::poll(waiting.data(), waiting.size(), -1);
}

std::string OkAnswer(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace airflow_host
