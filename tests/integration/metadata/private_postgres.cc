// Starts and stops a private PostgreSQL with its own programs: initdb and pg_ctl.
#include "tests/integration/metadata/private_postgres.h"

#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <string_view>

namespace airflow_host {
namespace {

constexpr const char* kUser = "postgres";

/// The parent of process `pid`, or -1.
pid_t ParentOf(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("PPid:", 0) == 0) return std::stoi(line.substr(5));
  }
  return -1;
}

std::vector<pid_t> ChildrenOf(pid_t parent) {
  std::vector<pid_t> children;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const pid_t pid = std::stoi(name);
    if (ParentOf(pid) == parent) children.push_back(pid);
  }
  return children;
}

/// False for a zombie, too: whoever adopted the process need not be quick to reap it.
bool IsAlive(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("State:", 0) == 0) return line.find('Z') == std::string::npos;
  }
  return false;
}

/// The first line of the cluster's postmaster.pid.
pid_t PostmasterOf(const std::filesystem::path& data) {
  std::ifstream file(data / "postmaster.pid");
  pid_t pid = -1;
  file >> pid;
  return pid;
}

std::filesystem::path MakeDirectory() {
  std::string name = (std::filesystem::temp_directory_path() / "metadata-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) return {};
  const passwd* user = ::geteuid() == 0 ? ::getpwnam(kUser) : nullptr;
  if (user != nullptr && ::chown(name.c_str(), user->pw_uid, user->pw_gid) != 0) return {};
  return name;
}

}  // namespace

bool RunAsPostgres(std::vector<std::string> command, const std::filesystem::path& where) {
  if (::geteuid() == 0) {
    const std::vector<std::string> prefix = {"runuser", "-u", kUser, "--"};
    command.insert(command.begin(), prefix.begin(), prefix.end());
  }
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (std::string& argument : command) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    if (::chdir(where.c_str()) == 0) ::execvp(arguments[0], arguments.data());
    ::_exit(127);
  }
  int status = -1;
  if (child < 0 || ::waitpid(child, &status, 0) != child) return false;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

std::filesystem::path PrivatePostgres::Programs() {
  std::filesystem::path newest;
  int newest_version = 0;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator("/usr/lib/postgresql", none)) {
    const int version = std::atoi(entry.path().filename().c_str());
    if (version > newest_version && std::filesystem::exists(entry.path() / "bin" / "initdb")) {
      newest_version = version;
      newest = entry.path() / "bin";
    }
  }
  return newest;
}

std::unique_ptr<PrivatePostgres> PrivatePostgres::Start(const std::string& options) {
  const std::filesystem::path directory = MakeDirectory();
  if (directory.empty()) {
    std::cerr << "cannot make a temporary directory for PostgreSQL\n";
    return nullptr;
  }
  std::unique_ptr<PrivatePostgres> server(new PrivatePostgres(directory, options));
  const std::string data = directory / "data";
  const bool made = RunAsPostgres({Programs() / "initdb", "-D", data, "-U", kUser, "-E", "UTF8",
                                   "--locale=C", "-A", "trust", "--no-sync"},
                                  directory);
  if (!made) {
    std::cerr << "initdb failed in " << directory << "\n";
    return nullptr;
  }
  std::ofstream(directory / "data" / "pg_hba.conf")
      << "local all postgres trust\nlocal all all scram-sha-256\n";
  if (server->StartAgain()) return server;
  std::cerr << "PostgreSQL did not start: " << std::ifstream(directory / "log").rdbuf() << "\n";
  return nullptr;
}

bool PrivatePostgres::StartAgain(const std::string& options) {
  const std::string all = "-c listen_addresses='' -c unix_socket_directories='" +
                          directory_.string() +
                          "' -c fsync=off -c full_page_writes=off -c autovacuum=off -c "
                          "shared_buffers=32MB -c max_connections=30 " +
                          options_ + " " + options;
  return RunAsPostgres(
      {Programs() / "pg_ctl", "-D", data(), "-l", directory_ / "log", "-w", "-o", all, "start"},
      directory_);
}

bool PrivatePostgres::Stop() {
  return RunAsPostgres({Programs() / "pg_ctl", "-D", data(), "-m", "immediate", "-w", "stop"},
                       directory_);
}

void PrivatePostgres::Kill() {
  const pid_t postmaster = PostmasterOf(data());
  if (postmaster <= 0) return;
  std::vector<pid_t> all = ChildrenOf(postmaster);
  all.push_back(postmaster);
  for (const pid_t pid : all) ::kill(pid, SIGKILL);
  for (const pid_t pid : all) {
    while (IsAlive(pid)) ::usleep(1000);
  }
  // The next start looks whether the process still is, and a zombie would pass for one.
  std::filesystem::remove(data() / "postmaster.pid");
  std::filesystem::remove(directory_ / ".s.PGSQL.5432.lock");
}

PrivatePostgres::~PrivatePostgres() {
  Resume();
  if (PostmasterOf(data()) > 0) Stop();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

std::string PrivatePostgres::Url(const std::string& user, const std::string& database) const {
  return "postgresql+psycopg2://" + user + "@/" + database + "?host=" + directory_.string();
}

void PrivatePostgres::Suspend() {
  const pid_t postmaster = PostmasterOf(data());
  if (postmaster <= 0) return;
  ::kill(postmaster, SIGSTOP);
  suspended_ = ChildrenOf(postmaster);
  for (const pid_t child : suspended_) ::kill(child, SIGSTOP);
  suspended_.push_back(postmaster);
}

void PrivatePostgres::Resume() {
  for (const pid_t pid : suspended_) ::kill(pid, SIGCONT);
  suspended_.clear();
}

}  // namespace airflow_host
