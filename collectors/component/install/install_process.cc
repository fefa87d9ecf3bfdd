// Looks at one process of Airflow. Its environment and its airflow.cfg hold passwords: the few
// values that are wanted are taken out, and the text is overwritten before its memory is given
// back.
#include "collectors/component/install/install_process.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "collectors/component/install/airflow_options.h"
#include "collectors/component/install/contained_root.h"
#include "collectors/component/install/process_folder.h"
#include "collectors/component/install/process_rights.h"
#include "collectors/component/install/python_interpreter.h"
#include "collectors/component/install/secret_buffer.h"
#include "collectors/component/install/site_packages.h"
#include "collectors/component/install/stdlib_bytecode.h"
#include "collectors/component/install/user_home.h"
#include "collectors/support/airflow_config_file.h"
#include "collectors/support/file_reader.h"
#include "collectors/support/mountinfo.h"

namespace airflow_host {
namespace {

constexpr std::size_t kMebibyte = std::size_t{1024} * 1024;
constexpr std::size_t kLargestCommandLine = 16 * 1024;

/// One look under way.
class Looker {
 public:
  Looker(const std::string& procfs, int pid) : procfs_(procfs), process_(procfs, pid) {}

  Expected<InstallLook> Run(std::uint64_t start_ticks, const std::optional<KnownVariables>& known) {
    const auto stat = process_.Stat(buffer_);
    if (!stat || stat->start_ticks != start_ticks) {
      return Fail(ErrorKind::kAbsent, "the process has gone");
    }
    const auto status = process_.Read("status", buffer_, kMebibyte);
    if (status) rights_ = ParseProcessRights(*status);
    const int parent = stat->parent_pid;
    FoundVariables found = FindVariables(procfs_, process_, parent, known);
    look_.variables = std::move(found.known);
    look_.environment_denied = found.denied;
    if (auto root = process_.OpenRoot()) {
      LookBelow(ContainedRoot(*std::move(root), ReadMounts()));
    } else {
      look_.root_denied = root.error().kind == ErrorKind::kDenied;
      AddOptions({Variables(), nullptr, Home(nullptr), false}, look_.facts);
    }
    return std::move(look_);
  }

 private:
  const Environment* Variables() const {
    return look_.variables ? &look_.variables->variables : nullptr;
  }

  std::vector<Mount> ReadMounts() {
    const auto text = process_.Read("mountinfo", buffer_, kLargestFile);
    return text ? ParseMountinfo(*text) : std::vector<Mount>{};
  }

  /// The home of the process's user: HOME, or else as /etc/passwd below its root says.
  std::string Home(const ContainedRoot* root) {
    if (const auto* const variables = Variables(); variables != nullptr) {
      if (auto home = HomeDirectory(*variables, ""); !home.empty()) return home;
    }
    if (root == nullptr || !rights_) return {};
    const auto text = root->Read("/etc/passwd", buffer_, kMebibyte);
    return text ? HomeOfUser(*text, rights_->user).value_or("") : "";
  }

  void LookBelow(const ContainedRoot& root) {
    const std::string home = Home(&root);
    const std::string program = process_.Program();
    const PythonTraces traces = TracesOf(root, program, home);
    AddPackages(root, traces, look_.facts);
    AddConfiguration(root, home);
    AddBytecode(root, traces.version, PrefixOf(program));
  }

  PythonTraces TracesOf(const ContainedRoot& root, const std::string& program,
                        const std::string& home) {
    PythonTraces traces;
    traces.version = ParsePythonName(program.substr(program.rfind('/') + 1));
    if (const auto maps = process_.Read("maps", buffer_, kLargestFile)) {
      traces.folders = PackageFoldersIn(*maps);
    }
    AddProgramPrefixes(root, traces.prefixes);
    if (const auto* const variables = Variables(); variables != nullptr) {
      AddPythonPath(*variables, traces.folders);
      const auto environment = Find(*variables, "VIRTUAL_ENV");
      if (environment && environment->starts_with('/')) traces.prefixes.emplace_back(*environment);
    }
    if (!home.empty()) traces.prefixes.push_back(home + "/.local");
    if (auto prefix = PrefixOf(program)) traces.prefixes.push_back(*std::move(prefix));
    return traces;
  }

  /// Where the program `airflow` lies, there lie its packages; where the interpreter lies, only if
  /// that is a virtual environment: else a user's own packages come before its.
  void AddProgramPrefixes(const ContainedRoot& root, std::vector<std::string>& prefixes) const {
    SecretBuffer buffer(kLargestCommandLine);
    const auto line = process_.Read("cmdline", buffer.text(), kLargestCommandLine);
    if (!line) return;
    std::vector<std::string> paths = ProgramPaths(*line);
    std::reverse(paths.begin(), paths.end());
    for (const std::string& path : paths) {
      auto prefix = PrefixOf(path);
      if (!prefix) continue;
      const bool interpreter = path.find("/bin/python") != std::string::npos;
      if (interpreter && !root.Look(*prefix + "/pyvenv.cfg")) continue;
      prefixes.push_back(*std::move(prefix));
    }
  }

  static void AddPythonPath(const Environment& variables, std::vector<std::string>& folders) {
    constexpr std::size_t kMostFolders = 16;
    std::string_view path = Find(variables, "PYTHONPATH").value_or("");
    while (!path.empty() && folders.size() < kMostFolders) {
      const std::size_t end = std::min(path.find(':'), path.size());
      if (path.starts_with('/')) folders.emplace_back(path.substr(0, end));
      path.remove_prefix(std::min(end + 1, path.size()));
    }
  }

  void AddConfiguration(const ContainedRoot& root, const std::string& home) {
    const bool own = look_.variables && look_.variables->own;
    std::vector<std::string> paths = ConfigPaths(Variables(), home);
    if (!own && Variables() != nullptr) {
      for (std::string& path : ConfigPaths(nullptr, home)) paths.push_back(std::move(path));
    }
    std::optional<AirflowConfigFile> file;
    bool sound = !paths.empty();
    for (const std::string& path : paths) {
      auto read = ReadConfig(root, path);
      if (!read && read.error().kind == ErrorKind::kAbsent) continue;
      sound = read.has_value();
      if (read) file = *std::move(read);
      look_.config_denied = !read && read.error().kind == ErrorKind::kDenied;
      break;
    }
    AddOptions({Variables(), file ? &*file : nullptr, home, own && sound}, look_.facts);
  }

  static Expected<AirflowConfigFile> ReadConfig(const ContainedRoot& root,
                                                const std::string& path) {
    SecretBuffer buffer(kMebibyte);
    const auto text = root.Read(path, buffer.text(), kMebibyte);
    if (!text) return tl::unexpected(text.error());
    if (text->size() >= kMebibyte) return Fail(ErrorKind::kMalformed, "an airflow.cfg is too long");
    return ParseAirflowConfigFile(*text);
  }

  void AddBytecode(const ContainedRoot& root, const std::optional<PythonVersion>& version,
                   const std::optional<std::string>& prefix) {
    if (!version) return;
    std::vector<std::string> prefixes;
    if (prefix) prefixes.push_back(*prefix);
    const auto stdlib = FindStdlib(root, *version, prefixes);
    if (!stdlib) return;
    BytecodeFacts facts = LookAtBytecode(root, *stdlib, *version, rights_ ? &*rights_ : nullptr);
    if (const auto* const variables = Variables(); variables != nullptr) {
      const auto is_set = [&](std::string_view name) {
        const auto value = Find(*variables, name);
        return value && !value->empty();
      };
      facts.writing_off = is_set("PYTHONDONTWRITEBYTECODE") || is_set("PYTHONPYCACHEPREFIX");
    }
    look_.facts.stdlib_bytecode_missing = IsStdlibBytecodeMissing(facts);
  }

  const std::string& procfs_;
  ProcessFolder process_;
  std::string buffer_;
  std::optional<ProcessRights> rights_;
  InstallLook look_;
};

}  // namespace

Expected<InstallLook> LookAtInstall(const std::string& procfs, int pid, std::uint64_t start_ticks,
                                    const std::optional<KnownVariables>& known) {
  return Looker(procfs, pid).Run(start_ticks, known);
}

}  // namespace airflow_host
