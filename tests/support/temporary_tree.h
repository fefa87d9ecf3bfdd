// A folder of files that a test writes and that is gone after it.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace airflow_host {

/// Owns one new folder below the system's folder for temporary files.
class TemporaryTree {
 public:
  TemporaryTree() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "airflow_host_test_XXXXXX").string();
    const char* const made = ::mkdtemp(pattern.data());
    if (made == nullptr) ADD_FAILURE() << "cannot make a temporary folder " << pattern;
    root_ = std::filesystem::canonical(pattern).string();
  }
  TemporaryTree(const TemporaryTree&) = delete;
  TemporaryTree& operator=(const TemporaryTree&) = delete;
  ~TemporaryTree() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }

  /// The folder, without a trailing slash.
  const std::string& root() const { return root_; }

  /// Writes the file `path` ("/proc/meminfo") below the root, with the folders that it needs.
  void Write(const std::string& path, std::string_view content) const {
    std::filesystem::create_directories(std::filesystem::path(root_ + path).parent_path());
    std::ofstream(root_ + path, std::ios::binary) << content;
  }

  /// Makes the folder `path` and those above it.
  void MakeFolder(const std::string& path) const {
    std::filesystem::create_directories(root_ + path);
  }

  /// Makes `path` a symbolic link to `target`, which stands as it is written.
  void Link(const std::string& path, const std::string& target) const {
    std::filesystem::create_directories(std::filesystem::path(root_ + path).parent_path());
    std::filesystem::create_symlink(target, root_ + path);
  }

  /// Removes the file or the whole folder `path`.
  void Remove(const std::string& path) const { std::filesystem::remove_all(root_ + path); }

 private:
  std::string root_;
};

}  // namespace airflow_host
