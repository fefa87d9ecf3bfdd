// Searches Airflow's configuration in Airflow's order.
#include "exporter/settings/airflow_configuration.h"

#include <cctype>
#include <utility>

#include "exporter/settings/shell_words.h"

namespace airflow_host {
namespace {

/// AIRFLOW__CELERY_BROKER_TRANSPORT_OPTIONS__VISIBILITY_TIMEOUT
std::string VariableName(std::string_view section, std::string_view key) {
  std::string name = "AIRFLOW__";
  const auto append_upper = [&name](std::string_view text) {
    for (const char byte : text) {
      const auto upper = static_cast<char>(std::toupper(static_cast<unsigned char>(byte)));
      name.push_back(byte == '.' ? '_' : upper);
    }
  };
  append_upper(section);
  name.append("__");
  append_upper(key);
  return name;
}

std::string VariableOrigin(const std::string& name) { return "environment variable " + name; }

}  // namespace

void AirflowConfiguration::UseFile(AirflowConfigFile file, std::string path) {
  file_ = std::move(file);
  path_ = std::move(path);
}

std::string AirflowConfiguration::FileOrigin(std::string_view section, std::string_view key) const {
  return path_ + " [" + std::string(section) + "] " + std::string(key);
}

AirflowConfiguration::Found AirflowConfiguration::Expanded(std::string_view text,
                                                           std::string origin) const {
  auto expanded = ExpandVariables(text, environment_, home_);
  if (!expanded) return Fail(expanded.error().kind, origin + " " + expanded.error().message);
  return AirflowValue{*std::move(expanded), std::move(origin)};
}

AirflowConfiguration::Found AirflowConfiguration::FromCommand(std::string_view command,
                                                              std::string origin) const {
  if (!runner_) {
    return Fail(ErrorKind::kDenied,
                origin +
                    " names a command, and commands of Airflow's configuration are not run; "
                    "give the URL by file, or allow them with --airflow.allow-commands");
  }
  const auto words = SplitWords(command);
  if (!words) {
    return Fail(words.error().kind, "the command of " + origin +
                                        " cannot be split into words: " + words.error().message);
  }
  auto output = runner_(*words);
  if (!output) {
    return Fail(output.error().kind, "the command of " + origin + " " + output.error().message);
  }
  return AirflowValue{*std::move(output), std::move(origin)};
}

AirflowConfiguration::Found AirflowConfiguration::Secret(const std::string& origin) const {
  return Fail(ErrorKind::kDenied,
              origin +
                  " names an entry of a secrets backend, and those are not asked; give the URL "
                  "by file");
}

AirflowConfiguration::Found AirflowConfiguration::FromEnvironment(std::string_view section,
                                                                  std::string_view key,
                                                                  bool sensitive) const {
  const std::string name = VariableName(section, key);
  if (const auto value = Find(environment_, name)) return Expanded(*value, VariableOrigin(name));
  if (!sensitive) return std::nullopt;
  const std::string command_name = name + "_CMD";
  if (const auto command = Find(environment_, command_name)) {
    return FromCommand(*command, VariableOrigin(command_name));
  }
  const std::string secret_name = name + "_SECRET";
  if (Find(environment_, secret_name)) return Secret(VariableOrigin(secret_name));
  return std::nullopt;
}

AirflowConfiguration::Found AirflowConfiguration::FromFile(std::string_view section,
                                                           std::string_view key) const {
  auto value = file_->Get(section, key);
  if (!value) return Fail(value.error().kind, path_ + " " + value.error().message);
  if (!*value) return std::nullopt;
  return Expanded(**value, FileOrigin(section, key));
}

AirflowConfiguration::Found AirflowConfiguration::FromFileCommand(std::string_view section,
                                                                  std::string_view key) const {
  const std::string command_key = std::string(key) + "_cmd";
  auto command = file_->Get(section, command_key);
  if (!command) return Fail(command.error().kind, path_ + " " + command.error().message);
  if (!*command) return std::nullopt;
  auto found = FromCommand(**command, FileOrigin(section, command_key));
  // Here, unlike in the environment, Airflow goes on where the output is empty.
  if (found && (*found)->text.empty()) return std::nullopt;
  return found;
}

AirflowConfiguration::Found AirflowConfiguration::FromFileSecret(std::string_view section,
                                                                 std::string_view key) const {
  const std::string secret_key = std::string(key) + "_secret";
  const auto secret = file_->Get(section, secret_key);
  if (secret && !*secret) return std::nullopt;
  return Secret(FileOrigin(section, secret_key));
}

AirflowConfiguration::Found AirflowConfiguration::Get(const AirflowOption& option) const {
  const bool has_older = !option.older_key.empty();
  const auto found = [](const Found& result) { return !result || result->has_value(); };
  const auto in_either = [&](auto look) -> Found {
    Found result = look(option.section, option.key);
    if (found(result) || !has_older) return result;
    return look(option.older_section, option.older_key);
  };
  Found result = in_either([&](std::string_view section, std::string_view key) {
    return FromEnvironment(section, key, option.sensitive);
  });
  if (found(result) || !file_) return result;
  result = in_either(
      [&](std::string_view section, std::string_view key) { return FromFile(section, key); });
  if (found(result) || !option.sensitive) return result;
  result = in_either([&](std::string_view section, std::string_view key) {
    return FromFileCommand(section, key);
  });
  if (found(result)) return result;
  return in_either(
      [&](std::string_view section, std::string_view key) { return FromFileSecret(section, key); });
}

}  // namespace airflow_host
