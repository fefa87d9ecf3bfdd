// Searches folders of Python packages.
#include "collectors/component/install/site_packages.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

#include "collectors/component/install/dist_info.h"

namespace airflow_host {
namespace {

constexpr std::size_t kMostPackages = 20'000;
constexpr std::size_t kMostLibraries = 4'000;
constexpr std::size_t kMostFolders = 100;

/// The official images from 3.1 on and before, their user's packages, and Debian.
constexpr std::array<std::string_view, 4> kUsualPrefixes = {"/home/airflow/.local", "/usr/python",
                                                            "/usr/local", "/usr"};

/// A package in one folder: its version, or that there are several.
class Sighting {
 public:
  void See(const std::string& version) {
    several_ = several_ || (!version_.empty() && version_ != version);
    version_ = version;
  }
  bool seen() const { return !version_.empty(); }
  std::optional<std::string> version() const {
    if (!seen() || several_) return std::nullopt;
    return version_;
  }

 private:
  std::string version_;
  bool several_ = false;
};

/// What one folder holds.
struct FolderPackages {
  Sighting airflow;  ///< Airflow 2; with Airflow 3 a package without content.
  Sighting core;     ///< Airflow 3.
  Sighting celery_provider;

  const Sighting& AnyAirflow() const { return core.seen() ? core : airflow; }
};

FolderPackages Search(const ContainedRoot& root, const std::string& folder) {
  FolderPackages packages;
  const auto listed = root.List(folder, kMostPackages);
  if (!listed) return packages;
  for (const std::string& name : listed->names) {
    const auto distribution = ParseDistInfoName(name);
    if (!distribution) continue;
    if (distribution->name == "apache_airflow") packages.airflow.See(distribution->version);
    if (distribution->name == "apache_airflow_core") packages.core.See(distribution->version);
    if (distribution->name == "apache_airflow_providers_celery") {
      packages.celery_provider.See(distribution->version);
    }
  }
  return packages;
}

/// The names below PREFIX/lib that Python's packages may lie in.
std::vector<std::string> LibraryNames(const ContainedRoot& root, const std::string& lib,
                                      const std::optional<PythonVersion>& version) {
  // Debian keeps its own packages in "python3", whatever the version.
  if (version) return {version->FolderName(), "python3"};
  std::vector<std::string> names;
  auto listed = root.List(lib, kMostLibraries);
  if (!listed) return names;
  for (std::string& name : listed->names) {
    if (name == "python3" || ParsePythonName(name)) names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  return names;
}

MaybeInstallValue<std::string> FromDistInfo(const Sighting& sighting) {
  const auto version = sighting.version();
  if (!version) return std::nullopt;
  return InstallValue<std::string>{*version, InstallSource::kDistInfo};
}

}  // namespace

std::vector<std::string> PackageFolders(const ContainedRoot& root, const PythonTraces& traces) {
  std::vector<std::string> folders;
  const auto add = [&](std::string folder) {
    const bool known = std::find(folders.begin(), folders.end(), folder) != folders.end();
    if (!known && folders.size() < kMostFolders) folders.push_back(std::move(folder));
  };
  for (const std::string& folder : traces.folders) add(folder);
  std::vector<std::string> prefixes = traces.prefixes;
  prefixes.insert(prefixes.end(), kUsualPrefixes.begin(), kUsualPrefixes.end());
  for (const std::string& prefix : prefixes) {
    for (const char* library : {"/lib", "/lib64"}) {
      const std::string lib = prefix + library;
      for (const std::string& name : LibraryNames(root, lib, traces.version)) {
        const std::string folder = lib + "/" + name;
        add(folder + "/site-packages");
        add(folder + "/dist-packages");
      }
    }
  }
  return folders;
}

void AddPackages(const ContainedRoot& root, const PythonTraces& traces, InstallFacts& facts) {
  std::optional<PythonVersion> python;
  bool airflow_seen = false;
  bool provider_seen = false;
  for (const std::string& folder : PackageFolders(root, traces)) {
    const FolderPackages packages = Search(root, folder);
    if (const Sighting& airflow = packages.AnyAirflow(); airflow.seen() && !airflow_seen) {
      airflow_seen = true;
      facts.version = FromDistInfo(airflow);
      python = PythonVersionIn(folder);
    }
    if (packages.celery_provider.seen() && !provider_seen) {
      provider_seen = true;
      facts.celery_provider = FromDistInfo(packages.celery_provider);
    }
    if (airflow_seen && provider_seen) break;
  }
  if (traces.version) {
    facts.python = {traces.version->Text(), InstallSource::kInterpreter};
  } else if (python) {
    facts.python = {python->Text(), InstallSource::kSitePackages};
  }
}

}  // namespace airflow_host
