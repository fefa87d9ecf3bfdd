// A small /proc whose processes have roots of their own.
#pragma once

#include <filesystem>
#include <string>

#include "tests/support/temporary_tree.h"

namespace airflow_host {

/// One process to write.
struct FakeInstallProcess {
  int pid = 100;
  int parent = 1;
  std::uint64_t start = 1000;
  std::string root = "/image";  ///< Below the tree.
  std::string program = "/usr/local/bin/python3.12";
  std::string cmdline = "/usr/local/bin/python|/home/airflow/.local/bin/airflow|scheduler|";
  std::string environ = "PATH=/bin|HOME=/home/airflow|AIRFLOW_HOME=/opt/airflow|";
  std::string cgroup = "/docker/a";
  unsigned user = 50000;
  std::string capabilities = "0000000000000000";
};

/// Writes them. In texts "|" stands for NUL.
class InstallTree {
 public:
  std::string procfs() const { return tree_.root() + "/proc"; }

  void Put(const FakeInstallProcess& process) const {
    const std::string folder = "/proc/" + std::to_string(process.pid) + "/";
    const std::string user = std::to_string(process.user);
    tree_.Remove(folder);
    Write(folder + "stat", std::to_string(process.pid) + " (airflow) S " +
                               std::to_string(process.parent) +
                               " 1 1 0 -1 4194560 0 0 0 0 1 1 0 0 20 0 2 0 " +
                               std::to_string(process.start) + " 0 0 0\n");
    Write(folder + "status", "Uid:\t" + user + "\t" + user + "\t" + user + "\t" + user +
                                 "\nGid:\t0\t0\t0\t0\nGroups:\t0\nCapEff:\t" +
                                 process.capabilities + "\n");
    Write(folder + "cgroup", "0::" + process.cgroup + "\n");
    WriteBytes(folder + "cmdline", process.cmdline);
    WriteBytes(folder + "environ", process.environ);
    if (!process.program.empty()) tree_.Link(folder + "exe", process.program);
    tree_.MakeFolder(process.root);
    tree_.Link(folder + "root", tree_.root() + process.root);
  }

  void Write(const std::string& path, const std::string& text) const { tree_.Write(path, text); }
  void WriteBytes(const std::string& path, std::string text) const {
    for (char& byte : text) {
      if (byte == '|') byte = '\0';
    }
    Write(path, text);
  }
  void Folder(const std::string& path) const { tree_.MakeFolder(path); }
  const TemporaryTree& tree() const { return tree_; }

  /// A package in the folder `packages` ("/image/.../site-packages").
  void Package(const std::string& packages, const std::string& name) const {
    Write(packages + "/" + name + ".dist-info/METADATA", "");
  }

 private:
  TemporaryTree tree_;
};

}  // namespace airflow_host
