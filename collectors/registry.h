// The one table of collectors. It drives the flags, --help, the README's table, the cadences and
// the page: a new collector is one folder and one row here. An explicit table, because a static
// library drops objects that register themselves.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collectors/collector.h"
#include "collectors/component/neighbour_groups.h"
#include "collectors/metadata/airflow_thresholds.h"
#include "collectors/support/clock.h"
#include "collectors/support/metric_writer.h"
#include "collectors/support/paths.h"

namespace airflow_host {

class QueueLookup;
class TaskLookup;

/// What the factories are given: the resolved settings that concern a source. A plain value.
struct CollectorSettings {
  Paths paths;
  /// How often the host is observed, against which its stalls are told.
  std::chrono::milliseconds host_cadence{1000};
  /// AIRFLOW_HOME; its file system is watched. Empty where none is known.
  std::string airflow_home;
  /// `[logging] base_log_folder`, where tasks' logs are written; its file system is watched. Empty
  /// where it is not configured; AIRFLOW_HOME/logs stands for one that is no absolute path.
  std::string airflow_logs;
  /// Directories whose file systems are watched besides the root and AIRFLOW_HOME (`~` resolved).
  std::vector<std::string> mountpoints;
  /// How often every process is read.
  std::chrono::milliseconds component_cadence{5000};
  /// What reading PSS, private memory and file descriptors may cost, in percent of one core.
  double pss_budget_percent = 1;
  /// The user's own groups of neighbours.
  std::vector<NeighbourGroup> neighbours;
  /// The container engine's socket; asked by GET only. Empty: never asked.
  std::string docker_socket;
  /// The same of podman, for its own containers.
  std::string podman_socket;
  /// The kernel's log, a device.
  std::string kmsg = "/dev/kmsg";
  /// SQLAlchemy URL of the metadata database, secrets included; absent where none was given.
  std::optional<std::string> database_url;
  /// `[database] sql_alchemy_schema`; empty means PostgreSQL's own search path.
  std::string database_schema;
  /// What Airflow's configuration says of the thresholds of tasks and components.
  ThresholdSettings metadata_thresholds;
  /// Ids of task instances whose names the program wants from the database; may be null.
  std::shared_ptr<TaskLookup> task_lookup;
  /// kombu URL of the Celery broker, secrets included; absent where none was given.
  std::optional<std::string> broker_url;
  /// `global_keyprefix` of `[celery_broker_transport_options]`.
  std::string broker_key_prefix;
  /// `visibility_timeout` of the same section; absent where not set (Airflow's default holds).
  std::optional<std::chrono::seconds> broker_visibility_timeout;
  /// Queues to report besides those that the broker's bindings name; `[operators] default_queue`.
  std::vector<std::string> broker_queues;
  /// Queues that the program has learned of, for the broker collector; may be null.
  std::shared_ptr<QueueLookup> queue_lookup;
  /// Read the ids of the broker's messages, for which their whole text must be read.
  bool broker_message_ids = false;
  /// `sep` of `[celery_broker_transport_options]`; absent: kombu's own.
  std::optional<std::string> broker_separator;
  /// `priority_steps` of the same section; empty: kombu's own.
  std::vector<int> broker_priority_steps;
  /// `master_name` of the same section: what the sentinels call the master.
  std::string broker_master_name;
  /// `sentinel_kwargs` of the same section, a JSON object, secrets included; empty: none.
  std::string broker_sentinel_options;
  /// `[celery] ssl_active`: TLS for a URL that says nothing of it, with these PEM files.
  bool broker_tls = false;
  /// A certificate that is checked must name the host, where no ssl_check_hostname says otherwise.
  bool broker_tls_check_hostname = true;
  std::string broker_tls_authorities_file;  ///< `ssl_cacert`.
  std::string broker_tls_certificate_file;  ///< `ssl_cert`.
  std::string broker_tls_key_file;          ///< `ssl_key`.

  bool operator==(const CollectorSettings&) const = default;
};

/// One collector as the program knows it.
struct CollectorRow {
  std::string_view name;  ///< "host": flag --collector.host, label collector="host".
  std::string_view help;  ///< One line for --help and the README.
  bool enabled_by_default;
  std::chrono::milliseconds cadence;  ///< Default of --collector.NAME.cadence.
  /// How long one observation may take before it counts as failed.
  std::chrono::milliseconds time_limit;
  /// Talks to a server (a container engine is one), so it may fail, hang and come back at any time.
  bool remote;
  /// Builds the collector. kAbsent: the settings name no source, and the message says how to give
  /// one. Any other error: what is wrong with the settings.
  Expected<std::unique_ptr<Collector>> (*create)(const CollectorSettings&, const Clock&);
  /// Adds the metrics of one observation (null: none that is fresh) to the page.
  void (*describe)(const CollectorStatus&, const Observation*, MetricWriter&);
  /// Every metric that `describe` may add.
  std::span<const MetricDescription> (*metrics)();
};

/// All collectors, in the order in which the page shows them. Static storage; any thread.
std::span<const CollectorRow> Collectors();

}  // namespace airflow_host
