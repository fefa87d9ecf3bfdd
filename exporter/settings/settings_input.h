// All that the settings depend on, so that they can be read again at SIGHUP, and in tests without
// the machine's own environment and files.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "collectors/registry.h"
#include "collectors/support/environment.h"

namespace airflow_host {

/// What the settings are read from. A plain value.
struct SettingsInput {
  /// The flags: argv without the program's name.
  std::vector<std::string> arguments;
  Environment environment;
  /// The registry; its storage must outlive every Settings made from this.
  std::span<const CollectorRow> collectors;
  /// What --version prints.
  std::string version;
  /// Put before the path of every file that is read; empty but in tests.
  std::string root;
  /// `~` where HOME is not set.
  std::string home_directory;
};

/// The input of this process: its arguments, its environment, and the home directory that the
/// password database names. Call it before other threads change the environment.
SettingsInput InputOfProcess(int argument_count, const char* const* arguments,
                             std::span<const CollectorRow> collectors, std::string version);

}  // namespace airflow_host
