// The environment as a value, and what Python's os.path makes of `~` and `$NAME`: Airflow passes
// every value of its own through both.
//
//   ~/airflow          /home/airflow/airflow
//   ${AIRFLOW_HOME}/x  /opt/airflow/x        (left as it stands where the variable is not set)
//
// https://docs.python.org/3/library/os.path.html#os.path.expandvars
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "collectors/support/error.h"

namespace airflow_host {

/// Names and values. Read once at start; nothing here touches the process's own.
using Environment = std::map<std::string, std::string, std::less<>>;

/// The entries of an `environ`: "NAME=VALUE" each, ended by a null pointer. The first entry of a
/// name counts, as it does for getenv(3).
Environment EnvironmentOf(const char* const* entries);

/// The value of `name`, or nothing where it is not set. The view is of `environment`.
std::optional<std::string_view> Find(const Environment& environment, std::string_view name);

/// The user's home directory without a trailing slash: HOME, or else `fallback`.
std::string HomeDirectory(const Environment& environment, std::string_view fallback);

/// `text` with a leading `~` replaced by `home`; `~name` is left as it stands.
std::string ExpandUser(std::string_view text, std::string_view home);

/// `text` with `~`, `$NAME` and `${NAME}` replaced until nothing changes, as Airflow's
/// expand_env_var does. An error where the replacing does not end (Airflow would hang); it never
/// repeats the text. https://github.com/apache/airflow (configuration parser, expand_env_var)
Expected<std::string> ExpandVariables(std::string_view text, const Environment& environment,
                                      std::string_view home);

}  // namespace airflow_host
