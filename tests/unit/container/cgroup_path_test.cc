#include "collectors/container/cgroup_path.h"

#include <gtest/gtest.h>

namespace airflow_host {
namespace {

const std::string kId = "4f34bee90b55826fd7d6f9964f0ff30e97a31d951e7c72f92ea2a67446b36ba1";
const std::string kUid = "3f1c8a52-7d0e-4b19-9c64-2a85e7b1d903";
const std::string kUidOfSlice = "3f1c8a52_7d0e_4b19_9c64_2a85e7b1d903";

struct Case {
  std::string path;
  ContainerRuntime runtime;
  std::string pod_uid;
};

TEST(IdentifyContainer, KnowsTheNamesOfAllEngines) {
  const std::string slice =
      "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" + kUidOfSlice + ".slice";
  const Case cases[] = {
      {"/docker/" + kId, ContainerRuntime::kDocker, ""},
      {"/system.slice/docker-" + kId + ".scope", ContainerRuntime::kDocker, ""},
      {"/user.slice/user-1000.slice/user@1000.service/user.slice/docker-" + kId + ".scope",
       ContainerRuntime::kDocker, ""},
      {"/ecs/6a1b/" + kId, ContainerRuntime::kDocker, ""},
      {"/" + kId, ContainerRuntime::kDocker, ""},
      {"/kubepods/burstable/pod" + kUid + "/" + kId, ContainerRuntime::kContainerd, kUid},
      {"/kubepods/pod0123456789abcdef0123456789abcdef/" + kId, ContainerRuntime::kContainerd,
       "0123456789abcdef0123456789abcdef"},
      {slice + "/cri-containerd-" + kId + ".scope", ContainerRuntime::kContainerd, kUid},
      {slice + "/crio-" + kId + ".scope", ContainerRuntime::kCrio, kUid},
      {slice + "/docker-" + kId + ".scope", ContainerRuntime::kDocker, kUid},
      {"/system.slice/containerd.service/kubepods-burstable-pod" + kUidOfSlice +
           ".slice:cri-containerd:" + kId,
       ContainerRuntime::kContainerd, kUid},
      {"/default/" + kId, ContainerRuntime::kContainerd, ""},
      {"/system.slice/nerdctl-" + kId + ".scope", ContainerRuntime::kContainerd, ""},
      {"/machine.slice/libpod-" + kId + ".scope", ContainerRuntime::kPodman, ""},
      {"/libpod_parent/libpod-" + kId, ContainerRuntime::kPodman, ""},
      {"/system.slice/airflow.service/libpod-payload-" + kId, ContainerRuntime::kPodman, ""},
  };
  for (const Case& one : cases) {
    const auto found = IdentifyContainer(one.path);
    ASSERT_TRUE(found) << one.path;
    EXPECT_EQ(found->id, kId) << one.path;
    EXPECT_EQ(found->runtime, one.runtime) << one.path;
    EXPECT_EQ(found->pod_uid, one.pod_uid) << one.path;
  }
}

TEST(IdentifyContainer, KnowsTheServicesOfSystemd) {
  const std::string user = "/user.slice/user-1000.slice/user@1000.service";
  const std::pair<std::string, std::string> services[] = {
      {"/system.slice/airflow-scheduler.service", "airflow-scheduler.service"},
      {"/system.slice/system-postgresql.slice/postgresql@15-main.service",
       "postgresql@15-main.service"},
      {user + "/app.slice/airflow.service", "user@1000.service/airflow.service"},
      {"/x.service", "x.service"},
  };
  for (const auto& [path, name] : services) {
    const auto found = IdentifyContainer(path);
    ASSERT_TRUE(found) << path;
    EXPECT_EQ(found->runtime, ContainerRuntime::kSystemd) << path;
    EXPECT_EQ(found->name, name);
    EXPECT_EQ(found->id, name.substr(name.rfind('/') + 1));
  }
  const std::string others[] = {user,
                                ".service",
                                "x.service",
                                "/.service",
                                "/system.slice/session-3.scope",
                                "/system.slice/a.service/b.service",
                                user + "/user@1001.service/b.service",
                                "/lxc/web/system.slice/cron.service",
                                "system.slice/cron.service",
                                "/system.slice//cron.service"};
  for (const std::string& path : others) EXPECT_FALSE(IdentifyContainer(path)) << path;
}

TEST(IdentifyContainer, KnowsWhatIsNoContainer) {
  std::string upper = kId;
  upper[0] = 'A';
  const std::string others[] = {
      "",
      "/",
      kId,
      "/docker",
      "/docker/" + kId + "/child",
      "/docker/" + kId.substr(1),
      "/docker/" + kId + "0",
      "/docker/" + upper,
      "/docker/buildkit/abcdefghijklmnopqrstuvwxy",
      "/machine.slice/libpod-conmon-" + kId + ".scope",
      "/kubepods.slice/crio-conmon-" + kId + ".scope",
      "/kubepods/burstable/pod" + kUid,
      "/:" + kId,
      "/a:" + kId,
      "/a:unknown:" + kId,
      "/process_api/456f84e15a6f95af60d30023cc879a97",
      std::string("/docker/\0", 9) + kId,
  };
  for (const std::string& path : others) EXPECT_FALSE(IdentifyContainer(path)) << path;
}

}  // namespace
}  // namespace airflow_host
