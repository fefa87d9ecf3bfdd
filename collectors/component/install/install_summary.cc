// Puts together what single processes tell.
#include "collectors/component/install/install_summary.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <utility>

namespace airflow_host {
namespace {

/// The four labels, in the order of METRICS, with the names under which their sources are told.
using Label = MaybeInstallValue<std::string> InstallFacts::*;
constexpr std::array<std::pair<std::string_view, Label>, 4> kLabels = {{
    {"version", &InstallFacts::version},
    {"celery_provider", &InstallFacts::celery_provider},
    {"python", &InstallFacts::python},
    {"executor", &InstallFacts::executor},
}};

std::size_t KnownLabels(const InstallFacts& facts) {
  return static_cast<std::size_t>(std::count_if(
      kLabels.begin(), kLabels.end(), [&](const auto& label) { return facts.*label.second; }));
}

bool KnowsAnything(const InstallFacts& facts) { return KnownLabels(facts) > 0; }

/// They can be of one installation: of one version (or both of an unknown one), and no other label
/// that both know differs.
bool Agree(const InstallFacts& one, const InstallFacts& other) {
  if (one.version.has_value() != other.version.has_value()) return false;
  return std::all_of(kLabels.begin(), kLabels.end(), [&](const auto& label) {
    const auto& first = one.*label.second;
    const auto& second = other.*label.second;
    return !first || !second || first->value == second->value;
  });
}

/// Takes over what `from` knows and `into` does not, or has from a better source.
template <typename T>
void Merge(MaybeInstallValue<T>& into, const MaybeInstallValue<T>& from) {
  if (from && (!into || from->source < into->source)) into = from;
}

void MergeFacts(InstallFacts& into, const InstallFacts& from) {
  for (const auto& label : kLabels) Merge(into.*label.second, from.*label.second);
  for (std::size_t index = 0; index < kInstallNumberCount; ++index) {
    Merge(into.numbers.at(index), from.numbers.at(index));
  }
  Merge(into.otel_traces, from.otel_traces);
}

/// The installations, each with all that its processes know of it.
std::vector<InstallFacts> Distinct(std::span<const InstallEntry> entries) {
  std::vector<InstallFacts> sorted;
  for (const InstallEntry& entry : entries) {
    if (KnowsAnything(entry.facts)) sorted.push_back(entry.facts);
  }
  // Who knows most comes first, so that the others find what they agree with.
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& one, const auto& other) {
    return KnownLabels(one) > KnownLabels(other);
  });
  std::vector<InstallFacts> distinct;
  for (const InstallFacts& facts : sorted) {
    const auto same = std::find_if(distinct.begin(), distinct.end(),
                                   [&](const auto& other) { return Agree(facts, other); });
    if (same != distinct.end()) {
      MergeFacts(*same, facts);
    } else if (distinct.size() < InstallSummary::kMostInstalls) {
      distinct.push_back(facts);
    }
  }
  return distinct;
}

/// "dist-info:version,celery_provider exe:python".
std::string SourcesOf(const InstallFacts& facts) {
  std::array<std::string, kInstallSourceCount> items;
  const auto add = [&](std::string_view name, const auto& value) {
    if (!value) return;
    std::string& list = items.at(static_cast<std::size_t>(value->source));
    list.append(list.empty() ? "" : ",").append(name);
  };
  for (const auto& [name, member] : kLabels) add(name, facts.*member);
  for (std::size_t index = 0; index < kInstallNumberCount; ++index) {
    add(InstallNumberName(static_cast<InstallNumber>(index)), facts.numbers.at(index));
  }
  add("otel_traces", facts.otel_traces);
  std::string sources;
  for (std::size_t index = 0; index < kInstallSourceCount; ++index) {
    if (items.at(index).empty()) continue;
    sources.append(sources.empty() ? "" : " ");
    sources.append(InstallSourceName(static_cast<InstallSource>(index))).append(":");
    sources.append(items.at(index));
  }
  return sources;
}

InstallSample SampleOf(const InstallFacts& facts) {
  const auto text = [](const auto& value) { return value ? value->value : std::string(); };
  return {text(facts.version), text(facts.celery_provider), text(facts.python),
          text(facts.executor), SourcesOf(facts)};
}

/// Which component obeys a setting.
Component ObeyedBy(InstallNumber number) {
  const bool worker =
      number == InstallNumber::kWorkerConcurrency || number == InstallNumber::kWorkerAutoscaleMax;
  return worker ? Component::kCeleryWorker : Component::kScheduler;
}

/// The value of a setting for `component`, from its oldest process that knows one.
std::optional<std::int64_t> ValueFor(Component component, InstallNumber number,
                                     std::span<const InstallEntry> entries) {
  for (const InstallEntry& entry : entries) {
    const auto& value = entry.facts.number(number);
    if (entry.component == component && value) return value->value;
  }
  return std::nullopt;
}

std::optional<std::int64_t> ValueOf(InstallNumber number, std::span<const InstallEntry> entries) {
  if (const auto value = ValueFor(ObeyedBy(number), number, entries)) return value;
  for (const InstallEntry& entry : entries) {
    if (const auto& value = entry.facts.number(number)) return value->value;
  }
  return std::nullopt;
}

/// True if any is, false if at least one is known.
void MergeFlag(std::optional<bool>& into, std::optional<bool> from) {
  if (from) into = into.value_or(false) || *from;
}

/// One sentence about the rights that were missing.
std::string ProblemOf(std::span<const InstallEntry> entries) {
  std::size_t denied = 0;
  bool root = false;
  bool owned = false;
  for (const InstallEntry& entry : entries) {
    const bool files = entry.environment_denied || entry.config_denied;
    if (entry.root_denied || files) ++denied;
    root = root || entry.root_denied;
    owned = owned || files;
  }
  if (denied == 0) return {};
  std::string what = root ? "the files below /proc/PID/root" : "";
  if (owned) what.append(root ? ", " : "").append("/proc/PID/environ or airflow.cfg");
  const char* const rights = root && owned ? "CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH"
                             : root        ? "CAP_SYS_PTRACE"
                                           : "CAP_DAC_READ_SEARCH (beside CAP_SYS_PTRACE)";
  return "What is installed is not fully known: " + what + " could not be read for " +
         std::to_string(denied) + " of " + std::to_string(entries.size()) +
         " main processes of Airflow; give the exporter " + rights +
         ", or run it as Airflow's user.";
}

}  // namespace

std::optional<std::uint32_t> ConcurrencyOf(const InstallFacts& facts) {
  const auto& upper = facts.number(InstallNumber::kWorkerAutoscaleMax);
  const auto& number = upper ? upper : facts.number(InstallNumber::kWorkerConcurrency);
  constexpr std::int64_t kMost = std::numeric_limits<std::uint32_t>::max();
  if (!number || number->value <= 0 || number->value > kMost) return std::nullopt;
  return static_cast<std::uint32_t>(number->value);
}

InstallSummary Summarize(std::span<const InstallEntry> entries) {
  InstallSummary summary;
  for (const InstallFacts& facts : Distinct(entries)) summary.installs.push_back(SampleOf(facts));
  for (std::size_t index = 0; index < kInstallNumberCount; ++index) {
    const auto number = static_cast<InstallNumber>(index);
    if (const auto value = ValueOf(number, entries)) {
      summary.settings.push_back({InstallNumberName(number), *value});
    }
  }
  for (const InstallEntry& entry : entries) {
    MergeFlag(summary.stdlib_bytecode_missing, entry.facts.stdlib_bytecode_missing);
    const auto& traces = entry.facts.otel_traces;
    if (traces) MergeFlag(summary.otel_traces_enabled, traces->value);
  }
  summary.problem = ProblemOf(entries);
  return summary;
}

}  // namespace airflow_host
