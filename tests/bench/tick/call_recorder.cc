// Follows a forked copy of this process from system call to system call.
// https://man7.org/linux/man-pages/man2/ptrace.2.html (PTRACE_GET_SYSCALL_INFO, Linux 5.3)
#include "tests/bench/tick/call_recorder.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string_view>
#include <system_error>

namespace airflow_host::bench {
namespace {

constexpr auto kShapes = std::to_array<CallShape>({
#ifdef SYS_open
    {SYS_open, -1, 0, -1, true},       {SYS_stat, -1, 0, 1, false},
    {SYS_lstat, -1, 0, 1, false},      {SYS_readlink, -1, 0, 1, false},
    {SYS_access, -1, 0, -1, false},
#endif
    {SYS_openat, 0, 1, -1, true},      {SYS_close, 0, -1, -1, false},
    {SYS_read, 0, -1, 1, false},       {SYS_pread64, 0, -1, 1, false},
    {SYS_getdents64, 0, -1, 1, false}, {SYS_lseek, 0, -1, -1, false},
    {SYS_readlinkat, 0, 1, 2, false},  {SYS_fstat, 0, -1, 1, false},
    {SYS_newfstatat, 0, 1, 2, false},  {SYS_statx, 0, 1, 4, false},
    {SYS_faccessat, 0, 1, -1, false},  {SYS_statfs, -1, 0, 1, false},
    {SYS_fstatfs, 0, -1, 1, false},    {SYS_fcntl, 0, -1, -1, false},
});

/// A call that nothing else here makes.
constexpr long kMark = SYS_getpgid;

[[noreturn]] void Fail(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

/// The text that `address` points to in the process `pid`.
std::string TextAt(pid_t pid, std::uint64_t address) {
  constexpr std::uint64_t kPage = 4096;
  std::string text;
  while (text.size() < PATH_MAX) {
    std::array<char, kPage> page{};
    // Never over the end of a page: the next one may not be there.
    iovec here{page.data(), kPage - address % kPage};
    iovec there{reinterpret_cast<void*>(address),
                here.iov_len};  // NOLINT(performance-no-int-to-ptr)
    const ssize_t got = ::process_vm_readv(pid, &here, 1, &there, 1, 0);
    if (got <= 0) break;
    const std::string_view part(page.data(), static_cast<std::size_t>(got));
    const std::size_t end = part.find('\0');
    text.append(part.substr(0, end));
    if (end != std::string_view::npos) break;
    address += static_cast<std::uint64_t>(got);
  }
  return text;
}

std::map<int, int> DuplicateDescriptors() {
  std::vector<int> open;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    open.push_back(std::stoi(entry.path().filename()));
  }
  std::map<int, int> duplicates;
  for (const int descriptor : open) {
    constexpr int kFirstDuplicate = 500;
    const int duplicate = ::fcntl(descriptor, F_DUPFD_CLOEXEC, kFirstDuplicate);
    if (duplicate >= 0) duplicates[descriptor] = duplicate;
  }
  return duplicates;
}

/// The copy: waits for its tracer, runs the code, ends.
[[noreturn]] void RunTraced(const std::function<void()>& code) {
  if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) ::_exit(2);
  ::raise(SIGSTOP);
  code();
  ::_exit(0);
}

/// Lets the copy run to its next stop; false once it has ended.
bool NextStop(pid_t pid, int request) {
  if (::ptrace(static_cast<__ptrace_request>(request), pid, nullptr, nullptr) != 0) {
    Fail("ptrace");
  }
  int status = 0;
  if (::waitpid(pid, &status, 0) != pid) Fail("waitpid");
  if (WIFSTOPPED(status)) return true;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    throw std::runtime_error("the code under record did not end well");
  }
  return false;
}

class Recorder {
 public:
  explicit Recorder(pid_t pid) : pid_(pid) {}

  /// Looks at the stop that the copy is in.
  void Look() {
    __ptrace_syscall_info info{};
    // NOLINTNEXTLINE(performance-no-int-to-ptr): the size stands where others have an address.
    if (::ptrace(PTRACE_GET_SYSCALL_INFO, pid_, reinterpret_cast<void*>(sizeof(info)), &info) < 0) {
      Fail("PTRACE_GET_SYSCALL_INFO");
    }
    if (info.op == PTRACE_SYSCALL_INFO_ENTRY) Enter(info);
    if (info.op == PTRACE_SYSCALL_INFO_EXIT && entered_) Leave(info);
  }

  Recording Take() { return std::move(recording_); }

 private:
  void Enter(const __ptrace_syscall_info& info) {
    const auto number = static_cast<long>(info.entry.nr);
    const auto* const shape =
        std::find_if(kShapes.begin(), kShapes.end(),
                     [&](const CallShape& candidate) { return candidate.number == number; });
    entered_ = shape != kShapes.end();
    if (number == kMark) ++tick_;
    if (!entered_) {
      if (number != kMark) ++recording_.other_calls;
      return;
    }
    RecordedCall& call = recording_.calls.emplace_back();
    call.shape = shape;
    call.tick = tick_;
    std::copy(std::begin(info.entry.args), std::end(info.entry.args), call.arguments.begin());
    if (shape->path >= 0) {
      call.path = TextAt(pid_, call.arguments[static_cast<std::size_t>(shape->path)]);
    }
  }

  void Leave(const __ptrace_syscall_info& info) {
    recording_.calls.back().result = info.exit.rval;
    entered_ = false;
  }

  pid_t pid_;
  bool entered_ = false;
  std::size_t tick_ = 0;
  Recording recording_;
};

}  // namespace

void MarkTick() { ::syscall(kMark); }

Recording Record(const std::function<void()>& code) {
  auto kept = DuplicateDescriptors();
  const pid_t pid = ::fork();
  if (pid < 0) Fail("fork");
  if (pid == 0) RunTraced(code);
  int status = 0;
  if (::waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status)) Fail("waitpid");
  const long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL;
  // NOLINTNEXTLINE(performance-no-int-to-ptr): options stand where others have an address.
  if (::ptrace(PTRACE_SETOPTIONS, pid, nullptr, reinterpret_cast<void*>(options)) != 0) {
    Fail("PTRACE_SETOPTIONS");
  }
  Recorder recorder(pid);
  while (NextStop(pid, PTRACE_SYSCALL)) recorder.Look();
  Recording recording = recorder.Take();
  recording.kept_descriptors = std::move(kept);
  return recording;
}

}  // namespace airflow_host::bench
