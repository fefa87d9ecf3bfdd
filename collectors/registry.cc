// The table of collectors.
#include "collectors/registry.h"

#include <array>
#include <utility>

#include "collectors/broker/broker_collector.h"
#include "collectors/broker/broker_metrics.h"
#include "collectors/component/component_collector.h"
#include "collectors/component/component_metrics.h"
#include "collectors/container/container_collector.h"
#include "collectors/container/container_metrics.h"
#include "collectors/host/host_collector.h"
#include "collectors/host/host_metrics.h"
#include "collectors/metadata/metadata_collector.h"
#include "collectors/metadata/metadata_metrics.h"
#include "collectors/oom/oom_collector.h"

namespace airflow_host {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Made = Expected<std::unique_ptr<Collector>>;

Made CreateHost(const CollectorSettings& settings, const Clock& clock) {
  return MakeHostCollector({.paths = settings.paths,
                            .cadence = settings.host_cadence,
                            .airflow_home = settings.airflow_home,
                            .airflow_logs = settings.airflow_logs,
                            .mountpoints = settings.mountpoints},
                           clock);
}

Made CreateContainer(const CollectorSettings& settings, const Clock& clock) {
  return MakeContainerCollector({.paths = settings.paths,
                                 .docker_socket = settings.docker_socket,
                                 .podman_socket = settings.podman_socket},
                                clock);
}

Made CreateComponent(const CollectorSettings& settings, const Clock& clock) {
  return MakeComponentCollector({.paths = settings.paths,
                                 .cadence = settings.component_cadence,
                                 .pss_budget_percent = settings.pss_budget_percent,
                                 .neighbours = settings.neighbours},
                                clock);
}

Made CreateOom(const CollectorSettings& settings, const Clock& clock) {
  return MakeOomCollector({.kmsg = settings.kmsg, .procfs = settings.paths.procfs}, clock);
}

/// A kill becomes a metric only with the names that an insight joins to it.
void DescribeNothing(const CollectorStatus&, const Observation*, MetricWriter&) {}
std::span<const MetricDescription> NoMetrics() { return {}; }

Made CreateMetadata(const CollectorSettings& settings, const Clock& clock) {
  if (!settings.database_url) {
    return Fail(
        ErrorKind::kAbsent,
        "no metadata database is known: give Airflow's AIRFLOW__DATABASE__SQL_ALCHEMY_CONN, "
        "or a file that holds the URL with --metadata.url-file");
  }
  return MakeMetadataCollector({.url = *settings.database_url,
                                .schema = settings.database_schema,
                                .thresholds = settings.metadata_thresholds,
                                .task_lookup = settings.task_lookup},
                               clock);
}

/// What stands beside the broker's URL. Airflow's ssl_active always checks the certificate.
Expected<BrokerServerOptions> BrokerOptionsOf(const CollectorSettings& settings) {
  BrokerServerOptions options;
  options.master_name = settings.broker_master_name;
  options.check_hostname = settings.broker_tls_check_hostname;
  if (settings.broker_tls) {
    TlsSettings tls;
    tls.verify_certificate = true;
    tls.check_hostname = settings.broker_tls_check_hostname;
    tls.authorities_file = settings.broker_tls_authorities_file;
    tls.certificate_file = settings.broker_tls_certificate_file;
    tls.key_file = settings.broker_tls_key_file;
    options.tls = std::move(tls);
  }
  if (settings.broker_sentinel_options.empty()) return options;
  auto sentinel =
      ParseSentinelOptions(settings.broker_sentinel_options, settings.broker_tls_check_hostname);
  if (!sentinel) return tl::unexpected(sentinel.error());
  options.sentinel = *std::move(sentinel);
  return options;
}

Made CreateBroker(const CollectorSettings& settings, const Clock& clock) {
  if (!settings.broker_url) {
    return Fail(ErrorKind::kAbsent, "no Celery broker is configured");
  }
  auto options = BrokerOptionsOf(settings);
  if (!options) return tl::unexpected(options.error());
  BrokerSettings broker{.url = *settings.broker_url,
                        .server_options = *std::move(options),
                        .key_prefix = settings.broker_key_prefix,
                        .visibility_timeout = settings.broker_visibility_timeout,
                        .queues = settings.broker_queues,
                        .queue_lookup = settings.queue_lookup,
                        .message_ids = settings.broker_message_ids};
  if (settings.broker_separator) broker.separator = *settings.broker_separator;
  if (!settings.broker_priority_steps.empty()) {
    broker.priority_steps = settings.broker_priority_steps;
  }
  return MakeBrokerCollector(std::move(broker), clock);
}

/// The room's own describe function, fed with the room's own type.
template <typename T, void (*Describe)(const CollectorStatus&, const T*, MetricWriter&)>
void DescribeAs(const CollectorStatus& status, const Observation* observation,
                MetricWriter& writer) {
  Describe(status, dynamic_cast<const T*>(observation), writer);
}

constexpr std::array<CollectorRow, 6> kCollectors{{
    {"host", "memory, swap, pressure, CPU and file systems of the host, from /proc", true,
     seconds(1), seconds(1), false, &CreateHost, &DescribeAs<HostObservation, &DescribeHost>,
     &HostMetrics},
    {"container", "memory, limits and events of every container, from cgroups v1 and v2", true,
     seconds(5), seconds(2), true, &CreateContainer,
     &DescribeAs<ContainerObservation, &DescribeContainer>, &ContainerMetrics},
    {"component", "memory, CPU and restarts of every Airflow component, from /proc/PID", true,
     seconds(5), seconds(2), false, &CreateComponent,
     &DescribeAs<ComponentObservation, &DescribeComponent>, &ComponentMetrics},
    {"oom", "processes that the kernel killed for want of memory, from its log (/dev/kmsg)", true,
     seconds(1), seconds(1), false, &CreateOom, &DescribeNothing, &NoMetrics},
    {"metadata", "task instances, dag runs and heartbeats, from Airflow's PostgreSQL database",
     true, seconds(15), seconds(5), true, &CreateMetadata,
     &DescribeAs<MetadataObservation, &DescribeMetadata>, &MetadataMetrics},
    {"broker", "queues, unacknowledged messages and memory, from Celery's Redis broker", true,
     seconds(15), seconds(5), true, &CreateBroker, &DescribeAs<BrokerObservation, &DescribeBroker>,
     &BrokerMetrics},
}};

}  // namespace

std::span<const CollectorRow> Collectors() { return kCollectors; }

}  // namespace airflow_host
