// Command lines as /proc/PID/cmdline shows them.
#pragma once

#include <string>
#include <vector>

namespace airflow_host {

/// What execve(2) leaves behind: every argument ended by a NUL.
inline std::string Arguments(const std::vector<std::string>& arguments) {
  std::string cmdline;
  for (const std::string& argument : arguments) cmdline.append(argument).push_back('\0');
  return cmdline;
}

/// A title set at run time, padded as the kernel shows it.
inline std::string Title(const std::string& title, std::size_t padding = 120) {
  return title + std::string(padding, '\0');
}

inline const std::string kAirflow = "/home/airflow/.local/bin/airflow";
inline const std::string kPython = "/usr/python/bin/python3.12";

/// `airflow COMMAND...` as the official image runs it.
inline std::string Cli(const std::vector<std::string>& command) {
  std::vector<std::string> arguments = {kPython, kAirflow};
  arguments.insert(arguments.end(), command.begin(), command.end());
  return Arguments(arguments);
}

}  // namespace airflow_host
