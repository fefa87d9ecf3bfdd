// A small /proc of a test's own making.
#pragma once

#include <cstdint>
#include <filesystem>
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
  /// Writes any file below the root.
  void Write(const std::string& name, const std::string& text) const;

 private:
  std::filesystem::path root_;
};

}  // namespace airflow_host
