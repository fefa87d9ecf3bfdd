// Reads the YAML file of settings with yaml-cpp.
// https://github.com/jbeder/yaml-cpp/wiki/Tutorial
#include "exporter/settings/yaml_file.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <exception>
#include <set>
#include <sstream>
#include <string>
#include <utility>

#include "exporter/settings/setting_value.h"

namespace airflow_host {
namespace {

using YamlSettings = std::vector<YamlSetting>;

/// Aliases can make a small file endless.
constexpr int kDeepest = 8;
constexpr std::size_t kMostSettings = 1000;
constexpr std::string_view kCollector = "collector.";
constexpr std::string_view kEnabled = ".enabled";
/// Its keys are the user's: `mysql: "mysqld*"` below it is one item of a list, "mysql=mysqld*".
constexpr std::string_view kNamedList = "component.neighbours";

std::string Place(std::string_view path, int line) {
  return std::string(path) + " line " + std::to_string(line + 1) + ": ";
}

/// Takes a document in and keeps nothing of it.
class IgnoredDocument final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

/// Whether anything follows the first document. Not by YAML::LoadAll: on some texts, such as a
/// single comma, it gathers empty documents until the memory is exhausted (yaml-cpp 0.7).
bool HoldsMore(const std::string& content) {
  std::istringstream stream(content);
  YAML::Parser parser(stream);
  IgnoredDocument ignored;
  return parser.HandleNextDocument(ignored) && parser.HandleNextDocument(ignored);
}

/// Gathers the settings of one document.
class Flattener {
 public:
  explicit Flattener(std::string_view path) : path_(path) {}

  Expected<YamlSettings> Flatten(const YAML::Node& document) {
    if (!document.IsDefined() || document.IsNull()) return YamlSettings{};
    if (!document.IsMap()) {
      return tl::unexpected(At(document.Mark(), "the file must hold keys such as \"web:\""));
    }
    if (auto added = AddMap(document, "", 0); !added) return tl::unexpected(added.error());
    return std::move(settings_);
  }

 private:
  Error At(const YAML::Mark& mark, const std::string& reason) const {
    return Error{ErrorKind::kMalformed, Place(path_, mark.line) + reason};
  }

  Expected<void> AddMap(const YAML::Node& map, const std::string& prefix, int depth) {
    for (const auto& entry : map) {
      const YAML::Mark mark = entry.first.Mark();
      if (!entry.first.IsScalar()) return tl::unexpected(At(mark, "a key must be a plain word"));
      const std::string name = prefix + entry.first.Scalar();
      if (depth >= kDeepest || settings_.size() >= kMostSettings) {
        return tl::unexpected(At(mark, "the keys are nested too deeply or are too many"));
      }
      const bool map_below = entry.second.IsMap();
      auto added = map_below ? AddMap(entry.second, name + ".", depth + 1)
                             : AddSetting(name, mark, entry.second);
      if (!added) return added;
    }
    return {};
  }

  Expected<void> AddSetting(const std::string& name, const YAML::Mark& mark,
                            const YAML::Node& node) {
    YamlSetting setting{
        WithoutEnabled(name), {}, node.IsSequence(), static_cast<std::size_t>(mark.line) + 1};
    if (node.IsScalar()) {
      setting.values.push_back(node.Scalar());
    } else if (!setting.sequence) {
      return tl::unexpected(At(mark, "the key " + Quoted(name) + " has no value"));
    } else {
      for (const auto& item : node) {
        if (!item.IsScalar() || setting.values.size() >= kMostSettings) {
          return tl::unexpected(At(mark, "the key " + Quoted(name) + " wants a list of words"));
        }
        setting.values.push_back(item.Scalar());
      }
    }
    return AddOnce(std::move(setting), name, mark);
  }

  Expected<void> AddOnce(YamlSetting setting, const std::string& name, const YAML::Mark& mark) {
    if (name.starts_with(std::string(kNamedList) + ".") && name.size() > kNamedList.size() + 1) {
      return AddNamed(std::move(setting), name, mark);
    }
    for (const YamlSetting& other : settings_) {
      if (other.name != setting.name) continue;
      return tl::unexpected(At(mark, "the key " + Quoted(name) + " stands already in line " +
                                         std::to_string(other.line)));
    }
    settings_.push_back(std::move(setting));
    return {};
  }

  Expected<void> AddNamed(YamlSetting setting, const std::string& name, const YAML::Mark& mark) {
    const std::string key = name.substr(kNamedList.size() + 1);
    for (std::string& value : setting.values) {
      if (value.find(',') != std::string::npos) {
        return tl::unexpected(
            At(mark, "the pattern for " + Quoted(key) + " holds a comma; write ? in its place"));
      }
      value.insert(0, key + "=");
    }
    if (!named_.insert(key).second) {
      return tl::unexpected(At(mark, "the key " + Quoted(name) + " stands already in the file"));
    }
    if (named_.size() == 1) {
      setting.name = kNamedList;
      setting.sequence = true;
      return AddOnce(std::move(setting), std::string(kNamedList), mark);
    }
    for (YamlSetting& list : settings_) {
      if (list.name != kNamedList) continue;
      list.values.insert(list.values.end(), setting.values.begin(), setting.values.end());
    }
    return {};
  }

  /// A map cannot hold both `host: true` and `host: {cadence: 1s}`.
  static std::string WithoutEnabled(const std::string& name) {
    const bool shorthand = name.starts_with(kCollector) && name.ends_with(kEnabled) &&
                           name.size() > kCollector.size() + kEnabled.size();
    return shorthand ? name.substr(0, name.size() - kEnabled.size()) : name;
  }

  std::string path_;
  YamlSettings settings_;
  std::set<std::string> named_;  ///< The keys below kNamedList.
};

}  // namespace

Expected<YamlSettings> ParseYamlSettings(std::string_view text, std::string_view path) {
  try {
    const std::string content(text);
    const YAML::Node document = YAML::Load(content);
    if (HoldsMore(content)) {
      return Fail(ErrorKind::kMalformed,
                  std::string(path) + " holds more than one YAML document (parted by ---)");
    }
    return Flattener(path).Flatten(document);
  } catch (const YAML::Exception& failure) {
    const int line = failure.mark.is_null() ? 0 : failure.mark.line;
    return Fail(ErrorKind::kMalformed, Place(path, line) + "this is not YAML: " + failure.msg);
  } catch (const std::exception& failure) {
    return Fail(ErrorKind::kMalformed,
                std::string(path) + " cannot be read as YAML: " + failure.what());
  }
}

}  // namespace airflow_host
