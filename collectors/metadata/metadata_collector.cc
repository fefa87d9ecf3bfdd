// Ties the client, the statement and the parser together.
#include "collectors/metadata/metadata_collector.h"

#include <chrono>
#include <optional>
#include <utility>

#include "collectors/metadata/airflow_version.h"
#include "collectors/metadata/conninfo.h"
#include "collectors/metadata/database_client.h"
#include "collectors/metadata/database_url.h"
#include "collectors/metadata/metadata_observation.h"
#include "collectors/metadata/metadata_query.h"
#include "collectors/metadata/metadata_rows.h"
#include "collectors/metadata/schema_probe.h"
#include "collectors/metadata/task_query.h"
#include "collectors/metadata/task_queues.h"

namespace airflow_host {
namespace {

/// Task instances that are asked for by id in one statement: each is one look into an index.
constexpr std::size_t kMostAsked = 200;

/// After which a database that lacked something is looked at again: Airflow may have been installed
/// since, or a right granted, and neither changes a revision.
constexpr std::chrono::minutes kProbeAgain{1};

class MetadataCollector final : public Collector {
 public:
  MetadataCollector(const DatabaseAddress& address, MetadataSettings settings, const Clock& clock)
      : client_(address, Conninfo(address)),
        schema_(std::move(settings.schema)),
        thresholds_(settings.thresholds),
        task_lookup_(std::move(settings.task_lookup)),
        clock_(clock) {}

  Expected<std::shared_ptr<const Observation>> Observe(Deadline deadline) override {
    const SystemTime began = clock_.SystemNow();
    if (auto ready = Prepare(deadline); !ready) return tl::unexpected(ready.error());
    const SteadyTime sent = clock_.SteadyNow();
    std::vector<std::string> asked;
    if (task_lookup_ && !query_->by_id.empty()) asked = task_lookup_->Take(kMostAsked, sent);
    auto rows = client_.Query(AskForTasks(*query_, asked));
    const SteadyTime received = clock_.SteadyNow();
    if (!rows) {
      // A table or a right is gone since it was looked for: a migration, or a REVOKE.
      const ErrorKind kind = rows.error().kind;
      if (kind == ErrorKind::kMalformed || kind == ErrorKind::kDenied) query_.reset();
      return tl::unexpected(rows.error());
    }
    auto parsed = ParseMetadataRows(*rows, columns_);
    if (!parsed) return tl::unexpected(parsed.error());
    parsed->observation.observed_at = began;
    parsed->observation.query_duration = received - sent;
    if (task_lookup_) task_lookup_->Answered(asked, parsed->observation.tasks, received);
    return Finish(*std::move(parsed));
  }

  void Interrupt() noexcept override { client_.Interrupt(); }

  std::optional<std::uint64_t> ConnectionFailures() const override { return connection_failures_; }

 private:
  /// Sees to it that there is a connection and a statement for what it may read.
  Expected<void> Prepare(Deadline deadline) {
    const auto connected = client_.Connect();
    if (!connected) {
      ++connection_failures_;
      return tl::unexpected(connected.error());
    }
    if (*connected) query_.reset();
    if (query_) return {};
    if (deadline.Expired(clock_.SteadyNow())) {
      return Fail(ErrorKind::kTimedOut,
                  "connecting to the metadata database took all the time there was; the connection "
                  "is kept for the next try");
    }
    return Probe();
  }

  /// Looks at what the connection may read and at the release that wrote it, whose rules the
  /// statement follows.
  Expected<void> Probe() {
    const auto rows = client_.Query(SchemaProbe(schema_));
    if (!rows) return tl::unexpected(rows.error());
    columns_ = ParseSchemaColumns(*rows);
    probed_revision_.reset();
    if (!columns_.Missing("alembic_version", {"version_num"})) {
      const auto revision = client_.Query(RevisionProbe(schema_));
      if (!revision) return tl::unexpected(revision.error());
      probed_revision_ = ParseRevision(*revision);
    }
    const auto version = VersionOf(probed_revision_, columns_);
    query_ = BuildMetadataQuery(columns_, schema_, ThresholdsOf(version, thresholds_));
    probed_at_ = clock_.SteadyNow();
    return {};
  }

  std::shared_ptr<const Observation> Finish(MetadataRows rows) {
    MetadataObservation& observation = rows.observation;
    observation.problems = query_->problems;
    if (query_->reads_task_instances) {
      queues_.Learn(rows.groups);
      observation.task_instances = queues_.Counts(rows.groups);
      observation.oldest = queues_.Oldest(rows.groups);
      if (rows.groups.size() >= static_cast<std::size_t>(kRowLimit)) {
        observation.problems.emplace_back("there are more queues than are read: counts are low");
      }
    }
    if (query_->reads_overdue) {
      auto& overdue = observation.task_instances_overdue;
      overdue = overdue.value_or(0);
    }
    if (query_->reads_lost_heartbeats) {
      auto& lost = observation.task_instances_heartbeat_lost;
      lost = lost.value_or(0);
    }
    const bool lacks_something = !query_->problems.empty() || !probed_revision_;
    const bool again = lacks_something && clock_.SteadyNow() - probed_at_ >= kProbeAgain;
    // Airflow was migrated: other columns may be there from now on.
    if (again || probed_revision_ != observation.revision) query_.reset();
    return std::make_shared<const MetadataObservation>(std::move(observation));
  }

  DatabaseClient client_;
  const std::string schema_;
  const ThresholdSettings thresholds_;
  const std::shared_ptr<TaskLookup> task_lookup_;
  const Clock& clock_;

  SchemaColumns columns_;
  /// Empty until the connection has been looked at.
  std::optional<MetadataQuery> query_;
  /// The revision by whose release's rules the statement was made.
  std::optional<std::string> probed_revision_;
  SteadyTime probed_at_{};
  TaskQueues queues_;
  std::uint64_t connection_failures_ = 0;
};

}  // namespace

Expected<std::unique_ptr<Collector>> MakeMetadataCollector(MetadataSettings settings,
                                                           const Clock& clock) {
  const auto address = ParseDatabaseUrl(settings.url);
  if (!address) return tl::unexpected(address.error());
  if (settings.schema.find('\0') != std::string::npos) {
    return Fail(ErrorKind::kMalformed, "the metadata database's schema holds a NUL byte");
  }
  return std::make_unique<MetadataCollector>(*address, std::move(settings), clock);
}

}  // namespace airflow_host
