// What the paths of a Python process tell: its version, and where its packages may lie.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace airflow_host {

/// The version of an interpreter as far as its paths tell it: the patch release is in none of them.
struct PythonVersion {
  unsigned major = 0;
  unsigned minor = 0;
  bool free_threaded = false;  ///< Its paths end in "t": python3.13t.

  /// "3.12", as a person says it.
  std::string Text() const;
  /// "python3.12", the folder of its library.
  std::string FolderName() const;
  /// "os.cpython-312.pyc": how the compiled form of os.py is called (PEP 3147).
  std::string CompiledName() const;

  bool operator==(const PythonVersion&) const = default;
};

/// The version in a name as "python3.12" or "python3.13t"; nothing where it has none ("python3").
/// Total; any thread.
std::optional<PythonVersion> ParsePythonName(std::string_view name);

/// The version in a path one of whose parts is such a name. Total; any thread.
std::optional<PythonVersion> PythonVersionIn(std::string_view path);

/// The folder two above a program's: "/opt/venv" of "/opt/venv/bin/python3"; nothing where `path`
/// is not absolute or not in a folder "bin". Total; any thread.
std::optional<std::string> PrefixOf(std::string_view path);

/// The first words of a command line that are absolute paths: the interpreter's, and the program's
/// that it runs. `cmdline`: the bytes of /proc/PID/cmdline, which are parted by NULs, or by blanks
/// where a title was set. Later words may be anything, passwords too, and are not looked at. Total;
/// any thread.
std::vector<std::string> ProgramPaths(std::string_view cmdline);

/// The folders "site-packages" and "dist-packages" from which something is mapped, in the order of
/// /proc/PID/maps, each once. `maps`: its content. Total; any thread.
///
///   7f3a8c000000-7f3a8c021000 r-xp 00000000 fe:01 1234 /opt/venv/lib/python3.12/site-packages/x.so
std::vector<std::string> PackageFoldersIn(std::string_view maps);

}  // namespace airflow_host
