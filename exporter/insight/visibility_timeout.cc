// Which visibility timeout Airflow takes where none is set: in
// airflow/providers/celery/executors/default_celery.py, before 2.7 airflow/config_templates/
// default_celery.py.
#include "exporter/insight/visibility_timeout.h"

#include <algorithm>
#include <array>
#include <utility>

#include "collectors/support/release.h"

namespace airflow_host {
namespace {

using std::chrono::seconds;

/// The defaults in their order, each with the first provider and the first Airflow that has it.
/// Airflow 2.10.5 installs provider 3.10.0, 3.0.6 3.12.2, 3.1.8 3.17.1; 2.11 began with one before
/// 3.12.3 and ended with 3.14.1, which its schema does not tell apart.
struct Default {
  Release provider;
  Release airflow;
  seconds timeout;
};
constexpr std::array<Default, 3> kDefaults = {{
    {{0, 0, 0}, {0, 0, 0}, seconds(21'600)},
    {{3, 7, 3}, {2, 10, 0}, seconds(84'600)},  // Meant as a day.
    {{3, 12, 3}, {3, 1, 0}, VisibilityTimeoutDefault::kNewest},
}};

/// The last default that the release `text` has, `first` being the member to compare it with.
std::optional<seconds> DefaultOf(std::string_view text, Release Default::*first) {
  const auto release = ParseRelease(text);
  if (!release) return std::nullopt;
  seconds timeout{};
  for (const Default& one : kDefaults) {
    if (*release >= one.*first) timeout = one.timeout;
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
