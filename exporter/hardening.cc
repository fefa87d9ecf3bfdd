// malloc's knobs and mlockall.
#include "exporter/hardening.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

#include "collectors/support/error.h"
#include "collectors/support/file_reader.h"
#include "collectors/support/text.h"

namespace airflow_host {
namespace {

/// Addresses that threads, libraries loaded later and the heap may still take.
constexpr std::uint64_t kRoomToGrow = std::uint64_t{24} * 1024 * 1024;

/// The value of `key` in /proc/PID/status, such as "VmSize:\t   12345 kB".
std::optional<std::string_view> StatusValue(std::string_view status, std::string_view key) {
  while (auto line = TakeLine(status)) {
    if (line->starts_with(key)) return Trim(line->substr(key.size()));
  }
  return std::nullopt;
}

/// CAP_IPC_LOCK is among the effective capabilities ("CapEff:\t000001ffffffffff").
bool MayLockWithoutLimit(std::string_view status) {
  const auto text = StatusValue(status, "CapEff:").value_or("0");
  std::uint64_t capabilities = 0;
  std::from_chars(text.data(), text.data() + text.size(), capabilities, 16);
  return ((capabilities >> CAP_IPC_LOCK) & 1U) != 0;
}

std::string LimitProblem(std::string_view status) {
  if (MayLockWithoutLimit(status)) return {};
  rlimit limit{};
  ::getrlimit(RLIMIT_MEMLOCK, &limit);
  if (limit.rlim_cur == RLIM_INFINITY) return {};
  std::string_view size = StatusValue(status, "VmSize:").value_or("");
  const auto needed = ParseScaled(TakeField(size).value_or("0"), 1024).value_or(0) + kRoomToGrow;
  if (limit.rlim_cur >= needed) return {};
  return "the limit on locked memory is " + std::to_string(limit.rlim_cur / 1024) +
         " KiB and at least " + std::to_string(needed / 1024) +
         " KiB are needed: set LimitMEMLOCK= in the unit, or give CAP_IPC_LOCK";
}

}  // namespace

void OpenStandardDescriptors() {
  for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; ++descriptor) {
    // The lowest free number is taken, which is this one.
    if (::fcntl(descriptor, F_GETFD) < 0) static_cast<void>(::open("/dev/null", O_RDWR));
  }
}

void LimitAllocator() {
  ::mallopt(M_ARENA_MAX, 1);
  ::mallopt(M_TRIM_THRESHOLD, 256 * 1024);
  ::mallopt(M_MMAP_THRESHOLD, 256 * 1024);
}

MemoryLock LockMemory(const std::string& procfs) {
  std::string buffer;
  const auto status = ReadFile(procfs + "/self/status", buffer);
  std::string problem = LimitProblem(status.value_or(std::string_view{}));
  if (!problem.empty()) return {false, std::move(problem)};
  if (::mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0) return {true, {}};
  return {false, SystemError("lock", "the program's memory (mlockall)", errno).message};
}

}  // namespace airflow_host
