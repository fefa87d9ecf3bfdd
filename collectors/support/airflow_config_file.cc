// Reads airflow.cfg.
#include "collectors/support/airflow_config_file.h"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "collectors/support/text.h"

namespace airflow_host {
namespace {

/// ConfigParser's MAX_INTERPOLATION_DEPTH.
constexpr int kDeepestInterpolation = 10;
constexpr int kMostReferences = 1000;
constexpr std::size_t kLongestValue = std::size_t{64} * 1024;
constexpr std::string_view kDefaultSection = "DEFAULT";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// str.isspace() for ASCII.
bool IsSpace(char byte) {
  const auto value = static_cast<unsigned char>(byte);
  return value == ' ' || (value >= 0x09U && value <= 0x0DU) || (value >= 0x1CU && value <= 0x1FU);
}

std::string_view StripEnd(std::string_view text) {
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return text;
}

std::size_t Indentation(std::string_view text) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), IsSpace) -
                                  text.begin());
}

std::string_view Strip(std::string_view text) { return StripEnd(text.substr(Indentation(text))); }

/// Takes a line off `rest`, whatever ends it: \n, \r\n or \r.
std::string_view TakeAnyLine(std::string_view& rest) {
  const std::size_t end = std::min(rest.find_first_of("\r\n"), rest.size());
  const std::string_view line = rest.substr(0, end);
  const bool two_bytes = rest.substr(end).starts_with("\r\n");
  rest.remove_prefix(std::min(rest.size(), end + (two_bytes ? 2U : 1U)));
  return line;
}

}  // namespace

/// The state of ConfigParser._read between two lines.
class AirflowConfigParser {
 public:
  Expected<AirflowConfigFile> Parse(std::string_view text) {
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    while (!text.empty()) {
      ++line_number_;
      if (auto taken = TakeLine(TakeAnyLine(text)); !taken) return tl::unexpected(taken.error());
    }
    EndValue();
    return std::move(file_);
  }

 private:
  Expected<void> TakeLine(std::string_view line) {
    const std::string_view content = Strip(line);
    if (content.starts_with('#') || content.starts_with(';')) return {};
    if (content.empty()) {
      if (value_ != nullptr) pending_.append("\n");
      return {};
    }
    const std::size_t indentation = Indentation(line);
    if (value_ != nullptr && indentation > indentation_) {
      pending_.append("\n").append(content);
      return {};
    }
    indentation_ = indentation;
    EndValue();
    const std::size_t close = content.rfind(']');
    const bool header = content.front() == '[' && close != std::string_view::npos && close > 1;
    return header ? BeginSection(content.substr(1, close - 1)) : BeginValue(content);
  }

  Expected<void> BeginSection(std::string_view name) {
    section_ = name;
    has_section_ = true;
    if (name != kDefaultSection && file_.sections_.contains(name)) {
      return Wrong("the section [" + Printable(name, 80) + "] stands twice");
    }
    file_.sections_.try_emplace(section_);
    return {};
  }

  Expected<void> BeginValue(std::string_view content) {
    if (!has_section_) return Wrong("a key stands before the first [section]");
    const std::size_t delimiter = content.find_first_of("=:");
    const std::string key = Lower(StripEnd(content.substr(0, delimiter)));
    if (delimiter == std::string_view::npos || key.empty()) {
      return Wrong("this is neither a [section] nor \"key = value\"");
    }
    const auto [place, added] = file_.sections_.find(section_)->second.try_emplace(key);
    if (!added) {
      return Wrong("the key " + Printable(key, 80) + " of [" + Printable(section_, 80) +
                   "] stands twice");
    }
    value_ = &place->second;
    pending_ = Strip(content.substr(delimiter + 1));
    return {};
  }

  /// Lines of a value are joined, and blank ones at its end dropped.
  void EndValue() {
    if (value_ != nullptr) *value_ = StripEnd(pending_);
    value_ = nullptr;
  }

  tl::unexpected<Error> Wrong(const std::string& reason) const {
    return Fail(ErrorKind::kMalformed, "line " + std::to_string(line_number_) + ": " + reason);
  }

  AirflowConfigFile file_;
  std::string section_;
  bool has_section_ = false;
  /// Where the value under way goes to; null between a section's header and its first key.
  std::string* value_ = nullptr;
  std::string pending_;
  std::size_t indentation_ = 0;
  std::size_t line_number_ = 0;
};

const std::string* AirflowConfigFile::FindRaw(std::string_view section,
                                              std::string_view key) const {
  const auto named = sections_.find(section);
  // A section that is missing has no keys, not even those of [DEFAULT]: ConfigParser.has_option.
  if (named == sections_.end()) return nullptr;
  const auto found = named->second.find(key);
  if (found != named->second.end()) return &found->second;
  const auto defaults = sections_.find(kDefaultSection);
  if (defaults == sections_.end()) return nullptr;
  const auto inherited = defaults->second.find(key);
  return inherited == defaults->second.end() ? nullptr : &inherited->second;
}

/// A value in the making. References to references could make it endless though it stays short, so
/// they are counted.
struct AirflowConfigFile::Expansion {
  std::string text;
  int references = 0;
};

bool AirflowConfigFile::Interpolate(std::string_view section, std::string_view raw, int depth,
                                    Expansion& expansion) const {
  if (depth > kDeepestInterpolation || ++expansion.references > kMostReferences) return false;
  while (!raw.empty()) {
    if (expansion.text.size() > kLongestValue) return false;
    const std::size_t percent = std::min(raw.find('%'), raw.size());
    expansion.text.append(raw.substr(0, percent));
    raw.remove_prefix(percent);
    if (raw.empty()) return true;
    if (raw.starts_with("%%")) {
      expansion.text.push_back('%');
      raw.remove_prefix(2);
      continue;
    }
    const std::size_t close = raw.find(')');
    const bool reference = raw.starts_with("%(") && close != std::string_view::npos && close > 2 &&
                           raw.substr(close).starts_with(")s");
    if (!reference) return false;
    const std::string* const other = FindRaw(section, Lower(raw.substr(2, close - 2)));
    if (other == nullptr || !Interpolate(section, *other, depth + 1, expansion)) return false;
    raw.remove_prefix(close + 2);
  }
  return true;
}

Expected<std::optional<std::string>> AirflowConfigFile::Get(std::string_view section,
                                                            std::string_view key) const {
  const std::string* const raw = FindRaw(section, key);
  if (raw == nullptr) return std::nullopt;
  Expansion expansion;
  if (Interpolate(section, *raw, 1, expansion)) return std::move(expansion.text);
  return Fail(ErrorKind::kMalformed,
              "[" + std::string(section) + "] " + std::string(key) +
                  " holds a % that is neither doubled nor part of %(name)s; write %% for a percent "
                  "sign");
}

Expected<AirflowConfigFile> ParseAirflowConfigFile(std::string_view text) {
  return AirflowConfigParser().Parse(text);
}

}  // namespace airflow_host
