#include "collectors/container/kubernetes_names.h"

#include <gtest/gtest.h>

#include "tests/support/manual_clock.h"
#include "tests/support/temporary_tree.h"

namespace airflow_host {
namespace {

const std::string kId(64, 'a');

TEST(ParseContainerLogName, TakesThePartsApart) {
  const auto log =
      ParseContainerLogName("airflow-worker-0_data-team_worker-log-groomer-" + kId + ".log");
  ASSERT_TRUE(log);
  EXPECT_EQ(log->pod, "airflow-worker-0");
  EXPECT_EQ(log->pod_namespace, "data-team");
  EXPECT_EQ(log->container, "worker-log-groomer");
  EXPECT_EQ(log->id, kId);
}

TEST(ParseContainerLogName, RefusesOtherNames) {
  for (const std::string& wrong :
       {std::string(), std::string(".log"), "p_n_c-" + kId, "p_n_c-" + kId + ".log.1",
        "p_n_-" + kId + ".log", "p_n_" + kId + ".log", "_n_c-" + kId + ".log",
        "p__c-" + kId + ".log", "p_n-" + kId + ".log", "p_n_c-" + kId.substr(1) + ".log",
        "p_n_c_" + kId + ".log"}) {
    EXPECT_FALSE(ParseContainerLogName(wrong)) << wrong;
  }
}

TEST(KubernetesNames, FillsInNamesAndLooksAgainForNewContainers) {
  const TemporaryTree tree;
  ManualClock clock;
  KubernetesNames names(tree.root(), clock);
  std::vector<Container> containers(1);
  containers[0].id = kId;
  containers[0].pod_uid = "3f1c8a52-7d0e-4b19-9c64-2a85e7b1d903";
  names.Fill(containers);
  EXPECT_TRUE(containers[0].name.empty());
  EXPECT_NE(names.problem().find("/var/log/containers"), std::string::npos);

  tree.Write("/var/log/containers/p_n_c-" + kId + ".log", "");
  names.Fill(containers);
  EXPECT_TRUE(containers[0].name.empty()) << "listed more often than it may be";
  clock.Advance(KubernetesNames::kInterval);
  names.Fill(containers);
  EXPECT_EQ(containers[0].name, "c");
  EXPECT_EQ(containers[0].pod, "p");
  EXPECT_EQ(containers[0].pod_namespace, "n");
  EXPECT_EQ(names.problem(), "");
}

TEST(KubernetesNames, LeavesOtherContainersAlone) {
  ManualClock clock;
  KubernetesNames names("/nowhere", clock);
  std::vector<Container> containers(1);
  containers[0].id = kId;
  names.Fill(containers);
  EXPECT_EQ(names.problem(), "");
}

}  // namespace
}  // namespace airflow_host
