#include "collectors/container/podman_storage.h"

#include <gtest/gtest.h>

#include "tests/support/manual_clock.h"
#include "tests/support/temporary_tree.h"

namespace airflow_host {
namespace {

constexpr char kPath[] = "/var/lib/containers/storage/overlay-containers/containers.json";

TEST(ParseStorageNames, TakesTheFirstNameOfEach) {
  const auto names = ParseStorageNames(
      R"([{"id":"a","names":["airflow-scheduler","other"],"layer":"x","metadata":"{\"a\":{}}",
           "flags":{"ProcessLabel":""}},{"id":"b"},{"names":["c"]},{"id":"d","names":[]},7])");
  ASSERT_TRUE(names);
  EXPECT_EQ(*names, (std::map<std::string, std::string>{{"a", "airflow-scheduler"}}));
}

TEST(ParseStorageNames, RefusesWhatIsNoList) {
  for (const std::string& wrong :
       {std::string(), std::string("{}"), std::string("[{\"id\":"), std::string("\0", 1),
        std::string("null"), std::string(100'000, '[')}) {
    EXPECT_FALSE(ParseStorageNames(wrong)) << wrong.substr(0, 20);
  }
  EXPECT_TRUE(ParseStorageNames("[]")->empty());
  EXPECT_TRUE(ParseStorageNames(R"([{"id":["a"],"names":{"b":"c"}}])")->empty());
}

TEST(PodmanStorage, NamesPodmansContainersOnly) {
  const TemporaryTree tree;
  ManualClock clock;
  PodmanStorage storage(tree.root(), clock);
  std::vector<Container> containers(3);
  containers[0].id = containers[1].id = "a";
  containers[0].runtime = containers[2].runtime = ContainerRuntime::kPodman;
  containers[2].id = "a";
  containers[2].name = "told-by-the-socket";
  storage.Fill(containers);
  EXPECT_EQ(containers[0].name, "");
  tree.Write(kPath, R"([{"id":"a","names":["airflow-scheduler"]}])");
  storage.Fill(containers);
  EXPECT_EQ(containers[0].name, "") << "read more often than it may be";
  clock.Advance(PodmanStorage::kInterval);
  storage.Fill(containers);
  EXPECT_EQ(containers[0].name, "airflow-scheduler");
  EXPECT_EQ(containers[1].name, "");
  EXPECT_EQ(containers[2].name, "told-by-the-socket");
}

}  // namespace
}  // namespace airflow_host
