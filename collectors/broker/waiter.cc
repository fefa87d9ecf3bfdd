// poll(2) with an absolute deadline.
#include "collectors/broker/waiter.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <limits>

namespace airflow_host {

Expected<Waiter> Waiter::Make(const Clock& clock) {
  UniqueDescriptor wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake.valid()) return tl::unexpected(SystemError("create", "an eventfd", errno));
  return Waiter(clock, std::move(wake));
}

void Waiter::Reset() noexcept {
  std::uint64_t count = 0;
  // EAGAIN: nobody has interrupted. One read empties the counter.
  [[maybe_unused]] const ssize_t got = ::read(wake_.get(), &count, sizeof(count));
}

Waiter::Outcome Waiter::Wait(int descriptor, short events, Deadline deadline) {
  std::array<pollfd, 2> watched = {pollfd{descriptor, events, 0}, pollfd{wake_.get(), POLLIN, 0}};
  while (true) {
    const auto left = deadline.Remaining(clock_->SteadyNow()).count();
    const int timeout =
        static_cast<int>(std::min<std::int64_t>(left, std::numeric_limits<int>::max()));
    const int ready = ::poll(watched.data(), watched.size(), timeout);
    if (watched[1].revents != 0 && ready > 0) return Outcome::kInterrupted;
    if (ready > 0) return Outcome::kReady;
    // EINTR: what is left is computed anew.
    if (deadline.Expired(clock_->SteadyNow())) return Outcome::kExpired;
  }
}

void Waiter::Interrupt() noexcept {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t put = ::write(wake_.get(), &one, sizeof(one));
}

}  // namespace airflow_host
