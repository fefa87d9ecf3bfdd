// Why the program cannot start with the settings it was given. Told apart because a person who
// mistyped a flag and a host whose file cannot be read need different exit codes.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace airflow_host {

/// Who is to act.
enum class SettingsErrorKind {
  kUsage,    ///< The flags, variables or keys that the person gave are wrong: exit code 2.
  kFailure,  ///< They are right, but the host does not bear them out: exit code 1.
};

/// One sentence for standard error, without secrets, and what the program exits with.
struct SettingsError {
  SettingsErrorKind kind = SettingsErrorKind::kUsage;
  std::string message;

  /// 2 for usage errors, 1 for failures.
  int ExitCode() const { return kind == SettingsErrorKind::kUsage ? 2 : 1; }
};

/// A value, or why the program cannot start.
template <typename T>
using SettingsExpected = tl::expected<T, SettingsError>;

/// The failing side for wrong flags, variables and keys.
inline tl::unexpected<SettingsError> FailUsage(std::string message) {
  return tl::unexpected<SettingsError>(
      SettingsError{SettingsErrorKind::kUsage, std::move(message)});
}

/// The failing side for what the host does not bear out.
inline tl::unexpected<SettingsError> FailSettings(std::string message) {
  return tl::unexpected<SettingsError>(
      SettingsError{SettingsErrorKind::kFailure, std::move(message)});
}

}  // namespace airflow_host
