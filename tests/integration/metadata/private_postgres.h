// A PostgreSQL cluster of the test's own: in a temporary directory, on a unix socket only.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace airflow_host {

/// Runs `command` (found on PATH, or an absolute path) to its end in the directory `where`; true if
/// it exits with 0. As root: as the user postgres, for PostgreSQL refuses root.
bool RunAsPostgres(std::vector<std::string> command, const std::filesystem::path& where);

/// One running server. Used by one thread.
class PrivatePostgres {
 public:
  /// The directory of the newest installed server's programs; empty where there is none.
  static std::filesystem::path Programs();

  /// Makes a cluster and starts it, with `options` ("-c name=value") besides those that make tests
  /// quick; null, and the reason on stderr, where that fails. Its superuser postgres logs in
  /// without a password, all others need theirs.
  static std::unique_ptr<PrivatePostgres> Start(const std::string& options = "");

  PrivatePostgres(const PrivatePostgres&) = delete;
  PrivatePostgres& operator=(const PrivatePostgres&) = delete;
  /// Stops the server by pg_ctl and removes the directory.
  ~PrivatePostgres();

  /// Where the socket, the data and the log are.
  const std::filesystem::path& directory() const { return directory_; }

  /// A URL that logs in as `user` (with ":password" if need be) over the socket.
  std::string Url(const std::string& user, const std::string& database) const;

  /// Kills the postmaster and all of its processes by SIGKILL, and waits for them to be gone.
  void Kill();

  /// Starts the server that was killed or stopped, with `options` of this run besides; returns when
  /// it can be connected to, or refuses to because it only recovers.
  bool StartAgain(const std::string& options = "");

  /// Stops the server in an orderly way.
  bool Stop();

  /// Where the cluster's files are.
  std::filesystem::path data() const { return directory_ / "data"; }

  /// Stops the postmaster and all of its processes by SIGSTOP; Resume lets them go on.
  void Suspend();
  void Resume();

 private:
  PrivatePostgres(std::filesystem::path directory, std::string options)
      : directory_(std::move(directory)), options_(std::move(options)) {}

  std::filesystem::path directory_;
  std::string options_;
  std::vector<pid_t> suspended_;
};

}  // namespace airflow_host
