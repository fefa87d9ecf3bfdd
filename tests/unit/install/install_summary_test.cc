#include "collectors/component/install/install_summary.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace airflow_host {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

InstallEntry Entry(Component component, const std::string& version, const std::string& executor,
                   InstallSource source = InstallSource::kEnvironment) {
  InstallEntry entry;
  entry.component = component;
  if (!version.empty()) entry.facts.version = {version, InstallSource::kDistInfo};
  if (!executor.empty()) entry.facts.executor = {executor, source};
  return entry;
}

void Set(InstallEntry& entry, InstallNumber number, std::int64_t value) {
  entry.facts.number(number) = {value, InstallSource::kEnvironment};
}

std::vector<std::string> Installs(const std::vector<InstallEntry>& entries) {
  std::vector<std::string> lines;
  for (const InstallSample& install : Summarize(entries).installs) {
    lines.push_back(install.version + " " + install.executor + " | " + install.source);
  }
  return lines;
}

TEST(InstallSummary, ProcessesOfOneInstallationAreOne) {
  EXPECT_THAT(
      Installs({Entry(Component::kCeleryWorker, "2.10.5", ""),
                Entry(Component::kScheduler, "2.10.5", "Celery", InstallSource::kConfigFile),
                Entry(Component::kTriggerer, "2.10.5", "Celery"),
                Entry(Component::kFlower, "", "")}),
      ElementsAre("2.10.5 Celery | dist-info:version environ:executor"));
  EXPECT_THAT(Installs({Entry(Component::kScheduler, "", "Celery"),
                        Entry(Component::kTriggerer, "", "Celery")}),
              ElementsAre(" Celery | environ:executor"));
}

TEST(InstallSummary, InstallationsThatDifferAreSeveral) {
  EXPECT_THAT(Installs({Entry(Component::kScheduler, "2.10.5", "Celery"),
                        Entry(Component::kCeleryWorker, "2.10.4", "Celery")}),
              SizeIs(2));
  EXPECT_THAT(Installs({Entry(Component::kScheduler, "2.10.5", "Celery"),
                        Entry(Component::kWebserver, "", "Celery")}),
              SizeIs(2))
      << "of which version the second is nobody knows";
  EXPECT_THAT(Installs({}), IsEmpty());
  EXPECT_THAT(Installs({Entry(Component::kScheduler, "", "")}), IsEmpty());
  std::vector<InstallEntry> many;
  for (int number = 0; number < 100; ++number) {
    many.push_back(Entry(Component::kScheduler, "2." + std::to_string(number), ""));
  }
  EXPECT_THAT(Installs(many), SizeIs(InstallSummary::kMostInstalls));
}

TEST(InstallSummary, TheSourceOfEverythingFitsIntoALabel) {
  for (std::size_t first = 0; first < kInstallSourceCount; ++first) {
    for (std::size_t second = 0; second < kInstallSourceCount; ++second) {
      InstallEntry entry =
          Entry(Component::kScheduler, "3.1.3", "Celery", static_cast<InstallSource>(first));
      entry.facts.celery_provider = {"3.13.0", InstallSource::kDistInfo};
      entry.facts.python = {"3.12", InstallSource::kInterpreter};
      entry.facts.otel_traces = {false, InstallSource::kDefault};
      for (std::size_t index = 0; index < kInstallNumberCount; ++index) {
        entry.facts.numbers.at(index) = {
            1, static_cast<InstallSource>(index % 2 == 0 ? first : second)};
      }
      EXPECT_LE(Summarize(std::vector{entry}).installs.at(0).source.size(), 200U);
    }
  }
}

TEST(InstallSummary, ASettingIsThatOfWhoObeysIt) {
  InstallEntry worker = Entry(Component::kCeleryWorker, "2.10.5", "");
  InstallEntry scheduler = Entry(Component::kScheduler, "2.10.5", "");
  InstallEntry younger = Entry(Component::kScheduler, "2.10.5", "");
  Set(worker, InstallNumber::kNumRuns, 1);
  Set(worker, InstallNumber::kWorkerConcurrency, 8);
  Set(scheduler, InstallNumber::kNumRuns, 100);
  Set(scheduler, InstallNumber::kWorkerConcurrency, 16);
  Set(younger, InstallNumber::kNumRuns, 200);
  Set(younger, InstallNumber::kParallelism, 32);
  EXPECT_THAT(Summarize(std::vector{worker, scheduler, younger}).settings,
              ElementsAre(InstallSetting{"num_runs", 100}, InstallSetting{"parallelism", 32},
                          InstallSetting{"worker_concurrency", 8}));
  EXPECT_THAT(Summarize(std::vector{worker}).settings,
              ElementsAre(InstallSetting{"num_runs", 1}, InstallSetting{"worker_concurrency", 8}));
}

TEST(InstallConcurrency, IsTheWorkersOwnOrItsUpperBound) {
  InstallEntry worker = Entry(Component::kCeleryWorker, "2.10.5", "");
  EXPECT_EQ(ConcurrencyOf(worker.facts), std::nullopt);
  Set(worker, InstallNumber::kWorkerConcurrency, 8);
  EXPECT_EQ(ConcurrencyOf(worker.facts), 8U);
  Set(worker, InstallNumber::kWorkerAutoscaleMax, 12);
  EXPECT_EQ(ConcurrencyOf(worker.facts), 12U);
  for (const std::int64_t wrong : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1} << 32}) {
    Set(worker, InstallNumber::kWorkerAutoscaleMax, wrong);
    EXPECT_EQ(ConcurrencyOf(worker.facts), std::nullopt);
  }
}

TEST(InstallSummary, FlagsAreTrueIfAnyIs) {
  InstallEntry unknown = Entry(Component::kScheduler, "2.10.5", "");
  InstallEntry good = unknown;
  InstallEntry bad = unknown;
  good.facts.stdlib_bytecode_missing = false;
  good.facts.otel_traces = {false, InstallSource::kDefault};
  bad.facts.stdlib_bytecode_missing = true;
  bad.facts.otel_traces = {true, InstallSource::kEnvironment};
  EXPECT_EQ(Summarize(std::vector{unknown}).stdlib_bytecode_missing, std::nullopt);
  EXPECT_EQ(Summarize(std::vector{unknown}).otel_traces_enabled, std::nullopt);
  EXPECT_EQ(Summarize(std::vector{unknown, good}).stdlib_bytecode_missing, false);
  EXPECT_EQ(Summarize(std::vector{unknown, good}).otel_traces_enabled, false);
  EXPECT_EQ(Summarize(std::vector{bad, unknown, good}).stdlib_bytecode_missing, true);
  EXPECT_EQ(Summarize(std::vector{good, bad}).otel_traces_enabled, true);
}

TEST(InstallSummary, NamesTheMissingRight) {
  InstallEntry fine = Entry(Component::kScheduler, "2.10.5", "");
  InstallEntry root = fine;
  root.root_denied = true;
  InstallEntry files = fine;
  files.environment_denied = true;
  EXPECT_EQ(Summarize(std::vector{fine}).problem, "");
  const std::string both = Summarize(std::vector{fine, root, files}).problem;
  EXPECT_THAT(both, HasSubstr("2 of 3 main processes"));
  EXPECT_THAT(both, HasSubstr("CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH"));
  EXPECT_THAT(Summarize(std::vector{root}).problem, Not(HasSubstr("CAP_DAC")));
  EXPECT_THAT(Summarize(std::vector{files}).problem, HasSubstr("CAP_DAC_READ_SEARCH"));
}

}  // namespace
}  // namespace airflow_host
