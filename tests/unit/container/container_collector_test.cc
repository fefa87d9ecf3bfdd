#include "collectors/container/container_collector.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <fstream>
#include <thread>

#include "collectors/container/container_observation.h"
#include "tests/support/manual_clock.h"
#include "tests/support/temporary_tree.h"

namespace airflow_host {
namespace {

constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20U;

Paths PathsOf(const std::string& root) {
  return {.procfs = root + "/proc", .sysfs = root + "/sys", .rootfs = root};
}

class ContainerCollectorTest : public testing::Test {
 protected:
  std::unique_ptr<Collector> Make(const std::string& root) const {
    auto made = MakeContainerCollector(
        {.paths = PathsOf(root), .docker_socket = {}, .podman_socket = {}}, clock_);
    EXPECT_TRUE(made);
    return made ? std::move(*made) : nullptr;
  }
  std::shared_ptr<const ContainerObservation> Observe(Collector& collector) const {
    const auto observation =
        collector.Observe(Deadline{clock_.SteadyNow() + std::chrono::seconds(1)});
    if (!observation) {
      ADD_FAILURE() << observation.error().message;
      return std::make_shared<ContainerObservation>();
    }
    return std::dynamic_pointer_cast<const ContainerObservation>(*observation);
  }
  std::shared_ptr<const ContainerObservation> ObserveFixture(const std::string& name) const {
    return Observe(*Make(FIXTURES_DIRECTORY "/" + name));
  }

  ManualClock clock_;
};

/// The container whose id begins so.
const Container& Find(const ContainerObservation& observation, const std::string& id) {
  for (const Container& container : observation.containers) {
    if (container.id.starts_with(id)) return container;
  }
  throw std::runtime_error("no container " + id);
}

/// How many true containers there are, without systemd's services.
std::size_t CountContainers(const ContainerObservation& observation) {
  const auto& all = observation.containers;
  return static_cast<std::size_t>(std::count_if(all.begin(), all.end(), [](const Container& one) {
    return one.runtime != ContainerRuntime::kSystemd;
  }));
}

TEST_F(ContainerCollectorTest, ReadsDockerOnV2) {
  const auto observation = ObserveFixture("debian12-cgroup2");
  EXPECT_EQ(observation->cgroup_version, "v2");
  EXPECT_EQ(observation->observed_at, clock_.SystemNow());
  ASSERT_EQ(CountContainers(*observation), 6U);
  const Container& worker = Find(*observation, "1b39ac3dc530");
  EXPECT_EQ(worker.cgroup_path, "/system.slice/docker-" + worker.id + ".scope");
  EXPECT_EQ(worker.memory.usage, 769679360U);
  EXPECT_EQ(worker.memory.anon, 692060160U);
  EXPECT_EQ(worker.memory.file, 46141440U);
  EXPECT_EQ(worker.memory.working_set, 769679360U - 20979712U);
  EXPECT_EQ(worker.memory.slab_reclaimable, 8400896U);
  EXPECT_EQ(worker.memory.slab_unreclaimable, 9453568U);
  EXPECT_EQ(worker.memory.kernel, 31477760U);
  EXPECT_EQ(worker.memory.swap, 118 * kMebibyte);
  EXPECT_EQ(worker.memory.peak, 779116544U);
  EXPECT_EQ(worker.memory.limit, 768 * kMebibyte);
  EXPECT_EQ(worker.memory.swap_limit, 768 * kMebibyte);
  EXPECT_EQ(worker.memory.high, std::nullopt);
  EXPECT_EQ(worker.events.max, 5127U);
  EXPECT_EQ(worker.events.oom_kill, 3U);
  EXPECT_EQ(worker.events.fail, 51U);
  EXPECT_EQ(worker.memory_pressure.some, std::chrono::microseconds(4865966));
  EXPECT_EQ(worker.memory_pressure.full, std::chrono::microseconds(4131298));
  EXPECT_EQ(worker.cpu_pressure.full, std::chrono::microseconds(0));
  EXPECT_EQ(worker.processes, 7U);
  const Container& webserver = Find(*observation, "f17e22840e84");
  EXPECT_EQ(webserver.memory.limit, std::nullopt);
  EXPECT_EQ(webserver.memory.swap_limit, std::nullopt);
  const Container& triggerer = Find(*observation, "c741b23ffd2f");
  EXPECT_EQ(triggerer.memory.high, 480 * kMebibyte);
}

TEST_F(ContainerCollectorTest, ReadsDockerOnV1) {
  const auto observation = ObserveFixture("debian12-cgroup1");
  EXPECT_EQ(observation->cgroup_version, "v1");
  ASSERT_EQ(CountContainers(*observation), 6U);
  const Container& worker = Find(*observation, "ca49ecd4a2ab");
  EXPECT_EQ(worker.cgroup_path, "/docker/" + worker.id);
  EXPECT_EQ(worker.memory.usage, 1727029248U);
  EXPECT_EQ(worker.memory.anon, 1677721600U);
  EXPECT_EQ(worker.memory.file, 17829888U);
  EXPECT_EQ(worker.memory.working_set, 1727029248U - 8396800U);
  EXPECT_EQ(worker.memory.slab_reclaimable, std::nullopt);
  EXPECT_EQ(worker.memory.kernel, 31477760U);
  EXPECT_EQ(worker.memory.peak, 1736466432U);
  EXPECT_EQ(worker.memory.limit, std::nullopt);
  EXPECT_EQ(worker.memory.swap_limit, std::nullopt);
  EXPECT_EQ(worker.events.oom_kill, 36U);
  EXPECT_EQ(worker.events.oom, std::nullopt);
  EXPECT_EQ(worker.memory_pressure.some, std::nullopt);
  const Container& scheduler = Find(*observation, "4f34bee90b55");
  EXPECT_EQ(scheduler.memory.limit, 768 * kMebibyte);
  EXPECT_EQ(scheduler.memory.swap_limit, 768 * kMebibyte) << "memory and swap may hold 1536 MiB";
  EXPECT_EQ(scheduler.events.max, 0U);
}

TEST_F(ContainerCollectorTest, OnV1CountsTheHitsOfBothLimits) {
  const TemporaryTree tree;
  const std::string path = "/sys/fs/cgroup/memory/docker/" + std::string(64, 'a');
  tree.Write("/sys/fs/cgroup/memory/memory.stat", "cache 1\n");
  tree.Write(path + "/cgroup.procs", "7\n");
  tree.Write(path + "/memory.usage_in_bytes", "4096\n");
  const auto collector = Make(tree.root());
  EXPECT_EQ(Observe(*collector)->containers.at(0).events.max, std::nullopt);
  tree.Write(path + "/memory.failcnt", "2\n");
  EXPECT_EQ(Observe(*collector)->containers.at(0).events.max, 2U);
  tree.Write(path + "/memory.memsw.failcnt", "40\n");
  EXPECT_EQ(Observe(*collector)->containers.at(0).events.max, 42U);
}

TEST_F(ContainerCollectorTest, OnAHybridHostReadsTheHierarchyWithTheMemoryController) {
  const auto observation = ObserveFixture("hybrid");
  EXPECT_EQ(observation->cgroup_version, "hybrid");
  ASSERT_EQ(CountContainers(*observation), 6U);
  EXPECT_EQ(Find(*observation, "2dee62f87363").memory.swap, 118 * kMebibyte);
  EXPECT_EQ(ObserveFixture("no-psi")->cgroup_version, "v1");
}

TEST_F(ContainerCollectorTest, ReadsPodsWithTheirNamesAndTheLimitsOfTheirParents) {
  const auto observation = ObserveFixture("kubernetes-containerd");
  ASSERT_EQ(CountContainers(*observation), 7U) << "four containers and three sandboxes";
  const Container& scheduler = Find(*observation, "4213041d6076");
  EXPECT_EQ(scheduler.runtime, ContainerRuntime::kContainerd);
  EXPECT_EQ(scheduler.pod_uid, "3f1c8a52-7d0e-4b19-9c64-2a85e7b1d903");
  EXPECT_EQ(scheduler.pod, "airflow-scheduler-5d8f7c9b6d-x2x4q");
  EXPECT_EQ(scheduler.pod_namespace, "airflow");
  EXPECT_EQ(scheduler.name, "scheduler");
  EXPECT_EQ(scheduler.memory.limit, 900 * kMebibyte) << "the pod's";
  EXPECT_EQ(Find(*observation, "af29cd9b22b8").memory.limit, 3600 * kMebibyte) << "all pods'";
  EXPECT_EQ(Find(*observation, "6d6c6ed97eae").memory.limit, 768 * kMebibyte) << "its own";
  const Container& sandbox = Find(*observation, "6cffc90855b8");
  EXPECT_EQ(sandbox.name, kSandboxName) << "it has no log";
  EXPECT_EQ(sandbox.pod, scheduler.pod) << "but its pod has a folder";
  EXPECT_EQ(observation->names_problem, "");
}

TEST_F(ContainerCollectorTest, ReadsTheServicesOfABareHost) {
  const auto observation = ObserveFixture("debian12-systemd");
  EXPECT_EQ(CountContainers(*observation), 0U);
  ASSERT_EQ(observation->containers.size(), 12U);
  const Container& scheduler = Find(*observation, "airflow-scheduler.service");
  EXPECT_EQ(scheduler.runtime, ContainerRuntime::kSystemd);
  EXPECT_EQ(scheduler.cgroup_path, "/airflow.slice/airflow-scheduler.service");
  EXPECT_EQ(scheduler.name, "airflow-scheduler.service");
  EXPECT_EQ(scheduler.memory.anon, 419430400U);
  EXPECT_EQ(scheduler.memory.slab_reclaimable, 33554432U);
  EXPECT_EQ(scheduler.memory.slab_unreclaimable, 12582912U);
  EXPECT_EQ(scheduler.memory.limit, 1024 * kMebibyte);
  EXPECT_EQ(scheduler.memory.high, 960 * kMebibyte);
  EXPECT_EQ(scheduler.memory.swap_limit, 256 * kMebibyte);
  EXPECT_EQ(scheduler.processes, 3U);
  EXPECT_EQ(Find(*observation, "airflow-triggerer.service").memory.limit, 3000 * kMebibyte)
      << "its slice's";
  EXPECT_EQ(Find(*observation, "airflow-worker.service").events.oom_kill, 2U);
  EXPECT_EQ(Find(*observation, "airflow-webserver.service").name,
            "user@1000.service/airflow-webserver.service");
  EXPECT_EQ(observation->names_problem, "");
}

TEST_F(ContainerCollectorTest, FindsPodmansContainersWithTheirInnerLimitsAndStoredNames) {
  const TemporaryTree tree;
  const std::string id(64, 'a');
  const std::string scope = "/sys/fs/cgroup/machine.slice/libpod-" + id + ".scope";
  tree.Write("/sys/fs/cgroup/cgroup.controllers", "memory\n");
  tree.Write(scope + "/memory.max", "max\n");
  tree.Write(scope + "/cgroup.procs", "");
  tree.Write(scope + "/container/cgroup.procs", "7\n");
  tree.Write(scope + "/container/memory.max", "1048576\n");
  tree.Write("/var/lib/containers/storage/overlay-containers/containers.json",
             R"([{"id":")" + id + R"(","names":["airflow-scheduler"]}])");
  const auto observation = Observe(*Make(tree.root()));
  ASSERT_EQ(observation->containers.size(), 1U);
  EXPECT_EQ(observation->containers[0].runtime, ContainerRuntime::kPodman);
  EXPECT_EQ(observation->containers[0].name, "airflow-scheduler");
  EXPECT_EQ(observation->containers[0].memory.limit, kMebibyte);
}

TEST_F(ContainerCollectorTest, TakesTheLimitOfItsOwnCgroupNamespacesRoot) {
  const TemporaryTree tree;
  tree.Write("/sys/fs/cgroup/cgroup.controllers", "memory\n");
  tree.Write("/sys/fs/cgroup/memory.max", "4096\n");
  tree.Write("/sys/fs/cgroup/docker/" + std::string(64, 'a') + "/cgroup.procs", "7\n");
  EXPECT_EQ(Observe(*Make(tree.root()))->containers.at(0).memory.limit, 4096U);
}

TEST_F(ContainerCollectorTest, SeesThatAllProcessesOfACgroupWereReplaced) {
  const TemporaryTree tree;
  const std::string processes = "/sys/fs/cgroup/system.slice/airflow.service/cgroup.procs";
  tree.Write("/sys/fs/cgroup/cgroup.controllers", "memory\n");
  const auto collector = Make(tree.root());
  const auto restarts_with = [&](const char* ids) {
    tree.Write(processes, ids);
    return Observe(*collector)->containers.at(0).restarts_in_place;
  };
  EXPECT_EQ(restarts_with("7\n8\n"), 0U);
  EXPECT_EQ(restarts_with("8\n"), 0U) << "it went into the background";
  EXPECT_EQ(restarts_with("8\n9\n"), 0U);
  EXPECT_EQ(restarts_with(""), 0U) << "it waits to be restarted";
  EXPECT_EQ(restarts_with("12\n13\n"), 1U);
  EXPECT_EQ(restarts_with("12\n"), 1U);
  EXPECT_EQ(restarts_with("0\n"), 1U) << "of another pid namespace";
}

TEST_F(ContainerCollectorTest, ACgroupMadeAnewAtItsOldPathHasAnotherInode) {
  const TemporaryTree tree;
  const std::string path = "/sys/fs/cgroup/docker/" + std::string(64, 'a');
  tree.Write("/sys/fs/cgroup/cgroup.controllers", "memory\n");
  tree.Write(path + "/cgroup.procs", "7\n");
  const auto collector = Make(tree.root());
  const std::uint64_t before = Observe(*collector)->containers.at(0).cgroup_inode;
  EXPECT_EQ(Observe(*collector)->containers.at(0).cgroup_inode, before);
  std::filesystem::rename(tree.root() + path, tree.root() + "/gone");
  tree.Write(path + "/cgroup.procs", "9\n");
  EXPECT_NE(Observe(*collector)->containers.at(0).cgroup_inode, before);
}

/// Cgroups made and removed while they are read: a container either is there as a whole or is not.
TEST_F(ContainerCollectorTest, CgroupsThatVanishWhileTheyAreReadAreNoError) {
  const std::string root = "/sys/fs/cgroup/memory";
  const std::string parent = root + "/airflow_host_test_" + std::to_string(::getpid());
  if (!std::filesystem::exists(root + "/memory.stat") || ::mkdir(parent.c_str(), 0755) != 0) {
    GTEST_SKIP() << "No cgroups of version 1 can be made here.";
  }
  const std::string path = parent + "/" + std::string(64, 'a');
  std::atomic<bool> stop = false;
  std::thread churn([&] {
    while (!stop) {
      ::mkdir(path.c_str(), 0755);
      std::ofstream(path + "/memory.limit_in_bytes") << 64 * kMebibyte;
      ::rmdir(path.c_str());
    }
  });
  auto made =
      MakeContainerCollector({.paths = {}, .docker_socket = {}, .podman_socket = {}}, clock_);
  ASSERT_TRUE(made);
  std::size_t seen = 0;
  for (int round = 0; round < 2000; ++round) {
    const auto observation = Observe(**made);
    for (const Container& container : observation->containers) {
      if (!container.cgroup_path.ends_with(std::string(64, 'a'))) continue;
      ++seen;
      EXPECT_TRUE(container.memory.usage && container.memory.anon && container.events.oom_kill);
    }
  }
  stop = true;
  churn.join();
  EXPECT_GT(seen, 0U);
  EXPECT_EQ(::rmdir(parent.c_str()), 0);
}

TEST_F(ContainerCollectorTest, CountsTheProcessesOfCgroupsBelow) {
  const TemporaryTree tree;
  const std::string scope =
      "/sys/fs/cgroup/machine.slice/libpod-" + std::string(64, 'a') + ".scope";
  tree.Write("/sys/fs/cgroup/cgroup.controllers", "memory\n");
  tree.Write(scope + "/cgroup.procs", "");
  tree.Write(scope + "/container/cgroup.procs", "7\n8\n");
  tree.Write(scope + "/container/init.scope/cgroup.procs", "9\n");
  const auto observation = Observe(*Make(tree.root()));
  ASSERT_EQ(observation->containers.size(), 1U);
  EXPECT_EQ(observation->containers[0].processes, 3U);
  EXPECT_EQ(observation->containers[0].memory.usage, std::nullopt);
}

TEST_F(ContainerCollectorTest, TakesTheStartOfTheOldestProcessOverTheDirectorysTime) {
  const TemporaryTree tree;
  const std::string path = "/sys/fs/cgroup/docker/" + std::string(64, 'a');
  tree.Write("/sys/fs/cgroup/cgroup.controllers", "memory\n");
  tree.Write(path + "/cgroup.procs", "7\n");
  const auto collector = Make(tree.root());
  const auto by_directory = Observe(*collector)->containers.at(0).started_at;
  ASSERT_TRUE(by_directory);
  EXPECT_GT(*by_directory, FromSecondsSinceEpoch(1'700'000'000));

  const std::string ticks = std::to_string(30 * ::sysconf(_SC_CLK_TCK));
  tree.Write("/proc/stat", "btime 1000\n");
  tree.Write("/proc/7/stat", "7 (x) S 1 1 1 0 -1 1 1 0 1 0 1 1 0 0 20 0 2 0 " + ticks + " 1\n");
  EXPECT_EQ(Observe(*collector)->containers.at(0).started_at, FromSecondsSinceEpoch(1030));
  std::filesystem::remove_all(tree.root() + "/proc");
  EXPECT_EQ(Observe(*collector)->containers.at(0).started_at, FromSecondsSinceEpoch(1030));
}

TEST_F(ContainerCollectorTest, LeavesOutACgroupWithoutFiles) {
  const TemporaryTree tree;
  tree.Write("/sys/fs/cgroup/cgroup.controllers", "memory\n");
  std::filesystem::create_directories(tree.root() + "/sys/fs/cgroup/docker/" +
                                      std::string(64, 'a'));
  EXPECT_TRUE(Observe(*Make(tree.root()))->containers.empty());
}

TEST_F(ContainerCollectorTest, SaysThatThereAreNoControlGroups) {
  const TemporaryTree tree;
  const auto observation = Make(tree.root())->Observe(Deadline{SteadyTime::max()});
  ASSERT_FALSE(observation);
  EXPECT_EQ(observation.error().kind, ErrorKind::kAbsent);
}

TEST_F(ContainerCollectorTest, StopsAtItsDeadline) {
  const auto observation =
      Make(FIXTURES_DIRECTORY "/debian12-cgroup2")->Observe(Deadline{clock_.SteadyNow()});
  ASSERT_FALSE(observation);
  EXPECT_EQ(observation.error().kind, ErrorKind::kTimedOut);
}

}  // namespace
}  // namespace airflow_host
