// Turns errno into the project's errors.
#include "collectors/support/error.h"

#include <cerrno>
#include <system_error>

namespace airflow_host {
namespace {

ErrorKind KindOf(int errno_value) {
  switch (errno_value) {
    case ENOENT:
    case ENOTDIR:
    case ESRCH:
    case ENODEV:
    case ENXIO:
      return ErrorKind::kAbsent;
    case EACCES:
    case EPERM:
      return ErrorKind::kDenied;
    case ETIMEDOUT:
      return ErrorKind::kTimedOut;
    default:
      return ErrorKind::kFailed;
  }
}

}  // namespace

Error SystemError(std::string_view action, std::string_view subject, int errno_value) {
  std::string message = "cannot ";
  message.append(action).append(" ").append(subject).append(": ");
  message.append(std::generic_category().message(errno_value));
  return Error{KindOf(errno_value), std::move(message)};
}

}  // namespace airflow_host
