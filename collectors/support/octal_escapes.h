// Decodes the escapes that the kernel writes for blanks in file names: "\040" is a space.
// Linux, fs/seq_file.c, mangle_path;
// https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html
#pragma once

#include <string>
#include <string_view>

namespace airflow_host {

/// Replaces `decoded` by `text` with each backslash and three octal digits (at most \377) replaced
/// by the byte they name; any other backslash stays as it is. Total; no allocation where the
/// capacity of `decoded` suffices. Any thread.
void DecodeOctalEscapes(std::string_view text, std::string& decoded);

/// The same as a string of its own.
std::string DecodeOctalEscapes(std::string_view text);

}  // namespace airflow_host
