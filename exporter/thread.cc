// Starts threads through pthread attributes.
#include "exporter/thread.h"

#include <cstddef>
#include <thread>
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
  std::shared_ptr<std::atomic<bool>> finished = std::make_shared<std::atomic<bool>>(false);
};

void* Run(void* argument) {
  std::unique_ptr<Beginning> start(static_cast<Beginning*>(argument));
  pthread_setname_np(pthread_self(), start->name.c_str());
  start->body();
  const auto finished = start->finished;
  start.reset();
  finished->store(true, std::memory_order_release);
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
  auto finished = start->finished;
  const int failure = pthread_create(&handle, &attributes, &Run, start.get());
  pthread_attr_destroy(&attributes);
  if (failure != 0) return tl::unexpected(SystemError("start the thread", name, failure));
  static_cast<void>(start.release());  // Run owns it now.
  return Thread(handle, std::move(finished));
}

bool Thread::JoinUntil(SteadyTime limit) {
  while (!finished_->load(std::memory_order_acquire)) {
    if (std::chrono::steady_clock::now() >= limit) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return pthread_join(handle_, nullptr) == 0;
}

}  // namespace airflow_host
