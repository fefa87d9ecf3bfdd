// Feeds any bytes to every parser of collectors/component/install.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "collectors/component/install/airflow_options.h"
#include "collectors/component/install/dist_info.h"
#include "collectors/component/install/install_summary.h"
#include "collectors/component/install/process_rights.h"
#include "collectors/component/install/process_variables.h"
#include "collectors/component/install/python_interpreter.h"
#include "collectors/component/install/user_home.h"
#include "collectors/support/mountinfo.h"

namespace airflow_host {
namespace {

/// Ends the run where something that must hold does not.
void Require(bool holds) {
  if (!holds) std::abort();
}

void ReadNames(std::string_view text) {
  if (const auto distribution = ParseDistInfoName(text)) {
    Require(!distribution->name.empty() && !distribution->version.empty());
    static_cast<void>(SeriesOf(distribution->version));
  }
  static_cast<void>(SeriesOf(text));
  if (const auto version = ParsePythonName(text)) {
    Require(ParsePythonName(version->FolderName()) == version);
  }
  static_cast<void>(PythonVersionIn(text));
  if (const auto prefix = PrefixOf(text)) Require(text.starts_with(*prefix));
  Require(ProgramPaths(text).size() <= 3);
  static_cast<void>(PackageFoldersIn(text));
}

void ReadFiles(std::string_view text) {
  static_cast<void>(ParseProcessRights(text));
  static_cast<void>(ParseMountinfo(text));
  if (const auto home = HomeOfUser(text, 0)) Require(home->starts_with('/'));
}

/// The first half is an environment, the second an airflow.cfg.
void ReadOptions(std::string_view text) {
  const auto variables = TakeVariables(text.substr(0, text.size() / 2), WantedVariables(), true);
  const auto file = ParseAirflowConfigFile(text.substr(text.size() / 2));
  InstallEntry entry;
  entry.facts.version = {"3.1.3", InstallSource::kDistInfo};
  AddOptions({variables ? &*variables : nullptr, file ? &*file : nullptr, "/home/airflow", true},
             entry.facts);
  const std::array entries = {entry, InstallEntry{}};
  Require(Summarize(entries).installs.size() == 1);
  for (const std::string& path : ConfigPaths(variables ? &*variables : nullptr, "/h")) {
    Require(path.starts_with('/'));
  }
}

}  // namespace
}  // namespace airflow_host

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  airflow_host::ReadNames(text);
  airflow_host::ReadFiles(text);
  airflow_host::ReadOptions(text);
  return 0;
}
