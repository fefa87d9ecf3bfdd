// Looks at one process of Airflow. Its environment and its airflow.cfg hold passwords: the few
// values that are wanted are taken out, and the text is overwritten before its memory is given
// back.
#include "collectors/component/install/install_process.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <string_view>
#include <utility>
#include <vector>

#include "collectors/component/install/airflow_options.h"
#include "collectors/component/install/contained_root.h"
#include "collectors/component/install/process_rights.h"
#include "collectors/component/install/process_variables.h"
#include "collectors/component/install/python_interpreter.h"
#include "collectors/component/install/site_packages.h"
#include "collectors/component/install/stdlib_bytecode.h"
#include "collectors/component/install/user_home.h"
#include "collectors/support/airflow_config_file.h"
#include "collectors/support/file_reader.h"
#include "collectors/support/mountinfo.h"
#include "collectors/support/process_stat.h"
#include "collectors/support/unique_descriptor.h"

namespace airflow_host {
namespace {

constexpr std::size_t kMebibyte = std::size_t{1024} * 1024;
constexpr std::size_t kLargestCommandLine = 16 * 1024;
constexpr int kMostParents = 8;

/// A buffer whose content is overwritten before its memory is given back. It never grows beyond
/// what it was made for, so no copy is left behind either.
class SecretBuffer {
 public:
  explicit SecretBuffer(std::size_t most) { text_.reserve(most + 1); }
  SecretBuffer(const SecretBuffer&) = delete;
  SecretBuffer& operator=(const SecretBuffer&) = delete;
  ~SecretBuffer() {
    text_.resize(text_.capacity());
    ::explicit_bzero(text_.data(), text_.size());
  }
  std::string& text() { return text_; }

 private:
  std::string text_;
};

/// The folder /proc/PID, held open: once its process has gone, no other takes its place in it.
class ProcessFolder {
 public:
  ProcessFolder(const std::string& procfs, int pid)
      : name_(procfs + "/" + std::to_string(pid)),
        folder_(::open(name_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)) {}

  Expected<std::string_view> Read(const char* file, std::string& buffer, std::size_t limit) const {
    if (!folder_.valid()) return Fail(ErrorKind::kAbsent, name_ + " is not there");
    return ReadFileAt(folder_.get(), file, buffer, limit);
  }

  Expected<UniqueDescriptor> OpenRoot() const {
    UniqueDescriptor root(::openat(folder_.get(), "root", O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!root.valid()) return tl::unexpected(SystemError("open", name_ + "/root", errno));
    return root;
  }

  /// Where the link `exe` leads; a program that was replaced is "... (deleted)".
  std::string Program() const {
    constexpr std::string_view kDeleted = " (deleted)";
    std::array<char, PATH_MAX> target{};
    const ssize_t length = ::readlinkat(folder_.get(), "exe", target.data(), target.size());
    if (length <= 0) return {};
    std::string_view path(target.data(), static_cast<std::size_t>(length));
    if (path.ends_with(kDeleted)) path.remove_suffix(kDeleted.size());
    return std::string(path);
  }

  Expected<ProcessStat> Stat(std::string& buffer) const {
    return Read("stat", buffer, kMebibyte).and_then(ParseProcessStat);
  }

 private:
  std::string name_;
  UniqueDescriptor folder_;
};

/// Which folder is the root of a process, and in which control group it is: both are the same for
/// what belongs together.
struct Surroundings {
  dev_t device = 0;
  ino_t inode = 0;
  std::string cgroup;

  bool operator==(const Surroundings&) const = default;
};

std::optional<Surroundings> SurroundingsOf(const ProcessFolder& process) {
  Surroundings result;
  std::string buffer;
  const auto root = process.OpenRoot();
  struct stat status {};
  if (!root || ::fstat(root->get(), &status) != 0) return std::nullopt;
  result.device = status.st_dev;
  result.inode = status.st_ino;
  if (const auto cgroup = process.Read("cgroup", buffer, kMebibyte)) result.cgroup = *cgroup;
  return result;
}

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
    ReadVariables(parent, known);
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

  /// Its own environment, or else what an earlier look found, or else its parents'.
  void ReadVariables(int parent, const std::optional<KnownVariables>& known) {
    const auto own = ReadEnvironment(process_, &look_.environment_denied);
    if (own) {
      look_.variables = KnownVariables{*own, true};
    } else if (known && known->own) {
      look_.variables = known;
    } else if (auto inherited = ReadParents(parent)) {
      look_.variables = KnownVariables{*std::move(inherited), false};
    } else {
      look_.variables = known;
    }
  }

  std::optional<Environment> ReadEnvironment(const ProcessFolder& process, bool* denied) const {
    SecretBuffer buffer(kMebibyte);
    const auto text = process.Read("environ", buffer.text(), kMebibyte);
    if (!text) {
      if (denied != nullptr) *denied = text.error().kind == ErrorKind::kDenied;
      return std::nullopt;
    }
    return TakeVariables(*text, WantedVariables(), text->size() >= kMebibyte);
  }

  /// The environment of the nearest parent that has one, as long as it has the same root and the
  /// same control group: beyond begins another service, or the container's runtime.
  std::optional<Environment> ReadParents(int parent) {
    const auto ours = SurroundingsOf(process_);
    if (!ours) return std::nullopt;
    for (int level = 0; level < kMostParents && parent > 0; ++level) {
      const ProcessFolder process(procfs_, parent);
      if (SurroundingsOf(process) != ours) break;
      if (auto variables = ReadEnvironment(process, nullptr)) {
        // Of another user's home the process knows nothing.
        variables->erase("HOME");
        return variables;
      }
      const auto stat = process.Stat(buffer_);
      if (!stat) break;
      parent = stat->parent_pid;
    }
    return std::nullopt;
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
      const auto value = Find(*variables, "PYTHONDONTWRITEBYTECODE");
      facts.writing_off = value && !value->empty();
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
