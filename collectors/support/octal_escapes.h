// Decodes the escapes that the kernel writes for blanks in file names: "\040" is a space.
// Linux, fs/seq_file.c, mangle_path;
// https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html
#pragma once

#include <string>
#include <string_view>

namespace airflow_host {

/// `text` with each backslash and three octal digits (at most \377) replaced by the byte they name;
/// any other backslash stays as it is. Total. Any thread.
std::string DecodeOctalEscapes(std::string_view text);

}  // namespace airflow_host
