// Starts `sleep` under the titles of a busy Airflow host.
#include "tests/bench/tick/real_processes.h"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <system_error>

#include "tests/bench/tick/generated_host.h"

namespace airflow_host::bench {

RealProcesses::RealProcesses(std::size_t count) {
  // Longer than any run; if this process is killed, they end by themselves.
  std::string seconds = "600";
  for (std::size_t at = 0; at < count; ++at) {
    std::string title = TitleOfProcess(at);
    std::array<char*, 3> arguments = {title.data(), seconds.data(), nullptr};
    pid_t pid = 0;
    const int failure =
        ::posix_spawn(&pid, "/bin/sleep", nullptr, nullptr, arguments.data(), environ);
    if (failure != 0) {
      throw std::system_error(failure, std::generic_category(), "cannot start a process");
    }
    pids_.push_back(pid);
  }
}

RealProcesses::~RealProcesses() {
  for (const pid_t pid : pids_) ::kill(pid, SIGKILL);
  for (const pid_t pid : pids_) ::waitpid(pid, nullptr, 0);
}

}  // namespace airflow_host::bench
