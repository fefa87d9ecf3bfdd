// The kernel's log as a stream of records, read without ever waiting.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "collectors/support/error.h"

namespace airflow_host {

/// What one reading of the log gave.
enum class LogReading {
  kRecord,
  kEnd,      ///< Nothing new: all that was logged has been read.
  kOverrun,  ///< Records were overwritten before they were read; the next one is the oldest left.
  kSkipped,  ///< A record that is longer than any that the kernel writes; it was passed over.
};

/// One reader's place in the log. Used by one thread.
class KernelLog {
 public:
  KernelLog() = default;
  KernelLog(const KernelLog&) = delete;
  KernelLog& operator=(const KernelLog&) = delete;
  virtual ~KernelLog() = default;

  /// The next record, valid until the next call. Never blocks. An Error where the log cannot be
  /// read any more.
  virtual Expected<LogReading> Next(std::string_view& record) = 0;
};

/// Opens the device `path` (/dev/kmsg) at the oldest record that it holds. Errors: those of
/// open(2); without CAP_SYSLOG where kernel.dmesg_restrict is set it is kDenied. Any thread.
Expected<std::unique_ptr<KernelLog>> OpenKernelLog(const std::string& path);

}  // namespace airflow_host
