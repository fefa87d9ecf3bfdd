#include "collectors/container/engine_names.h"

#include <gtest/gtest.h>

#include "tests/support/manual_clock.h"
#include "tests/support/temporary_tree.h"
#include "tests/unit/container/fake_engine.h"

namespace airflow_host {
namespace {

constexpr char kAnswer[] =
    R"([{"Id":"a","Names":["/proj-worker-1"],"Labels":{"com.docker.compose.project":"proj",
         "com.docker.compose.service":"worker"}}])";

const std::vector<ContainerRuntime> kEngines = {ContainerRuntime::kDocker,
                                                ContainerRuntime::kPodman};

Container Make(const std::string& id, ContainerRuntime runtime = ContainerRuntime::kDocker) {
  Container container;
  container.id = id;
  container.runtime = runtime;
  return container;
}

class EngineNamesTest : public testing::Test {
 protected:
  std::vector<Container> Fill(EngineNames& names, std::vector<Container> containers) {
    names.Fill(containers, Deadline{SteadyTime::max()});
    return containers;
  }

  TemporaryTree tree_;
  std::string path_ = tree_.root() + "/docker.sock";
  ManualClock clock_;
};

TEST_F(EngineNamesTest, FillsInNames) {
  const FakeEngine engine(path_, OkAnswer(kAnswer));
  EngineNames names(path_, kEngines, clock_);
  const auto containers = Fill(names, {Make("a"), Make("b")});
  EXPECT_EQ(containers[0].name, "proj-worker-1");
  EXPECT_EQ(containers[0].compose_project, "proj");
  EXPECT_EQ(containers[0].compose_service, "worker");
  EXPECT_EQ(containers[1].name, "");
  EXPECT_EQ(names.problem(), "");
}

TEST_F(EngineNamesTest, AsksSeldomButAtOnceForANewContainer) {
  const FakeEngine engine(path_, OkAnswer(kAnswer));
  EngineNames names(path_, kEngines, clock_);
  Fill(names, {});
  Fill(names, {Make("c", ContainerRuntime::kContainerd)});
  EXPECT_EQ(engine.requests(), 0) << "nothing there that it could know";
  Fill(names, {Make("a"), Make("b")});
  Fill(names, {Make("a"), Make("b")});
  EXPECT_EQ(engine.requests(), 1) << "b is unknown to the engine, but was asked about";
  EXPECT_EQ(Fill(names, {Make("a"), Make("new")})[0].name, "proj-worker-1");
  EXPECT_EQ(engine.requests(), 2);
  clock_.Advance(EngineNames::kInterval);
  Fill(names, {Make("a")});
  EXPECT_EQ(engine.requests(), 3);
}

TEST_F(EngineNamesTest, KeepsNamesAndAsksLessOftenWhileTheEngineFails) {
  EngineNames names(path_, kEngines, clock_);
  {
    const FakeEngine engine(path_, OkAnswer(kAnswer));
    Fill(names, {Make("a")});
  }
  ::unlink(path_.c_str());
  const FakeEngine broken(path_, "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n");
  clock_.Advance(EngineNames::kInterval);
  EXPECT_EQ(Fill(names, {Make("a")})[0].name, "proj-worker-1");
  EXPECT_NE(names.problem().find("500"), std::string::npos);
  Fill(names, {Make("new")});
  EXPECT_EQ(broken.requests(), 1) << "not asked again for a new container";
  clock_.Advance(EngineNames::kInterval);
  Fill(names, {Make("a")});
  EXPECT_EQ(broken.requests(), 2);
  clock_.Advance(EngineNames::kInterval);
  Fill(names, {Make("a")});
  EXPECT_EQ(broken.requests(), 2) << "waits twice as long after the second failure";
  clock_.Advance(EngineNames::kInterval);
  Fill(names, {Make("a")});
  EXPECT_EQ(broken.requests(), 3);
}

TEST_F(EngineNamesTest, SaysWhichRightIsMissing) {
  EngineNames names(path_, kEngines, clock_);
  Fill(names, {Make("a")});
  EXPECT_NE(names.problem().find(path_), std::string::npos);
  EXPECT_NE(names.problem().find("go by their ids"), std::string::npos);
}

TEST_F(EngineNamesTest, AsksNobodyWithoutASocket) {
  EngineNames names("", kEngines, clock_);
  Fill(names, {Make("a")});
  EXPECT_EQ(names.problem(), "");
}

}  // namespace
}  // namespace airflow_host
