// Which right the kernel's log needs, told to a person who has not given it.
#pragma once

#include <optional>
#include <string>

#include "collectors/support/error.h"

namespace airflow_host {

/// A sentence: that kills are not read from the log and why (`error`, of opening or reading it),
/// what to grant, and what is still counted without it. `restricted`: kernel.dmesg_restrict is set;
/// empty where that is not known. Pure; any thread.
std::string MissingLogRight(const Error& error, std::optional<bool> restricted);

}  // namespace airflow_host
