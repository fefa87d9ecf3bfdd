// A server that misbehaves in ways a real Redis cannot be brought to.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <utility>

#include "collectors/support/unique_descriptor.h"

namespace airflow_host {

/// Listens on a loopback port and hands every connection to `serve`, one after the other, in a
/// thread of its own. `serve` returns once it is done or `stopping()` holds.
class FakeServer {
 public:
  using Serve = std::function<void(int connection, const FakeServer& server)>;

  explicit FakeServer(Serve serve) : serve_(std::move(serve)) {
    listener_.Reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof(name);
    auto* const address = reinterpret_cast<sockaddr*>(&name);
    static_cast<void>(::bind(listener_.get(), address, length));
    ::listen(listener_.get(), 16);
    ::getsockname(listener_.get(), address, &length);
    port_ = ::ntohs(name.sin_port);
    thread_ = std::thread([this] { Run(); });
  }
  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;
  ~FakeServer() {
    stopping_ = true;
    thread_.join();
  }

  std::string Url() const { return "redis://127.0.0.1:" + std::to_string(port_); }
  /// How many connections were accepted so far.
  int accepted() const { return accepted_; }
  bool stopping() const { return stopping_; }

 private:
  void Run() {
    while (!stopping_) {
      pollfd watched{listener_.get(), POLLIN, 0};
      if (::poll(&watched, 1, 20) <= 0) continue;
      const UniqueDescriptor connection(::accept(listener_.get(), nullptr, nullptr));
      if (!connection.valid()) continue;
      ++accepted_;
      serve_(connection.get(), *this);
    }
  }

  Serve serve_;
  UniqueDescriptor listener_;
  std::uint16_t port_ = 0;
  std::atomic<int> accepted_ = 0;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace airflow_host
