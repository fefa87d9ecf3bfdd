// Gathers what the settings of this process depend on.
#include "exporter/settings/settings_input.h"

#include <pwd.h>
#include <unistd.h>

#include <array>
#include <utility>

namespace airflow_host {
namespace {

/// Empty where the user is in no database, as in many containers.
std::string HomeOfUser() {
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  const int failure = ::getpwuid_r(::geteuid(), &entry, buffer.data(), buffer.size(), &found);
  if (failure != 0 || found == nullptr || found->pw_dir == nullptr) return {};
  return found->pw_dir;
}

}  // namespace

SettingsInput InputOfProcess(int argument_count, const char* const* arguments,
                             std::span<const CollectorRow> collectors, std::string version) {
  SettingsInput input;
  for (int index = 1; index < argument_count; ++index)
    input.arguments.emplace_back(arguments[index]);
  input.environment = EnvironmentOf(::environ);
  input.collectors = collectors;
  input.version = std::move(version);
  input.home_directory = HomeOfUser();
  return input;
}

}  // namespace airflow_host
