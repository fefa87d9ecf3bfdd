// Which visibility timeout Airflow takes where none is set: in
// airflow/providers/celery/executors/default_celery.py, before 2.7 airflow/config_templates/
// default_celery.py.
#include "exporter/insight/visibility_timeout.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace airflow_host {
namespace {

using std::chrono::seconds;
using Version = std::array<unsigned, 3>;

/// The defaults in their order, each with the first provider and the first Airflow that has it.
/// Airflow 2.10.5 installs provider 3.10.0, 3.0.6 3.12.2, 3.1.8 3.17.1; 2.11 began with one before
/// 3.12.3 and ended with 3.14.1, which its schema does not tell apart.
struct Default {
  Version provider;
  Version airflow;
  seconds timeout;
};
constexpr std::array<Default, 3> kDefaults = {{
    {{0, 0, 0}, {0, 0, 0}, seconds(21'600)},
    {{3, 7, 3}, {2, 10, 0}, seconds(84'600)},  // Meant as a day.
    {{3, 12, 3}, {3, 1, 0}, VisibilityTimeoutDefault::kNewest},
}};

/// {2, 10, 3} of "2.10.3-2.11.x", {3, 1, 0} of "3.1"; nothing where it begins with no two numbers.
std::optional<Version> ParseVersion(std::string_view text) {
  if (text.starts_with(">=")) text.remove_prefix(2);
  Version version{};
  std::size_t parts = 0;
  while (parts < version.size()) {
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), version.at(parts));
    if (parsed.ec != std::errc()) break;
    ++parts;
    text.remove_prefix(static_cast<std::size_t>(parsed.ptr - text.data()));
    if (!text.starts_with('.')) break;
    text.remove_prefix(1);
  }
  return parts >= 2 ? std::optional(version) : std::nullopt;
}

/// The last default that `version` has, `first` being the member to compare it with.
std::optional<seconds> DefaultOf(std::string_view version, Version Default::*first) {
  const auto parsed = ParseVersion(version);
  if (!parsed) return std::nullopt;
  seconds timeout{};
  for (const Default& one : kDefaults) {
    if (*parsed >= one.*first) timeout = one.timeout;
  }
  return timeout;
}

}  // namespace

std::optional<seconds> VisibilityTimeoutOfProvider(std::string_view version) {
  return DefaultOf(version, &Default::provider);
}

std::optional<seconds> VisibilityTimeoutOfAirflow(std::string_view releases) {
  return DefaultOf(releases, &Default::airflow);
}

void VisibilityTimeoutDefault::Learn(std::span<const InstallSample> installs) {
  std::optional<seconds> shortest;
  for (const InstallSample& install : installs) {
    const auto timeout = VisibilityTimeoutOfProvider(install.celery_provider);
    if (timeout) shortest = std::min(shortest.value_or(*timeout), *timeout);
  }
  // What is not to be seen just now, as while a worker restarts, has not changed.
  if (shortest) of_installs_ = shortest;
}

void VisibilityTimeoutDefault::Learn(const MetadataObservation& metadata) {
  if (!metadata.airflow_version) return;
  if (const auto timeout = VisibilityTimeoutOfAirflow(*metadata.airflow_version)) {
    of_database_ = timeout;
  }
}

std::shared_ptr<const BrokerObservation> VisibilityTimeoutDefault::Fill(
    std::shared_ptr<const BrokerObservation> broker) const {
  if (broker->visibility_timeout) return broker;
  auto filled = std::make_shared<BrokerObservation>(*broker);
  filled->visibility_timeout = of_installs_ ? *of_installs_ : of_database_.value_or(kNewest);
  return filled;
}

}  // namespace airflow_host
