// Starts threads through pthread attributes.
#include "exporter/thread.h"

#include <cstddef>
#include <ctime>
#include <utility>

namespace airflow_host {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::size_t kStackSize = std::size_t{2} * 1024 * 1024;  // Instrumented frames are larger.
#else
constexpr std::size_t kStackSize = std::size_t{256} * 1024;
#endif

struct Beginning {
  std::string name;
  std::function<void()> body;
};

void* Run(void* argument) {
  const std::unique_ptr<Beginning> start(static_cast<Beginning*>(argument));
  pthread_setname_np(pthread_self(), start->name.c_str());
  start->body();
  return nullptr;
}

}  // namespace

Expected<Thread> Thread::Start(const std::string& name, std::function<void()> body) {
  auto start = std::make_unique<Beginning>();
  start->name = name.substr(0, 15);
  start->body = std::move(body);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStackSize);
  pthread_t handle{};
  const int failure = pthread_create(&handle, &attributes, &Run, start.get());
  pthread_attr_destroy(&attributes);
  if (failure != 0) return tl::unexpected(SystemError("start the thread", name, failure));
  static_cast<void>(start.release());  // Run owns it now.
  return Thread(handle);
}

bool Thread::JoinUntil(SteadyTime limit) {
  const auto since = limit.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  timespec until{};
  until.tv_sec = seconds.count();
  until.tv_nsec = (since - seconds).count();
  return pthread_clockjoin_np(handle_, nullptr, CLOCK_MONOTONIC, &until) == 0;
}

}  // namespace airflow_host
