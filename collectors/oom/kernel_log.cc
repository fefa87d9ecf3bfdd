// Reads /dev/kmsg: each read(2) gives one record; EAGAIN is the end, EPIPE says that the ring has
// gone on without us, EINVAL that our buffer is too small for a record (which is then passed over).
// https://www.kernel.org/doc/Documentation/ABI/testing/dev-kmsg
#include "collectors/oom/kernel_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "collectors/support/unique_descriptor.h"

namespace airflow_host {
namespace {

/// The kernel formats a record in a buffer of 8 KiB at most (CONSOLE_EXT_LOG_MAX).
constexpr std::size_t kLongestRecord = 8192;

class DeviceLog final : public KernelLog {
 public:
  DeviceLog(UniqueDescriptor descriptor, std::string path)
      : descriptor_(std::move(descriptor)), path_(std::move(path)) {}

  Expected<LogReading> Next(std::string_view& record) override {
    for (;;) {
      const ssize_t got = ::read(descriptor_.get(), buffer_.data(), buffer_.size());
      if (got > 0) {
        record = std::string_view(buffer_.data(), static_cast<std::size_t>(got));
        return LogReading::kRecord;
      }
      if (got == 0) {
        // The log never ends; /dev/null, which some containers put in its place, does at once.
        return Fail(ErrorKind::kAbsent, path_ + " is not the kernel's log");
      }
      if (errno == EINTR) continue;
      if (errno == EAGAIN) return LogReading::kEnd;
      if (errno == EPIPE) return LogReading::kOverrun;
      if (errno == EINVAL) return LogReading::kSkipped;
      return tl::unexpected(SystemError("read", path_, errno));
    }
  }

 private:
  UniqueDescriptor descriptor_;
  std::string path_;
  std::array<char, kLongestRecord> buffer_{};
};

}  // namespace

Expected<std::unique_ptr<KernelLog>> OpenKernelLog(const std::string& path) {
  UniqueDescriptor descriptor(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  if (!descriptor.valid()) return tl::unexpected(SystemError("open", path, errno));
  return std::make_unique<DeviceLog>(std::move(descriptor), path);
}

}  // namespace airflow_host
