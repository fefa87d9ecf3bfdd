// Keeps slow clients from holding the server's threads. civetweb gives each connection a thread
// before it has sent a byte and waits in it for the request: as many idle connections as there are
// threads would hold up every scrape for a whole time-out, and two hundred of them for minutes. So
// a thread of its own looks at all connections, those that still queue for a thread included, and
// cuts off whose request does not come; the sooner, the more of them there are.
#pragma once

#include <pthread.h>

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <vector>

#include "collectors/support/error.h"
#include "exporter/web/sockets.h"

namespace airflow_host {

/// Watches the connections of one server. It sleeps while none is open. The server's callbacks say
/// what they do; all functions but Start and the destructor are safe to call from any thread.
class SlowClients {
 public:
  /// `threads`: how many the server has for requests.
  explicit SlowClients(int threads) : threads_(static_cast<std::size_t>(threads)) {}
  SlowClients(const SlowClients&) = delete;
  SlowClients& operator=(const SlowClients&) = delete;
  /// Ends the thread. The server has stopped by then.
  ~SlowClients();

  /// Starts the thread that looks at the connections to `ports`.
  Expected<void> Start(std::vector<std::uint16_t> ports);

  /// A thread of the server has taken up a connection.
  void Opened();
  /// The request from `remote_port` has arrived whole: from now on it may take its time.
  void Arrived(std::uint16_t remote_port);
  /// Call before the server closes a connection, and Closed after it: in between nothing is looked
  /// at, so that no descriptor is cut off that has become another's.
  void Closing() { mutex_.lock(); }
  void Closed();
  /// From now on whoever has not sent a request is cut off at once, and everyone in half a second.
  void CutOffAll();

 private:
  struct Late {
    ServerConnection connection;
    int looks = 0;
  };

  static void* Run(void* self) noexcept;
  void LookWhileOpen();
  void Look();
  bool IsLate(const ServerConnection& connection);
  int Patience(std::size_t late) const;

  const std::size_t threads_;
  std::vector<std::uint16_t> ports_;
  pthread_t thread_{};
  bool started_ = false;

  std::mutex mutex_;  ///< Guards everything below.
  std::condition_variable changed_;
  int open_ = 0;
  bool cutting_off_all_ = false;
  bool ending_ = false;
  int looks_since_cut_ = 0;
  std::vector<Late> late_;
  std::vector<std::uint16_t> arrived_;  ///< Remote ports of open connections.
};

}  // namespace airflow_host
