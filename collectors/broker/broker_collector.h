// Reads the Celery broker on Redis.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "collectors/broker/broker_servers.h"
#include "collectors/broker/kombu_layout.h"
#include "collectors/broker/queue_lookup.h"
#include "collectors/collector.h"
#include "collectors/support/clock.h"
#include "collectors/support/error.h"

namespace airflow_host {

/// What the broker collector needs to know. A plain value that holds a secret (`url`).
struct BrokerSettings {
  /// `[celery] broker_url`: redis://, rediss://, redis+socket:// or sentinel://, or several joined
  /// by
  /// ";".
  std::string url;
  /// What Airflow's configuration says beside the URL: TLS, `master_name`, `sentinel_kwargs`.
  BrokerServerOptions server_options;
  /// `global_keyprefix` of `[celery_broker_transport_options]`.
  std::string key_prefix;
  /// `visibility_timeout` of the same section. Absent: Airflow's default holds.
  std::optional<std::chrono::seconds> visibility_timeout;
  /// Queues to count whether or not a binding set names them.
  std::vector<std::string> queues;
  /// Queues that somebody else knows of; may be null.
  std::shared_ptr<const QueueLookup> queue_lookup;
  /// Read the ids of messages, for which their whole text must be read.
  bool message_ids = false;
  /// `sep` of the same section.
  std::string separator{KombuLayout::kSeparator};
  /// `priority_steps` of the same section.
  std::vector<int> priority_steps = KombuLayout::DefaultPrioritySteps();
};

/// Builds the collector; connects to nothing yet. Its observations are BrokerObservation. Errors: a
/// URL that cannot be used, in a sentence without secrets. `clock` outlives the collector.
Expected<std::unique_ptr<Collector>> MakeBrokerCollector(BrokerSettings settings,
                                                         const Clock& clock);

}  // namespace airflow_host
