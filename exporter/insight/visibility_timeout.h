// The visibility timeout where Airflow's configuration does not set it: Airflow's own default,
// which its releases have changed. Neither the broker nor the exporter's settings tell the release;
// the processes and the metadata database do.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "collectors/broker/broker_observation.h"
#include "collectors/component/install/install_summary.h"
#include "collectors/metadata/metadata_observation.h"

namespace airflow_host {

/// The default of the Celery provider `version` ("3.12.3"); nothing where it is no version. Pure;
/// any thread.
std::optional<std::chrono::seconds> VisibilityTimeoutOfProvider(std::string_view version);

/// The default of the Celery provider that `releases` of Airflow come with ("2.10.3-2.11.x",
/// ">=3.1.0"): the one before 2.10, that of 2.10 to 3.0, or that from 3.1 on; nothing where it is
/// no version. Pure; any thread.
std::optional<std::chrono::seconds> VisibilityTimeoutOfAirflow(std::string_view releases);

/// Remembers which default holds, and puts it where none is set. Used by one thread.
class VisibilityTimeoutDefault {
 public:
  /// Where nothing is known of the release: the newest one's.
  static constexpr std::chrono::seconds kNewest{86'400};

  /// Learns from what is installed on this host. It outweighs the database, for a provider may be
  /// another than its Airflow came with; of several the shortest counts, which redelivers first.
  void Learn(std::span<const InstallSample> installs);

  /// Learns from the release that the database's schema tells.
  void Learn(const MetadataObservation& metadata);

  /// `broker`, or a copy that has the default, where its visibility timeout is not set.
  std::shared_ptr<const BrokerObservation> Fill(
      std::shared_ptr<const BrokerObservation> broker) const;

 private:
  std::optional<std::chrono::seconds> of_installs_;
  std::optional<std::chrono::seconds> of_database_;
};

}  // namespace airflow_host
