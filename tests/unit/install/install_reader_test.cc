#include "collectors/component/install/install_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "tests/unit/install/install_fixture.h"

namespace airflow_host {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

class InstallReaderTest : public testing::Test {
 protected:
  /// Puts a process that runs from a root with this version of Airflow.
  InstallSubject Put(int pid, const std::string& version,
                     Component component = Component::kScheduler) {
    FakeInstallProcess process;
    process.pid = pid;
    process.root = "/image" + version;
    tree_.Put(process);
    tree_.Package(process.root + "/usr/local/lib/python3.12/site-packages",
                  "apache_airflow-" + version);
    return {pid, process.start, component};
  }

  std::vector<std::string> Versions() const {
    std::vector<std::string> versions;
    for (const auto& install : reader_.summary().installs) versions.push_back(install.version);
    return versions;
  }

  InstallTree tree_;
  InstallReader reader_{tree_.procfs()};
  SteadyTime now_{std::chrono::hours(1)};
};

TEST_F(InstallReaderTest, LooksAtAFewPerCall) {
  std::vector<InstallSubject> mains;
  for (int number = 1; number <= 5; ++number)
    mains.push_back(Put(number, "2.0." + std::to_string(number)));
  reader_.Look(mains, now_);
  EXPECT_EQ(Versions().size(), 2U);
  reader_.Look(mains, now_);
  EXPECT_EQ(Versions().size(), 4U);
  reader_.Look(mains, now_);
  EXPECT_EQ(Versions().size(), 5U);
}

TEST_F(InstallReaderTest, LooksAgainAfterTenMinutes) {
  const std::vector mains = {Put(1, "2.0.1")};
  reader_.Look(mains, now_);
  tree_.Package("/image2.0.1/home/airflow/.local/lib/python3.12/site-packages",
                "apache_airflow-2.0.2");
  reader_.Look(mains, now_ + minutes(10) - seconds(1));
  EXPECT_THAT(Versions(), testing::ElementsAre("2.0.1"));
  reader_.Look(mains, now_ + minutes(10));
  EXPECT_THAT(Versions(), testing::ElementsAre("2.0.2"));
}

TEST_F(InstallReaderTest, ForgetsWhatHasGone) {
  auto first = Put(1, "2.0.1");
  reader_.Look(std::vector{first}, now_);
  reader_.Look(std::vector<InstallSubject>{}, now_);
  EXPECT_TRUE(Versions().empty());
  reader_.Look(std::vector{first}, now_);
  EXPECT_THAT(Versions(), testing::ElementsAre("2.0.1"));
  first.start_ticks += 1;  // Another process of that pid, which is not there (yet).
  reader_.Look(std::vector{first}, now_);
  EXPECT_TRUE(Versions().empty());
}

TEST_F(InstallReaderTest, TellsAWorkersConcurrency) {
  const std::vector mains = {Put(1, "2.0.1", Component::kCeleryWorker)};
  tree_.Write("/image2.0.1/opt/airflow/airflow.cfg", "[celery]\nworker_concurrency = 6\n");
  EXPECT_EQ(reader_.WorkerConcurrency(1, mains[0].start_ticks), std::nullopt);
  reader_.Look(mains, now_);
  EXPECT_EQ(reader_.WorkerConcurrency(1, mains[0].start_ticks), 6U);
  EXPECT_EQ(reader_.WorkerConcurrency(1, mains[0].start_ticks + 1), std::nullopt);
}

TEST_F(InstallReaderTest, PassesOverTasksCommandsAndNeighbours) {
  reader_.Look(
      std::vector{Put(1, "2.0.1", Component::kTask), Put(2, "2.0.2", Component::kOtherAirflow),
                  Put(3, "2.0.3", Component::kRedis)},
      now_);
  EXPECT_TRUE(Versions().empty());
  EXPECT_EQ(reader_.summary().problem, "");
}

TEST_F(InstallReaderTest, HoldsOnToABoundedNumber) {
  std::vector<InstallSubject> mains(1000);
  for (int number = 0; number < 1000; ++number) {
    mains[static_cast<std::size_t>(number)] = {number + 10, 1, Component::kApiServer};
  }
  for (int call = 0; call < 200; ++call) reader_.Look(mains, now_);
  EXPECT_TRUE(Versions().empty());
}

}  // namespace
}  // namespace airflow_host
