// A server on a real unix socket that answers as a test tells it to.
#pragma once

#include <atomic>
#include <string>
#include <thread>

#include "collectors/support/unique_descriptor.h"

namespace airflow_host {

/// Serves one client after the other until it is destroyed.
class FakeEngine {
 public:
  /// Answers every request with `answer` and closes the connection; if `hangs`, sends the answer
  /// and keeps the connection open.
  FakeEngine(const std::string& path, std::string answer, bool hangs = false);
  FakeEngine(const FakeEngine&) = delete;
  FakeEngine& operator=(const FakeEngine&) = delete;
  ~FakeEngine();

  /// How many requests came in.
  int requests() const { return requests_; }
  /// The last one; read it only when no client is being served.
  const std::string& last_request() const { return last_request_; }

 private:
  void Serve();
  void Answer(int client);

  std::string answer_;
  bool hangs_;
  UniqueDescriptor listener_;
  UniqueDescriptor stop_read_;
  UniqueDescriptor stop_write_;
  std::atomic<int> requests_ = 0;
  std::string last_request_;
  std::thread thread_;
};

/// `body` as an HTTP answer of 200.
std::string OkAnswer(const std::string& body);

}  // namespace airflow_host
