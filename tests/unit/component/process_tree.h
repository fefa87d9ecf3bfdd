// A small /proc of a test's own making.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace airflow_host {

/// One process to write; sizes in kB, times in ticks of USER_HZ.
struct FakeProcess {
  int pid = 0;
  int parent = 1;
  std::string cmdline;  ///< As in /proc/PID/cmdline; NULs included.
  std::string comm = "python3";
  std::uint64_t start = 1000;
  std::uint64_t user = 0;
  std::uint64_t system = 0;
  std::uint64_t anonymous = 1000;
  std::uint64_t file = 100;
  std::uint64_t swap = 0;
  char state = 'S';
  std::string cgroup = "/test";
  std::optional<std::uint64_t>
      pss;  ///< Of smaps_rollup, with `private_dirty`; empty: no such file.
  std::uint64_t private_dirty = 0;
  std::optional<int> open_files;  ///< Entries of fd; empty: no such directory.
  std::string file_limit;         ///< As in limits; empty: no such file.
};

/// A directory that looks like /proc, gone at the end of the test. Holds process 1 and a boot time
/// of 1,000,000 seconds.
class ProcessTree {
 public:
  ProcessTree();
  ~ProcessTree();
  ProcessTree(const ProcessTree&) = delete;
  ProcessTree& operator=(const ProcessTree&) = delete;

  /// The path of the directory.
  std::string path() const { return root_.string(); }
  /// Writes a process, replacing one of the same pid.
  void Put(const FakeProcess& process) const;
  /// Ends a process.
  void Remove(int pid) const;
  /// Lets nobody read a file below the root; see WithoutRights.
  void Deny(const std::string& name) const;
  /// Writes any file below the root.
  void Write(const std::string& name, const std::string& text) const;

 private:
  void PutCostly(const FakeProcess& process, const std::string& folder) const;

  std::filesystem::path root_;
};

/// While it lives, this thread opens files without root's right to open all of them.
class WithoutRights {
 public:
  WithoutRights();
  ~WithoutRights();
  WithoutRights(const WithoutRights&) = delete;
  WithoutRights& operator=(const WithoutRights&) = delete;

 private:
  int user_;
};

}  // namespace airflow_host
