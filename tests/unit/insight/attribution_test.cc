#include "exporter/insight/attribution.h"

#include <gtest/gtest.h>

namespace airflow_host {
namespace {

ProcessSample Process(Component component, bool is_main, std::uint64_t rss, std::string path) {
  ProcessSample process;
  process.component = component;
  process.is_main = is_main;
  process.rss_bytes = rss;
  process.cgroup_path = std::move(path);
  return process;
}

std::string NameOf(std::vector<ProcessSample> processes) {
  ContainerObservation containers;
  containers.containers.resize(1);
  containers.containers[0].cgroup_path = "/docker/a1";
  ComponentObservation components;
  components.processes = std::move(processes);
  return NameByComponent(containers, components).containers[0].component;
}

TEST(NameByComponent, TakesTheMainProcessOverALargerChild) {
  EXPECT_EQ(NameOf({Process(Component::kServeLogs, false, 900, "/docker/a1"),
                    Process(Component::kCeleryWorker, true, 100, "/docker/a1")}),
            "celery_worker");
}

TEST(NameByComponent, NeverNamesAContainerAfterATaskWhileSomethingElseRunsThere) {
  EXPECT_EQ(NameOf({Process(Component::kTask, true, 900, "/docker/a1"),
                    Process(Component::kCeleryWorker, false, 1, "/docker/a1")}),
            "celery_worker");
  EXPECT_EQ(NameOf({Process(Component::kTask, true, 900, "/docker/a1")}), "task");
}

TEST(NameByComponent, LooksBelowTheContainersCgroupAndNotBesideIt) {
  EXPECT_EQ(NameOf({Process(Component::kScheduler, true, 1, "/docker/a1/init")}), "scheduler");
  EXPECT_EQ(NameOf({Process(Component::kScheduler, true, 1, "/docker/a10")}), "");
  EXPECT_EQ(NameOf({Process(Component::kScheduler, true, 1, "")}), "");
  EXPECT_EQ(NameOf({}), "");
}

}  // namespace
}  // namespace airflow_host
