// Runs a command by posix_spawn(3) and reads its output through a pipe.
#include "exporter/settings/command_runner.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include "collectors/support/deadline.h"
#include "collectors/support/text.h"
#include "collectors/support/unique_descriptor.h"

namespace airflow_host {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kLongestOutput = std::size_t{64} * 1024;
constexpr milliseconds kReapInterval{5};

/// posix_spawn's two kinds of instructions, freed at the end.
class SpawnPlan {
 public:
  explicit SpawnPlan(int output) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    ::posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    // The program blocks and ignores signals for its own ends; the command starts with neither.
    sigset_t none;
    sigset_t pipe;
    ::sigemptyset(&none);
    ::sigemptyset(&pipe);
    ::sigaddset(&pipe, SIGPIPE);
    ::posix_spawnattr_setsigmask(&attributes_, &none);
    ::posix_spawnattr_setsigdefault(&attributes_, &pipe);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }

  const posix_spawn_file_actions_t* actions() const { return &actions_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

/// A child that leads a process group of its own; killed with the group and reaped, at the latest,
/// when this is destroyed.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (reaped_) return;
    ::kill(-pid_, SIGKILL);
    ::kill(pid_, SIGKILL);
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
  }

  /// Waits until the child has ended; its wait status, or nothing at the deadline.
  std::optional<int> Wait(const Clock& clock, Deadline deadline) {
    for (;;) {
      int status = 0;
      const pid_t ended = ::waitpid(pid_, &status, WNOHANG);
      if (ended == pid_) {
        reaped_ = true;
        return status;
      }
      const bool interrupted = ended < 0 && errno == EINTR;
      if ((ended < 0 && !interrupted) || deadline.Expired(clock.SteadyNow())) return std::nullopt;
      std::this_thread::sleep_for(kReapInterval);
    }
  }

 private:
  pid_t pid_;
  bool reaped_ = false;
};

/// Pointers to the texts, ended by a null pointer, as exec wants them. The texts must stay.
std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

tl::unexpected<Error> TimedOut(milliseconds time_limit) {
  return Fail(ErrorKind::kTimedOut,
              "did not end within " + std::to_string(time_limit.count()) + " ms and was killed");
}

/// Reads until the end of `output`.
Expected<std::string> ReadOutput(int output, const Clock& clock, Deadline deadline,
                                 milliseconds time_limit) {
  std::string text;
  std::array<char, 4096> chunk{};
  for (;;) {
    pollfd waited{output, POLLIN, 0};
    const auto left = deadline.Remaining(clock.SteadyNow());
    const int ready = ::poll(&waited, 1, static_cast<int>(left.count()));
    if (ready < 0 && errno == EINTR) continue;
    if (ready < 0) return tl::unexpected(SystemError("wait for", "its output", errno));
    if (ready == 0) return TimedOut(time_limit);
    const ssize_t got = ::read(output, chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return tl::unexpected(SystemError("read", "its output", errno));
    if (got == 0) return text;
    text.append(chunk.data(), static_cast<std::size_t>(got));
    if (text.size() > kLongestOutput) return Fail(ErrorKind::kFailed, "wrote more than 64 KiB");
  }
}

}  // namespace

Expected<std::string> RunCommand(const std::vector<std::string>& words,
                                 const Environment& environment, const Clock& clock,
                                 milliseconds time_limit) {
  if (words.empty()) return Fail(ErrorKind::kMalformed, "is empty");
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return tl::unexpected(SystemError("make", "a pipe for its output", errno));
  }
  const UniqueDescriptor read_end(ends[0]);
  UniqueDescriptor write_end(ends[1]);
  std::vector<std::string> arguments = words;
  std::vector<std::string> variables;
  for (const auto& [name, value] : environment) variables.push_back(name + "=" + value);
  const Deadline deadline{clock.SteadyNow() + time_limit};
  const SpawnPlan plan(write_end.get());
  pid_t pid = 0;
  const int failure =
      ::posix_spawnp(&pid, arguments.front().c_str(), plan.actions(), plan.attributes(),
                     Pointers(arguments).data(), Pointers(variables).data());
  if (failure != 0) return tl::unexpected(SystemError("start", "its program", failure));
  Child child(pid);
  write_end.Reset();
  const auto output = ReadOutput(read_end.get(), clock, deadline, time_limit);
  if (!output) return tl::unexpected(output.error());
  const auto status = child.Wait(clock, deadline);
  if (!status) return TimedOut(time_limit);
  if (WIFSIGNALED(*status)) {
    return Fail(ErrorKind::kFailed, "was killed by signal " + std::to_string(WTERMSIG(*status)));
  }
  if (WEXITSTATUS(*status) != 0) {
    return Fail(ErrorKind::kFailed,
                "failed with exit code " + std::to_string(WEXITSTATUS(*status)));
  }
  return std::string(Trim(*output));
}

}  // namespace airflow_host
