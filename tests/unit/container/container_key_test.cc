#include "collectors/container/container_key.h"

#include <gtest/gtest.h>

#include <set>

namespace airflow_host {
namespace {

Container Make(char digit, const std::string& name) {
  Container container;
  container.id = std::string(64, digit);
  container.name = name;
  return container;
}

TEST(ContainerKeys, PrefersTheNameThenTheComponentThenTheId) {
  std::vector<Container> containers = {Make('a', "proj-airflow-scheduler-1"), Make('b', ""),
                                       Make('c', "")};
  containers[1].component = "celery_worker";
  const auto keys = ContainerKeys(containers);
  EXPECT_EQ(keys[0].container, "proj-airflow-scheduler-1");
  EXPECT_EQ(keys[1].container, "celery_worker");
  EXPECT_EQ(keys[2].container, "cccccccccccc");
}

TEST(ContainerKeys, AppendsTheShortIdToAllThatWouldBeTheSame) {
  const std::vector<Container> containers = {Make('a', "worker"), Make('b', "worker"),
                                             Make('c', "other")};
  const auto keys = ContainerKeys(containers);
  EXPECT_EQ(keys[0].container, "worker-aaaaaaaaaaaa");
  EXPECT_EQ(keys[1].container, "worker-bbbbbbbbbbbb");
  EXPECT_EQ(keys[2].container, "other");
}

TEST(ContainerKeys, TellsContainersOfTheSameNameInTwoPodsApartByPod) {
  std::vector<Container> containers = {Make('a', "worker"), Make('b', "worker")};
  for (std::size_t at = 0; at < 2; ++at) {
    containers[at].pod = "airflow-worker-" + std::to_string(at);
    containers[at].pod_namespace = "airflow";
  }
  const auto keys = ContainerKeys(containers);
  EXPECT_EQ(keys[0].container, "worker");
  EXPECT_EQ(keys[1].container, "worker");
  EXPECT_EQ(keys[1].pod, "airflow-worker-1");
}

TEST(ContainerKeys, NoTwoAreEverTheSame) {
  const std::string longest(5000, 'n');
  std::vector<Container> containers = {
      Make('a', "x"),    Make('b', "x"),     Make('c', "x-aaaaaaaaaaaa"),
      Make('a', "x"),    Make('d', longest), Make('e', longest + "tail"),
      Make('f', "\xff"), Make('0', "?")};
  // Outside compose a service is not shown, so it may not tell two apart either.
  containers.push_back(Make('1', "s"));
  containers.push_back(Make('2', "s"));
  containers.back().compose_service = "s";
  std::set<std::string> names;
  for (const ContainerKey& key : ContainerKeys(containers)) {
    EXPECT_TRUE(names.insert(key.container).second) << key.container;
    EXPECT_LE(key.container.size(), 200U);
  }
  EXPECT_EQ(names.size(), containers.size());
}

}  // namespace
}  // namespace airflow_host
