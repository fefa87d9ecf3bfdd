// Takes the paths of a Python process apart.
#include "collectors/component/install/python_interpreter.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "collectors/support/text.h"

namespace airflow_host {
namespace {

/// The rest of a text behind its last slash.
std::string_view LastPart(std::string_view path) { return path.substr(path.rfind('/') + 1); }

/// A whole number of at most three digits, as versions have.
std::optional<unsigned> SmallNumber(std::string_view text) {
  const auto number = text.size() > 3 ? std::nullopt : ParseUnsigned(text);
  if (!number) return std::nullopt;
  return static_cast<unsigned>(*number);
}

}  // namespace

std::string PythonVersion::Text() const {
  return std::to_string(major) + "." + std::to_string(minor);
}

std::string PythonVersion::FolderName() const {
  return "python" + Text() + (free_threaded ? "t" : "");
}

std::string PythonVersion::CompiledName() const {
  return "os.cpython-" + std::to_string(major) + std::to_string(minor) +
         (free_threaded ? "t" : "") + ".pyc";
}

std::optional<PythonVersion> ParsePythonName(std::string_view name) {
  constexpr std::string_view kPython = "python";
  if (!name.starts_with(kPython)) return std::nullopt;
  name.remove_prefix(kPython.size());
  const bool free_threaded = name.ends_with('t');
  if (free_threaded) name.remove_suffix(1);
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto major = SmallNumber(name.substr(0, dot));
  const auto minor = SmallNumber(name.substr(dot + 1));
  if (!major || !minor) return std::nullopt;
  return PythonVersion{*major, *minor, free_threaded};
}

std::optional<PythonVersion> PythonVersionIn(std::string_view path) {
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    if (const auto version = ParsePythonName(path.substr(0, end))) return version;
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return std::nullopt;
}

std::optional<std::string> PrefixOf(std::string_view path) {
  if (!path.starts_with('/')) return std::nullopt;
  path.remove_suffix(LastPart(path).size());
  if (!path.ends_with("/bin/")) return std::nullopt;
  path.remove_suffix(std::string_view("/bin/").size());
  return std::string(path);
}

std::vector<std::string> ProgramPaths(std::string_view cmdline) {
  constexpr int kWords = 3;  // "python -X dev /home/airflow/.local/bin/airflow" is rare.
  constexpr std::string_view kSeparators{"\0 ", 2};
  std::vector<std::string> paths;
  for (int word = 0; word < kWords && !cmdline.empty(); ++word) {
    const std::size_t end = std::min(cmdline.find_first_of(kSeparators), cmdline.size());
    if (cmdline.starts_with('/')) paths.emplace_back(cmdline.substr(0, end));
    cmdline.remove_prefix(std::min(end + 1, cmdline.size()));
  }
  return paths;
}

std::vector<std::string> PackageFoldersIn(std::string_view maps) {
  constexpr std::size_t kMostFolders = 4;
  constexpr std::array<std::string_view, 2> kNames = {"/site-packages/", "/dist-packages/"};
  std::vector<std::string> folders;
  while (const auto line = TakeLine(maps)) {
    const std::size_t begin = line->find('/');
    if (begin == std::string_view::npos) continue;
    const std::string_view path = line->substr(begin);
    for (const std::string_view name : kNames) {
      const std::size_t at = path.find(name);
      if (at == std::string_view::npos) continue;
      std::string folder(path.substr(0, at + name.size() - 1));
      if (std::find(folders.begin(), folders.end(), folder) == folders.end()) {
        folders.push_back(std::move(folder));
      }
    }
    if (folders.size() >= kMostFolders) break;
  }
  return folders;
}

}  // namespace airflow_host
