// Decides where a URL that may hold a password comes from.
#include "exporter/settings/url_setting.h"

#include <cstddef>

#include "collectors/support/file_reader.h"
#include "collectors/support/text.h"
#include "collectors/support/url.h"
#include "exporter/settings/setting_value.h"

namespace airflow_host {
namespace {

constexpr std::size_t kLongestUrl = std::size_t{16} * 1024;

/// Gives the content of the file that `file` names to `url`.
SettingsExpected<void> TakeFromFile(std::string_view root, const SourcedSetting& file,
                                    SourcedSetting& url) {
  const std::string& path = file.values.front();
  if (const auto name = ParseFileName(path); !name) {
    return FailUsage(SubjectOf(file) + " " + name.error().message);
  }
  std::string buffer;
  const auto content = ReadFile(std::string(root) + path, buffer, kLongestUrl + 1);
  if (!content) return FailUsage(SubjectOf(file) + ": " + content.error().message);
  const std::string_view text = Trim(*content);
  const bool one_line = text.find_first_of("\r\n") == std::string_view::npos;
  if (text.empty() || !one_line || text.size() > kLongestUrl) {
    return FailUsage(SubjectOf(file) + ": the file " + Quoted(path) +
                     " must hold one URL and nothing else");
  }
  url.values = {std::string(text)};
  url.source = file.source;
  url.origin = "file " + Printable(path, 200);
  url.given = true;
  return {};
}

}  // namespace

SettingsExpected<void> ChooseUrl(std::string_view name, std::string_view root,
                                 SourcedSettings& settings) {
  SourcedSetting& file = settings.Find(std::string(name) + ".url-file");
  SourcedSetting& url = settings.Find(std::string(name) + ".url");
  // An empty text, which only a flag or the file of settings can give, stands for none.
  for (SourcedSetting* const setting : {&file, &url}) {
    if (setting->given && Trim(setting->values.front()).empty()) Forget(*setting);
  }
  if (file.given && url.given && file.source == url.source) {
    return FailUsage(SubjectOf(url) + " and " + SubjectOf(file) +
                     " exclude each other: give one of them");
  }
  const bool take_file = file.given && (!url.given || file.source < url.source);
  if (take_file) return TakeFromFile(root, file, url);
  Forget(file);
  if (!url.given || url.source != SettingSource::kFlag) return {};
  const bool secret = WithoutSecrets(url.values.front()).find("***") != std::string::npos;
  if (!secret) return {};
  return FailUsage("flag --" + url.row->name +
                   " holds a password, which every user of this host can read in the list of "
                   "processes; give the URL by --" +
                   file.row->name + ", by the environment variable " +
                   EnvironmentName(url.row->name) + " or in the YAML file");
}

}  // namespace airflow_host
