// Reads the flags with CLI11, and turns its exceptions into sentences of ours.
// https://cliutils.github.io/CLI11/book/
#include "exporter/settings/command_line.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <string_view>
#include <utility>

#include "collectors/support/text.h"
#include "collectors/support/url.h"
#include "exporter/settings/setting_value.h"

namespace airflow_host {
namespace {

using Options = std::vector<std::pair<const SettingRow*, CLI::Option*>>;

bool TakesValue(const SettingRow& row) {
  return row.kind != SettingKind::kSwitch && row.kind != SettingKind::kRequest;
}

std::string FlagNames(const SettingRow& row) {
  if (row.kind == SettingKind::kSwitch) return "--" + row.name + ",!--no-" + row.name;
  if (row.name == "help") return "-h,--help";
  return "--" + row.name;
}

/// All texts are kept, however often a flag is given: what is too often is told in our own words.
Options AddOptions(std::span<const SettingRow> rows, CLI::App& app) {
  Options options;
  options.reserve(rows.size());
  for (const SettingRow& row : rows) {
    CLI::Option* const option = TakesValue(row)
                                    ? app.add_option(FlagNames(row), row.help)->expected(1)
                                    : app.add_flag(FlagNames(row), row.help);
    option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)->allow_extra_args(false);
    options.emplace_back(&row, option);
  }
  return options;
}

/// `arguments` in CLI11's order, which is last to first. "--name=" becomes two arguments: CLI11
/// would take the next flag for the value.
std::vector<std::string> Reversed(const std::vector<std::string>& arguments) {
  std::vector<std::string> reversed;
  reversed.reserve(arguments.size());
  for (auto argument = arguments.rbegin(); argument != arguments.rend(); ++argument) {
    const bool empty_value =
        argument->starts_with("--") && argument->find('=') + 1 == argument->size();
    if (!empty_value) {
      reversed.push_back(*argument);
      continue;
    }
    reversed.emplace_back();
    reversed.push_back(argument->substr(0, argument->size() - 1));
  }
  return reversed;
}

std::string Unexpected(std::span<const SettingRow> rows, std::string_view argument) {
  if (!argument.starts_with('-') || argument == "-" || argument == "--") {
    return "unexpected argument " + Quoted(argument) + ": settings are given as flags; see --help";
  }
  std::string_view flag = argument.substr(0, argument.find('='));
  std::string message = "unknown flag ";
  // A URL that follows a single dash or a mistyped flag may hold a password.
  message.append(flag.find("://") == std::string_view::npos ? Printable(flag, 80)
                                                            : WithoutSecrets(flag));
  flag.remove_prefix(flag.starts_with("--") ? 2 : 1);
  const bool negated = flag.starts_with("no-");
  const std::string closest = ClosestName(rows, negated ? flag.substr(3) : flag);
  if (!closest.empty()) {
    message.append("; did you mean --").append(negated ? "no-" : "").append(closest).append("?");
  }
  return message + (closest.empty() ? "; see --help" : " See --help");
}

/// CLI11 names the flag somewhere in its text; our sentence names it first.
std::string MissingValue(std::string_view text) {
  const std::size_t begin = text.find("--");
  if (begin == std::string_view::npos) return "a flag lacks its value; see --help";
  const std::string_view name = text.substr(begin, text.find_first_of(": ,", begin) - begin);
  return "flag " + Printable(name, 80) + " lacks its value; see --help";
}

SettingsExpected<FlagValues> ValuesOf(const Options& options) {
  FlagValues values;
  for (const auto& [row, option] : options) {
    const std::vector<std::string>& texts = option->results();
    if (texts.empty()) continue;
    if (texts.size() > 1 && row->kind != SettingKind::kList && row->kind != SettingKind::kRequest) {
      return FailUsage("flag --" + row->name + " is given twice");
    }
    if (row->kind == SettingKind::kSecret) {
      return FailUsage("flag --" + row->name +
                       " would show a secret to every user of this host in the list of processes; "
                       "give it by the environment variable " +
                       EnvironmentName(row->name) + " or in the YAML file");
    }
    for (const std::string& text : texts) {
      if (row->kind == SettingKind::kRequest && text != "true") {
        return FailUsage("flag --" + row->name + " takes no value");
      }
      if (TakesValue(*row) && text.starts_with("--")) {
        return FailUsage("flag --" + row->name + " lacks its value; see --help");
      }
    }
    values.emplace(row->name, texts);
  }
  return values;
}

std::string HelpOf(const SettingRow& row) {
  if (row.kind == SettingKind::kSwitch) {
    return row.help + (row.default_text == "true" ? " (default: on)" : " (default: off)");
  }
  return row.default_text.empty() ? row.help : row.help + " (default: " + row.default_text + ")";
}

/// One setting: its names on the left, its help on the right, broken at blanks.
void AppendEntry(const SettingRow& row, std::string& text) {
  constexpr std::size_t kHelpColumn = 42;
  constexpr std::size_t kLineWidth = 100;
  std::string line = row.kind == SettingKind::kSwitch ? "  --[no-]" : "  --";
  line.append(row.name);
  if (TakesValue(row)) line.append("=").append(row.value_name);
  if (row.name == "help") line.append(", -h");
  const std::string help = HelpOf(row);
  for (std::string_view rest = help; const auto word = TakeField(rest);) {
    const bool first = rest.data() == help.data() + word->size();
    if (line.size() + 1 + word->size() > kLineWidth) {
      text.append(line).append("\n");
      line.clear();
    }
    const bool new_column = first || line.empty();
    line.resize(new_column ? std::max(line.size() + 2, kHelpColumn) : line.size() + 1, ' ');
    line.append(*word);
  }
  text.append(line).append("\n");
}

}  // namespace

SettingsExpected<FlagValues> ParseFlags(std::span<const SettingRow> rows,
                                        const std::vector<std::string>& arguments) {
  try {
    CLI::App app;
    app.set_help_flag();
    app.allow_extras();
    const Options options = AddOptions(rows, app);
    app.parse(Reversed(arguments));
    const std::vector<std::string> extras = app.remaining();
    if (!extras.empty()) return FailUsage(Unexpected(rows, extras.front()));
    return ValuesOf(options);
  } catch (const CLI::ArgumentMismatch& mismatch) {
    return FailUsage(MissingValue(mismatch.what()));
  } catch (const std::exception&) {
    // CLI11's text may hold the value, and the value a password.
    return FailUsage("the flags cannot be read; see --help");
  }
}

std::string HelpText(std::span<const SettingRow> rows) {
  std::string text =
      "usage: airflow-host-exporter [FLAGS]\n\n"
      "Prometheus exporter for the health of a host that runs Apache Airflow.\n\n"
      "A setting is taken from its flag, else from the environment (AIRFLOW_HOST_EXPORTER_ and "
      "the\n"
      "flag's name in capitals, with _ for dots and dashes), else from the YAML file, else from\n"
      "Airflow's own configuration, else it has the default shown here.\n";
  std::vector<std::string_view> groups;
  for (const SettingRow& row : rows) {
    if (std::find(groups.begin(), groups.end(), row.group) != groups.end()) continue;
    groups.push_back(row.group);
    text.append("\n").append(row.group).append(":\n");
    for (const SettingRow& member : rows) {
      if (member.group == row.group) AppendEntry(member, text);
    }
  }
  return text;
}

}  // namespace airflow_host
