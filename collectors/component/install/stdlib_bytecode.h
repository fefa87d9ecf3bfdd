// Whether Python's own modules are compiled anew at every start.
//
// The official images up to 3.1.3 leave out the compiled form of the standard library and keep its
// folders "__pycache__", which belong to root. An interpreter that is started there as another user
// (by a health check, once a minute) writes each compiled module to a new name, is refused, and the
// kernel remembers that the name does not exist: some 280 names for each start, which no process
// owns and the container is charged for. https://github.com/apache/airflow/issues/58509,
// https://github.com/apache/airflow/pull/58944
//
// Measured on Linux 6.18 with Python 3.11, per start with five modules of the library (nr_negative
// of /proc/sys/fs/dentry-state): 43 names as user 50000, and as root on a read-only mount; none
// that could be told from the noise with PYTHONDONTWRITEBYTECODE or PYTHONPYCACHEPREFIX, as root on
// a writable one, and once the files were there.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "collectors/component/install/contained_root.h"
#include "collectors/component/install/process_rights.h"
#include "collectors/component/install/python_interpreter.h"

namespace airflow_host {

/// What decides it, each empty where it could not be found out.
struct BytecodeFacts {
  std::optional<bool> cache_exists;    ///< `__pycache__` in the folder of the standard library.
  std::optional<bool> cache_filled;    ///< It holds os.cpython-3XY.pyc.
  std::optional<bool> cache_writable;  ///< The process may make files in it.
  /// PYTHONDONTWRITEBYTECODE is set and not empty, so that Python writes nothing, or
  /// PYTHONPYCACHEPREFIX is, so that it writes elsewhere.
  std::optional<bool> writing_off;
};

/// True where the folder exists AND os.cpython-3XY.pyc is not in it AND the process may not write
/// there AND PYTHONDONTWRITEBYTECODE is not set; false where one of them is known not to hold;
/// empty where it depends on one that is not known. Pure; any thread.
std::optional<bool> IsStdlibBytecodeMissing(const BytecodeFacts& facts);

/// The folder of the standard library (the one with os.py) of an interpreter: of `prefixes`, and
/// then of the official images and of Debian, the first that has it. Nothing where none has.
std::optional<std::string> FindStdlib(const ContainedRoot& root, const PythonVersion& version,
                                      const std::vector<std::string>& prefixes);

/// Looks at the cache in the folder `stdlib`. `rights` null: not known. Leaves writing_off empty.
BytecodeFacts LookAtBytecode(const ContainedRoot& root, const std::string& stdlib,
                             const PythonVersion& version, const ProcessRights* rights);

}  // namespace airflow_host
