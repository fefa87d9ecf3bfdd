#include "exporter/status_facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "collectors/broker/broker_observation.h"
#include "collectors/component/component_observation.h"
#include "collectors/container/container_observation.h"
#include "collectors/host/host_observation.h"
#include "collectors/metadata/metadata_observation.h"
#include "tests/support/manual_clock.h"

namespace airflow_host {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class StatusFactsTest : public ::testing::Test {
 protected:
  StatusFactsTest() {
    for (const CollectorRow& row : Collectors()) board_.Add(row, row.cadence, true, "");
  }

  std::vector<std::string> Lines() const {
    std::vector<std::string> lines;
    for (const StatusFact& fact : SummaryOf(board_, sizing_)) {
      lines.push_back(fact.section + " / " + fact.name + ": " + fact.value);
    }
    return lines;
  }

  ManualClock clock_;
  Board board_{clock_};
  Sizing sizing_;
};

TEST_F(StatusFactsTest, SaysNothingOfWhatWasNotSeen) {
  EXPECT_THAT(Lines(), IsEmpty());
  EXPECT_THAT(ProblemsOf(board_), IsEmpty());
  board_.Publish("host", std::make_shared<HostObservation>());
  EXPECT_THAT(Lines(), IsEmpty());
}

TEST_F(StatusFactsTest, SaysHowTheHostIs) {
  auto host = std::make_shared<HostObservation>();
  host->memory.total_bytes = 4'000'000'000;
  host->memory.available_bytes = 600'000'000;
  host->memory.swap_total_bytes = 0;
  host->memory.swap_free_bytes = 0;
  board_.Publish("host", host);
  EXPECT_THAT(Lines(), ElementsAre("Host / Memory available: 572 MiB of 3.7 GiB (15 %)",
                                   "Host / Swap free: none: this host has no swap"));
}

TEST_F(StatusFactsTest, CountsTasksOverQueues) {
  auto metadata = std::make_shared<MetadataObservation>();
  metadata->task_instances = {
      {"queued", "default", "", 3}, {"queued", "high", "", 1}, {"running", "default", "", 1}};
  board_.Publish("metadata", metadata);
  EXPECT_THAT(Lines(),
              ElementsAre("Tasks / queued: 4 task instances", "Tasks / running: 1 task instance"));
}

TEST_F(StatusFactsTest, SetsWhatTheHostBearsBesideWhatIsConfigured) {
  sizing_.worker_concurrency = 16;
  EXPECT_THAT(Lines(), ElementsAre("Tasks / At once, in each worker: 16 configured"));
  sizing_.concurrency_recommended = 2;
  EXPECT_THAT(Lines(),
              ElementsAre("Tasks / At once, in each worker: 16 configured, the host bears 2"));
  sizing_.worker_concurrency.reset();
  sizing_.concurrency_recommended = 0;
  EXPECT_THAT(Lines(), ElementsAre("Tasks / At once, in each worker: the host bears not even one"));
}

TEST_F(StatusFactsTest, DoesNotCallAnUnknownQueueEmpty) {
  auto broker = std::make_shared<BrokerObservation>();
  broker->queues = {{"default", 0}, {"secret", std::nullopt}};
  board_.Publish("broker", broker);
  EXPECT_THAT(Lines(),
              ElementsAre("Queues / default: 0 messages", "Queues / secret: could not be counted"));
}

TEST_F(StatusFactsTest, GathersWhatCouldNotBeRead) {
  auto containers = std::make_shared<ContainerObservation>();
  containers->names_problem = "no right to ask the engine";
  auto components = std::make_shared<ComponentObservation>();
  components->processes_denied = 2;
  auto metadata = std::make_shared<MetadataObservation>();
  metadata->problems = {"no right to read table job"};
  board_.Publish("container", containers);
  board_.Publish("component", components);
  board_.Publish("metadata", metadata);
  const auto problems = ProblemsOf(board_);
  EXPECT_THAT(problems, Contains("no right to ask the engine"));
  EXPECT_THAT(problems, Contains(HasSubstr("2 processes could not be read")));
  EXPECT_THAT(problems, Contains("no right to read table job"));
}

TEST_F(StatusFactsTest, SaysWhichRightPssLacks) {
  auto components = std::make_shared<ComponentObservation>();
  components->pss_denied = 3;
  board_.Publish("component", components);
  EXPECT_THAT(ProblemsOf(board_), Contains(AllOf(HasSubstr("The shared memory of 3 processes"),
                                                 HasSubstr("CAP_SYS_PTRACE"))));
}

TEST_F(StatusFactsTest, NamesTheUsersNeighbours) {
  auto components = std::make_shared<ComponentObservation>();
  components->neighbour_names =
      std::make_shared<const std::vector<std::string>>(std::vector<std::string>{"mysql"});
  components->components.emplace_back().component = NeighbourAt(0);
  board_.Publish("component", components);
  EXPECT_THAT(Lines(), ElementsAre("Components / mysql: 0 processes"));
}

TEST(TroubleOf, SaysNothingWhereAllIsWell) {
  ReconcileReport report;
  EXPECT_THAT(TroubleOf(report), IsEmpty());
  report.lost = {{"default", false, 0}};
  report.phantom_heartbeat_lost = 0;
  report.phantom_unaccounted = 0;
  report.unaccounted_messages = 0;
  report.workers_catatonic = 0;
  report.stalls = {{"default", false}};
  EXPECT_THAT(TroubleOf(report), IsEmpty());
}

TEST(TroubleOf, SaysWhatIsWrong) {
  ReconcileReport report;
  report.lost = {{"default", false, 0}, {"high", true, 3}};
  report.phantom_heartbeat_lost = 1;
  report.phantom_unaccounted = 2;
  report.unaccounted_messages = 1;
  report.workers_catatonic = 1;
  report.stalls = {{"default", true}, {"high", false}};
  std::vector<std::string> lines;
  for (const StatusFact& fact : TroubleOf(report)) {
    EXPECT_EQ(fact.section, "Lost and phantom tasks");
    lines.push_back(fact.name + ": " + fact.value);
  }
  EXPECT_THAT(
      lines,
      ElementsAre(
          "lost in queue high: 3 task instances are queued, and their messages are gone",
          "running without a heartbeat: 1 task instance",
          "running in nobody's hands: 2 task instances", "messages of no task: 1 message",
          "catatonic workers: 1 worker is alive and takes no work",
          "stalled queue default: messages wait, workers have free slots, and nothing moves"));
}

}  // namespace
}  // namespace airflow_host
