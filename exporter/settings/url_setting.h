// The two URLs that may hold a password: of the metadata database and of the broker. Each is given
// in a file of its own or as it stands, but never with its password in argv, where every user of
// the host could read it.
#pragma once

#include <string>
#include <string_view>

#include "exporter/settings/setting_sources.h"
#include "exporter/settings/settings_error.h"

namespace airflow_host {

/// Decides between `name`.url-file and `name`.url: the stronger source counts, the other setting
/// falls back to none. If it is the file, reads it (below `root`, which is put before its path) and
/// gives its content to `name`.url. Errors, all of usage: both from one source, a file that cannot
/// be read or does not hold one URL, a password in a flag. Any thread.
SettingsExpected<void> ChooseUrl(std::string_view name, std::string_view root,
                                 SourcedSettings& settings);

}  // namespace airflow_host
