// Looks at the bytecode cache of Python's standard library.
#include "collectors/component/install/stdlib_bytecode.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace airflow_host {
namespace {

constexpr std::array<std::string_view, 3> kUsualPrefixes = {"/usr/python", "/usr/local", "/usr"};

/// Whether something of `type` lies at `path`; nothing where one cannot tell.
std::optional<bool> Has(const ContainedRoot& root, const std::string& path, mode_t type) {
  const auto status = root.Look(path);
  if (status) return (status->st_mode & S_IFMT) == type;
  if (status.error().kind == ErrorKind::kAbsent) return false;
  return std::nullopt;
}

}  // namespace

std::optional<bool> IsStdlibBytecodeMissing(const BytecodeFacts& facts) {
  const auto negated = [](std::optional<bool> fact) -> std::optional<bool> {
    if (!fact) return std::nullopt;
    return !*fact;
  };
  const std::array conditions = {facts.cache_exists, negated(facts.cache_filled),
                                 negated(facts.cache_writable), negated(facts.writing_off)};
  const auto any_is = [&](std::optional<bool> wanted) {
    return std::find(conditions.begin(), conditions.end(), wanted) != conditions.end();
  };
  if (any_is(false)) return false;
  if (any_is(std::nullopt)) return std::nullopt;
  return true;
}

std::optional<std::string> FindStdlib(const ContainedRoot& root, const PythonVersion& version,
                                      const std::vector<std::string>& prefixes) {
  std::vector<std::string> all = prefixes;
  all.insert(all.end(), kUsualPrefixes.begin(), kUsualPrefixes.end());
  for (const std::string& prefix : all) {
    for (const char* library : {"/lib/", "/lib64/"}) {
      const std::string folder = prefix + library + version.FolderName();
      if (Has(root, folder + "/os.py", S_IFREG) == true) return folder;
    }
  }
  return std::nullopt;
}

BytecodeFacts LookAtBytecode(const ContainedRoot& root, const std::string& stdlib,
                             const PythonVersion& version, const ProcessRights* rights) {
  BytecodeFacts facts;
  const std::string cache = stdlib + "/__pycache__";
  facts.cache_exists = Has(root, cache, S_IFDIR);
  if (facts.cache_exists != true) return facts;
  facts.cache_filled = Has(root, cache + "/" + version.CompiledName(), S_IFREG);
  const auto status = root.Look(cache);
  if (rights == nullptr || !status) return facts;
  const auto read_only = root.IsReadOnly(cache);
  facts.cache_writable = rights->MayWriteIn(*status) && read_only != true;
  return facts;
}

}  // namespace airflow_host
