// The home of a user, from a passwd file.
//
//   airflow:x:50000:0:Airflow,,,:/home/airflow:/bin/bash
//
// https://man7.org/linux/man-pages/man5/passwd.5.html
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace airflow_host {

/// The home of the user with number `user` as `passwd`, the content of a passwd file, has it,
/// without a trailing slash; nothing where it is not there, or is no absolute path. Total; any
/// thread.
std::optional<std::string> HomeOfUser(std::string_view passwd, std::uint64_t user);

}  // namespace airflow_host
