// Real Redis servers for tests: started on a private socket or port in a temporary folder, stopped
// and removed afterwards.
#pragma once

#include <gtest/gtest.h>
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "collectors/broker/broker_collector.h"
#include "collectors/broker/broker_observation.h"
#include "collectors/collector.h"

namespace airflow_host {

/// A folder that removes itself with all that is in it. Used by one thread.
class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// A child process, killed with the object. Used by one thread.
class ChildProcess {
 public:
  /// Starts `arguments` (the program first, found on PATH), output into `log`.
  ChildProcess(const std::vector<std::string>& arguments, const std::string& log);
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  ~ChildProcess();

  pid_t pid() const { return pid_; }
  /// Sends `signal`.
  void Signal(int signal) const;
  /// Waits for its end; gives the exit code, -1 where a signal ended it.
  int Wait();

 private:
  pid_t pid_ = -1;
};

/// True where the program `name` is on PATH.
bool Installed(const std::string& name);

/// A loopback port that was free a moment ago.
std::uint16_t FreePort();

/// The machine's clock, set forward at will.
class SkewedClock final : public Clock {
 public:
  SteadyTime SteadyNow() const override { return std::chrono::steady_clock::now() + skew_; }
  SystemTime SystemNow() const override { return std::chrono::system_clock::now(); }
  void Advance(std::chrono::seconds seconds) { skew_ += seconds; }

 private:
  std::chrono::seconds skew_{0};
};

/// Waits until `ready` holds; a real server needs a moment, a broken one must not hang the tests.
template <typename Condition>
bool Eventually(Condition ready) {
  for (int attempt = 0; attempt < 2000; ++attempt) {
    if (ready()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

/// One redis-server. Used by one thread.
class RedisServer {
 public:
  /// Starts it on a Unix socket and on a loopback port, with `options` ("--requirepass", "x", ...)
  /// besides; waits until it listens. Persistence is off. With `tls_port` the port speaks TLS.
  explicit RedisServer(std::vector<std::string> options = {}, bool tls_port = false);

  std::uint16_t port() const { return port_; }
  std::string socket_path() const { return folder_.path() + "/redis.sock"; }
  const std::string& folder() const { return folder_.path(); }
  /// "redis://127.0.0.1:PORT/0".
  std::string TcpUrl() const { return "redis://127.0.0.1:" + std::to_string(port_) + "/0"; }
  ChildProcess& process() { return *process_; }

  /// Stops it and starts it anew with the same options.
  void Restart();
  /// Stops it for good.
  void Stop() { process_.reset(); }

  /// Runs redis-cli with `arguments` over the socket and gives what it printed.
  std::string Cli(const std::vector<std::string>& arguments);

 private:
  void Start();

  TemporaryFolder folder_;
  std::vector<std::string> options_;
  std::uint16_t port_;
  bool tls_port_;
  std::unique_ptr<ChildProcess> process_;
};

/// Skips every test of the program where there is no redis-server.
class BrokerIntegrationTest : public ::testing::Test {
 protected:
  void SetUp() override;

  /// A collector of `url`, with `change` made to its settings.
  static std::unique_ptr<Collector> Make(BrokerSettings settings);
  static std::unique_ptr<Collector> Make(const std::string& url);
  /// Observes with `limit` as the time limit.
  static Expected<std::shared_ptr<const BrokerObservation>> Observe(
      Collector& collector, std::chrono::milliseconds limit = std::chrono::seconds(10));
  /// Messages of `queue` in `observation`; nothing where it is not there.
  static std::optional<std::uint64_t> Messages(const BrokerObservation& observation,
                                               const std::string& queue);
};

}  // namespace airflow_host
