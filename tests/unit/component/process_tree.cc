#include "tests/unit/component/process_tree.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/fsuid.h>

#include <fstream>
#include <sstream>

namespace airflow_host {

ProcessTree::ProcessTree() {
  std::string pattern = testing::TempDir() + "/process_tree_XXXXXX";
  if (::mkdtemp(pattern.data()) == nullptr)
    throw std::filesystem::filesystem_error("mkdtemp", pattern,
                                            std::error_code(errno, std::generic_category()));
  root_ = pattern;
  // For who reads it WithoutRights.
  std::filesystem::permissions(root_, std::filesystem::perms(0755));
  Write("stat", "cpu  1 2 3 4\nbtime 1000000\n");
  FakeProcess init;
  init.pid = 1;
  init.parent = 0;
  init.comm = "systemd";
  init.cmdline = std::string("/sbin/init\0", 11);
  init.start = 1;
  Put(init);
}

ProcessTree::~ProcessTree() {
  std::error_code ignored;
  std::filesystem::remove_all(root_, ignored);
}

void ProcessTree::Put(const FakeProcess& process) const {
  const std::string folder = std::to_string(process.pid) + "/";
  std::ostringstream stat;
  stat << process.pid << " (" << process.comm << ") " << process.state << " " << process.parent
       << " 1 1 0 -1 4194560 0 0 0 0 " << process.user << " " << process.system << " 0 0 20 0 2 0 "
       << process.start << " 0 0 0\n";
  Write(folder + "stat", stat.str());
  std::ostringstream status;
  status << "Name:\t" << process.comm << "\nVmRSS:\t" << process.anonymous + process.file
         << " kB\nRssAnon:\t" << process.anonymous << " kB\nRssFile:\t" << process.file
         << " kB\nRssShmem:\t0 kB\nVmSwap:\t" << process.swap << " kB\n";
  Write(folder + "status", status.str());
  Write(folder + "cmdline", process.cmdline);
  Write(folder + "cgroup", "0::" + process.cgroup + "\n");
  PutCostly(process, folder);
}

void ProcessTree::PutCostly(const FakeProcess& process, const std::string& folder) const {
  if (process.pss) {
    std::ostringstream rollup;
    rollup << "5640-7fff ---p 00000000 00:00 0    [rollup]\nRss: "
           << process.anonymous + process.file << " kB\nPss:    " << *process.pss
           << " kB\nPss_Anon:  1 kB\nPrivate_Clean:   0 kB\nPrivate_Dirty:   "
           << process.private_dirty << " kB\n";
    Write(folder + "smaps_rollup", rollup.str());
  }
  if (process.open_files) {
    std::filesystem::remove_all(root_ / folder / "fd");
    std::filesystem::create_directories(root_ / folder / "fd");
    for (int at = 0; at < *process.open_files; ++at) Write(folder + "fd/" + std::to_string(at), "");
  }
  if (!process.file_limit.empty()) {
    Write(folder + "limits",
          "Limit                     Soft Limit           Hard Limit           Units     \n"
          "Max open files            " +
              process.file_limit + "                 524288      files\n");
  }
}

void ProcessTree::Deny(const std::string& name) const {
  std::filesystem::permissions(root_ / name, std::filesystem::perms::none);
}

WithoutRights::WithoutRights() : user_(::setfsuid(65534)) {}
WithoutRights::~WithoutRights() { ::setfsuid(static_cast<uid_t>(user_)); }

void ProcessTree::Remove(int pid) const {
  std::filesystem::remove_all(root_ / std::to_string(pid));
}

void ProcessTree::Write(const std::string& name, const std::string& text) const {
  const std::filesystem::path path = root_ / name;
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

}  // namespace airflow_host
