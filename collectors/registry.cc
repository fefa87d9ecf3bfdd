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

namespace airflow_host {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Made = Expected<std::unique_ptr<Collector>>;

Made CreateHost(const CollectorSettings& settings, const Clock& clock) {
  return MakeHostCollector({.paths = settings.paths,
                            .cadence = settings.host_cadence,
                            .airflow_home = settings.airflow_home,
                            .mountpoints = settings.mountpoints},
                           clock);
}

Made CreateContainer(const CollectorSettings& settings, const Clock& clock) {
  return MakeContainerCollector({.paths = settings.paths, .docker_socket = settings.docker_socket},
                                clock);
}

Made CreateComponent(const CollectorSettings& settings, const Clock& clock) {
  return MakeComponentCollector({.paths = settings.paths,
                                 .cadence = settings.component_cadence,
                                 .pss_budget_percent = settings.pss_budget_percent,
                                 .neighbours = settings.neighbours},
                                clock);
}

Made CreateMetadata(const CollectorSettings& settings, const Clock& clock) {
  if (!settings.database_url) {
    return Fail(
        ErrorKind::kAbsent,
        "no metadata database is known: give Airflow's AIRFLOW__DATABASE__SQL_ALCHEMY_CONN, "
        "or a file that holds the URL with --metadata.url-file");
  }
  return MakeMetadataCollector({.url = *settings.database_url, .schema = settings.database_schema},
                               clock);
}

Made CreateBroker(const CollectorSettings& settings, const Clock& clock) {
  if (!settings.broker_url) {
    return Fail(ErrorKind::kAbsent, "no Celery broker is configured");
  }
  return MakeBrokerCollector({.url = *settings.broker_url,
                              .key_prefix = settings.broker_key_prefix,
                              .visibility_timeout = settings.broker_visibility_timeout,
                              .queues = settings.broker_queues},
                             clock);
}

/// The room's own describe function, fed with the room's own type.
template <typename T, void (*Describe)(const CollectorStatus&, const T*, MetricWriter&)>
void DescribeAs(const CollectorStatus& status, const Observation* observation,
                MetricWriter& writer) {
  Describe(status, dynamic_cast<const T*>(observation), writer);
}

constexpr std::array<CollectorRow, 5> kCollectors{{
    {"host", "memory, swap, pressure, CPU and file systems of the host, from /proc", true,
     seconds(1), seconds(1), false, &CreateHost, &DescribeAs<HostObservation, &DescribeHost>,
     &HostMetrics},
    {"container", "memory, limits and events of every container, from cgroups v1 and v2", true,
     seconds(5), seconds(2), true, &CreateContainer,
     &DescribeAs<ContainerObservation, &DescribeContainer>, &ContainerMetrics},
    {"component", "memory, CPU and restarts of every Airflow component, from /proc/PID", true,
     seconds(5), seconds(2), false, &CreateComponent,
     &DescribeAs<ComponentObservation, &DescribeComponent>, &ComponentMetrics},
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
