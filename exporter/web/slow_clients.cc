// Counts, look by look, how long each connection has sent no whole request.
#include "exporter/web/slow_clients.h"

#include <sys/socket.h>

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

namespace airflow_host {
namespace {

constexpr std::chrono::milliseconds kBetweenLooks{20};
// Patience is counted in looks, not by a clock: while the host is frozen nobody looks, and a
// request that came in time is not taken for a late one when everything thaws.
/// Two seconds, while a thread is free for the others.
constexpr int kPatientLooks = 100;
/// A tenth of a second, once the late ones could hold every thread: a scrape's request comes in one
/// packet, together with its connection.
constexpr int kCrowdedLooks = 5;
/// Half a second for the answers under way when the server stops.
constexpr int kLastLooks = 25;

constexpr std::size_t kStackSize = 64 * 1024;

constexpr std::string_view kTooSlow =
    "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

bool Contains(const std::vector<std::uint16_t>& ports, std::uint16_t port) {
  return std::find(ports.begin(), ports.end(), port) != ports.end();
}

void CutOff(int descriptor) {
  ::send(descriptor, kTooSlow.data(), kTooSlow.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  ::shutdown(descriptor, SHUT_RDWR);
}

}  // namespace

SlowClients::~SlowClients() {
  if (!started_) return;
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  pthread_join(thread_, nullptr);
}

Expected<void> SlowClients::Start(std::vector<std::uint16_t> ports) {
  ports_ = std::move(ports);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStackSize);
  const int problem = pthread_create(&thread_, &attributes, &SlowClients::Run, this);
  pthread_attr_destroy(&attributes);
  if (problem != 0) {
    return tl::unexpected(SystemError("start", "the thread that watches slow clients", problem));
  }
  started_ = true;
  pthread_setname_np(thread_, "web-watch");
  return {};
}

void SlowClients::Opened() {
  {
    const std::lock_guard lock(mutex_);
    ++open_;
  }
  changed_.notify_all();
}

void SlowClients::Arrived(std::uint16_t remote_port) {
  const std::lock_guard lock(mutex_);
  if (!Contains(arrived_, remote_port)) arrived_.push_back(remote_port);
}

void SlowClients::Closed() {
  open_ = std::max(0, open_ - 1);
  mutex_.unlock();
}

void SlowClients::CutOffAll() {
  {
    const std::lock_guard lock(mutex_);
    cutting_off_all_ = true;
  }
  changed_.notify_all();
}

void* SlowClients::Run(void* self) noexcept {
  static_cast<SlowClients*>(self)->LookWhileOpen();
  return nullptr;
}

void SlowClients::LookWhileOpen() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    changed_.wait(lock, [this] { return open_ > 0 || ending_ || cutting_off_all_; });
    changed_.wait_for(lock, kBetweenLooks, [this] { return ending_; });
    if (!ending_) Look();
  }
}

bool SlowClients::IsLate(const ServerConnection& connection) {
  if (Contains(arrived_, connection.remote_port)) return false;
  if (!HasArrived(connection.descriptor)) return true;
  arrived_.push_back(connection.remote_port);
  return false;
}

int SlowClients::Patience(std::size_t late) const {
  if (cutting_off_all_) return 0;
  return late >= threads_ ? kCrowdedLooks : kPatientLooks;
}

void SlowClients::Look() {
  const std::vector<ServerConnection> connections = FindConnections(ports_);
  std::erase_if(arrived_, [&](std::uint16_t port) {
    return std::none_of(connections.begin(), connections.end(),
                        [&](const auto& connection) { return connection.remote_port == port; });
  });
  if (cutting_off_all_ && ++looks_since_cut_ > kLastLooks) arrived_.clear();
  std::vector<Late> late;
  for (const ServerConnection& connection : connections) {
    if (!cutting_off_all_ && !IsLate(connection)) continue;
    if (cutting_off_all_ && Contains(arrived_, connection.remote_port)) continue;
    const auto before = std::find_if(late_.begin(), late_.end(), [&](const Late& known) {
      return known.connection == connection;
    });
    late.push_back({connection, before == late_.end() ? 1 : before->looks + 1});
  }
  late_ = std::move(late);
  const int patience = Patience(late_.size());
  for (const Late& known : late_) {
    if (known.looks > patience) CutOff(known.connection.descriptor);
  }
}

}  // namespace airflow_host
