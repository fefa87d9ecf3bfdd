// What a reading that failed says about itself. Errors are values here: no room lets an exception
// of a library out, and whoever gets an Error has the whole sentence to show to a person.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace airflow_host {

/// Why something could not be had; decides whether it counts as a failure.
enum class ErrorKind {
  kAbsent,     ///< The source does not exist here (no such file, not configured): no failure.
  kDenied,     ///< It exists, and the right to read it is missing.
  kTimedOut,   ///< It did not answer before its deadline, or the watchdog broke it off.
  kMalformed,  ///< It answered with something that cannot be understood.
  kFailed,     ///< Anything else.
};

/// One failure: its kind, and a sentence that says what was tried, on what, and why it failed.
/// The message never holds a secret: whoever builds it from a URL hides the password first.
struct Error {
  ErrorKind kind = ErrorKind::kFailed;
  std::string message;
  /// The source works and said so itself: it refused what was asked, or gave it up.
  bool answered = false;
};

/// A value, or the Error that says why there is none.
template <typename T>
using Expected = tl::expected<T, Error>;

/// Makes the failing side of an Expected: `return Fail(ErrorKind::kMalformed, "...");`
inline tl::unexpected<Error> Fail(ErrorKind kind, std::string message) {
  return tl::unexpected<Error>(Error{kind, std::move(message)});
}

/// The Error for a system call that set `errno_value`: "cannot ACTION SUBJECT: REASON".
/// ENOENT, ENOTDIR, ESRCH, ENODEV and ENXIO are kAbsent; EACCES and EPERM are kDenied;
/// ETIMEDOUT is kTimedOut. Any thread.
Error SystemError(std::string_view action, std::string_view subject, int errno_value);

}  // namespace airflow_host
