// A machine of its own for each test of the settings: an empty root directory, an environment, and
// a registry of three collectors.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include "exporter/settings/load_settings.h"

namespace airflow_host {

/// Holds a temporary directory as the root of all files that are read.
class SettingsTest : public testing::Test {
 public:
  ~SettingsTest() override { std::filesystem::remove_all(root_); }
  SettingsTest(const SettingsTest&) = delete;
  SettingsTest& operator=(const SettingsTest&) = delete;

 protected:
  SettingsTest() {
    std::string pattern = testing::TempDir() + "settings_XXXXXX";
    root_ = ::mkdtemp(pattern.data());
    input_.root = root_;
    input_.collectors = kRows;
    input_.version = "airflow-host-exporter 1.2.3";
    input_.home_directory = "/home/airflow";
  }

  /// Writes a file below the root; `path` is absolute.
  void Write(const std::string& path, const std::string& content) {
    std::filesystem::create_directories(std::filesystem::path(root_ + path).parent_path());
    std::ofstream(root_ + path, std::ios::binary) << content;
  }

  /// The settings; the test fails where there are none.
  Settings Load() {
    auto loaded = LoadSettings(input_);
    EXPECT_TRUE(loaded) << (loaded ? "" : loaded.error().message);
    return loaded ? std::move(loaded->settings) : Settings{};
  }

  /// The error; the test fails where there is none.
  SettingsError Failure() {
    const auto loaded = LoadSettings(input_);
    EXPECT_FALSE(loaded);
    return loaded ? SettingsError{} : loaded.error();
  }

  /// The row of --check-config for `name`.
  static SettingOrigin Origin(const Settings& settings, const std::string& name) {
    for (const SettingOrigin& origin : settings.origins) {
      if (origin.name == name) return origin;
    }
    ADD_FAILURE() << "no setting " << name;
    return {};
  }

  static constexpr std::array<CollectorRow, 3> kRows{{
      {"host", "Memory of the host", true, std::chrono::seconds(1), std::chrono::seconds(1), false,
       nullptr, nullptr, nullptr},
      {"component", "Processes", true, std::chrono::seconds(5), std::chrono::seconds(1), false,
       nullptr, nullptr, nullptr},
      {"oom", "Kills", false, std::chrono::seconds(5), std::chrono::seconds(1), false, nullptr,
       nullptr, nullptr},
  }};

  std::string root_;
  SettingsInput input_;
};

}  // namespace airflow_host
