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

TEST(ParsePodLogsName, TakesThePartsApartAndRefusesOtherNames) {
  const auto pod = ParsePodLogsName("data-team_airflow-worker-0_3f1c8a52-7d0e");
  ASSERT_TRUE(pod);
  EXPECT_EQ(pod->pod_namespace, "data-team");
  EXPECT_EQ(pod->pod, "airflow-worker-0");
  EXPECT_EQ(pod->uid, "3f1c8a52-7d0e");
  for (const char* const wrong : {"", "_", "__", "n_p", "n__u", "_p_u", "n_p_", "n_p_u_v"}) {
    EXPECT_FALSE(ParsePodLogsName(wrong)) << wrong;
  }
}

/// A container of the pod with the UID "uid".
Container OfPod(char digit, std::string name = {}) {
  Container container;
  container.id = std::string(64, digit);
  container.pod_uid = "uid";
  container.name = std::move(name);
  return container;
}

TEST(KubernetesNames, WithoutLinksTakesWhatThePodsFolderLeavesNoDoubtAbout) {
  const TemporaryTree tree;
  const ManualClock clock;
  tree.MakeFolder("/var/log/pods/n_p_uid/scheduler");
  std::vector<Container> containers = {OfPod('a'), OfPod('b', kSandboxName)};
  KubernetesNames(tree.root(), clock).Fill(containers);
  EXPECT_EQ(containers[0].name, "scheduler");
  EXPECT_EQ(containers[0].pod, "p");
  EXPECT_EQ(containers[0].pod_namespace, "n");
  EXPECT_EQ(containers[1].name, kSandboxName);
  EXPECT_EQ(containers[1].pod, "p");

  containers = {OfPod('a'), OfPod('b')};
  KubernetesNames names(tree.root(), clock);
  names.Fill(containers);
  EXPECT_EQ(containers[0].name, "") << "it might as well be the sandbox";
  EXPECT_EQ(containers[0].pod, "p");
  EXPECT_EQ(names.problem(), "");

  tree.MakeFolder("/var/log/pods/n_p_uid/log-groomer");
  tree.Write("/var/log/containers/p_n_scheduler-" + std::string(64, 'a') + ".log", "");
  containers = {OfPod('a'), OfPod('b')};
  KubernetesNames(tree.root(), clock).Fill(containers);
  EXPECT_EQ(containers[0].name, "scheduler");
  EXPECT_EQ(containers[1].name, "log-groomer");
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
