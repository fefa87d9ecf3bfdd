#include "exporter/insight/execution_in_force.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace airflow_host {
namespace {

/// A host with Celery workers of these numbers.
ComponentObservation Workers(const std::vector<std::optional<std::uint32_t>>& numbers) {
  ComponentObservation components;
  for (const auto& number : numbers) {
    ProcessSample& process = components.processes.emplace_back();
    process.component = Component::kCeleryWorker;
    process.is_main = true;
    process.worker_concurrency = number;
  }
  components.processes.emplace_back().component = Component::kCeleryWorker;  // A pool child.
  return components;
}

ExecutionSettings Written(std::uint32_t concurrency) {
  ExecutionSettings settings;
  settings.worker_concurrency = concurrency;
  return settings;
}

ExecutionSettings Told(std::uint32_t concurrency) {
  ExecutionSettings settings = Written(concurrency);
  settings.worker_concurrency_told = true;
  return settings;
}

/// As where airflow.cfg was read and is silent.
ExecutionSettings Default() {
  ExecutionSettings settings = Written(16);
  settings.worker_concurrency_is_default = true;
  return settings;
}

TEST(ConcurrencyInForce, IsWhatWeAreToldThenWhatWorkersRunThenWhatIsWritten) {
  const auto in_force = [](const ExecutionSettings& settings,
                           const std::vector<std::optional<std::uint32_t>>& numbers) {
    const ComponentObservation components = Workers(numbers);
    return ConcurrencyInForce(settings, &components);
  };
  EXPECT_EQ(ConcurrencyInForce({}, nullptr), std::nullopt);
  EXPECT_EQ(ConcurrencyInForce(Written(16), nullptr), 16U);
  EXPECT_EQ(in_force(Written(16), {}), 16U);
  EXPECT_EQ(in_force(Written(16), {2, 2}), 2U);
  EXPECT_EQ(in_force(Written(16), {2, 4}), 16U) << "they differ";
  EXPECT_EQ(in_force(Written(16), {2, std::nullopt}), 16U) << "one is not known";
  EXPECT_EQ(in_force(Told(16), {2}), 16U);
}

TEST(ConcurrencyInForce, AsksTheOtherProcessesBeforeTheDefault) {
  ComponentObservation components;
  components.install.settings = {{"parallelism", 32}, {"worker_concurrency", 8}};
  EXPECT_EQ(ConcurrencyInForce({}, &components), 8U);
  EXPECT_EQ(ConcurrencyInForce(Default(), &components), 8U);
  EXPECT_EQ(ConcurrencyInForce(Written(4), &components), 4U);
  components.install.settings.push_back({"worker_autoscale_max", 12});
  EXPECT_EQ(ConcurrencyInForce({}, &components), 12U);
  components.install.settings.clear();
  EXPECT_EQ(ConcurrencyInForce({}, &components), std::nullopt);
  EXPECT_EQ(ConcurrencyInForce(Default(), &components), 16U);
}

TEST(LeastConcurrency, TakesNoDefaultAndNoOtherHostsWorkersForKnown) {
  const auto least = [](const ExecutionSettings& settings,
                        const std::vector<std::optional<std::uint32_t>>& numbers,
                        std::uint64_t live_workers) {
    const ComponentObservation components = Workers(numbers);
    return LeastConcurrency(settings, &components, live_workers);
  };
  EXPECT_EQ(LeastConcurrency({}, nullptr, 1), std::nullopt);
  EXPECT_EQ(LeastConcurrency(Default(), nullptr, 1), std::nullopt);
  EXPECT_EQ(LeastConcurrency(Written(8), nullptr, 1), 8U);
  EXPECT_EQ(LeastConcurrency(Told(8), nullptr, 1), 8U);
  EXPECT_EQ(least(Default(), {}, 1), std::nullopt);
  EXPECT_EQ(least(Default(), {2}, 1), 2U);
  EXPECT_EQ(least(Default(), {16, 2}, 2), 2U) << "they differ";
  EXPECT_EQ(least(Default(), {16, 2}, 3), std::nullopt) << "one is elsewhere";
  EXPECT_EQ(least(Default(), {16, std::nullopt}, 2), std::nullopt);
  EXPECT_EQ(least(Written(8), {16, 2}, 2), 2U);
  EXPECT_EQ(least(Written(8), {16}, 1), 16U) << "every one is seen";
  EXPECT_EQ(least(Written(8), {16}, 3), 8U) << "those elsewhere obey the configuration";
  EXPECT_EQ(least(Written(8), {4, std::nullopt}, 2), 4U);
  EXPECT_EQ(least(Told(8), {2}, 1), 8U);
}

TEST(ExecutorsInForce, AreThoseOfTheProcessesWhereTheSettingsNameNone) {
  ComponentObservation components;
  components.install.installs.resize(2);
  components.install.installs[0].executor = "LocalExecutor";
  ExecutionSettings settings;
  EXPECT_FALSE(ExecutorsInForce(settings, nullptr).known());
  EXPECT_TRUE(ExecutorsInForce(settings, &components).known());
  EXPECT_FALSE(ExecutorsInForce(settings, &components).HasCelery());
  components.install.installs[1].executor = "CeleryExecutor";
  EXPECT_FALSE(ExecutorsInForce(settings, &components).known()) << "they differ";
  settings.executor = "CeleryExecutor";
  EXPECT_TRUE(ExecutorsInForce(settings, &components).HasCelery());
}

}  // namespace
}  // namespace airflow_host
