// How many tasks a Celery worker's command line asks for.
#include "collectors/component/worker_concurrency.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/unit/component/cmdlines.h"

namespace airflow_host {
namespace {

std::string Main(const std::string& arguments) {
  return Title("[celeryd: celery@worker-0:MainProcess] -active- (" + arguments + ")");
}

TEST(ParseWorkerConcurrency, ReadsFlagsAndTitles) {
  const std::vector<std::pair<std::string, std::optional<std::uint32_t>>> kCases = {
      {Main("celery worker --concurrency 2"), 2},
      {Main("celery worker --concurrency=12 --queues a,b"), 12},
      {Main("celery worker -c 4"), 4},
      {Main("celery worker -c4 -q high"), 4},
      {Main("celery worker --autoscale 16,2"), 16},
      {Main("celery worker --autoscale=2,16 -c 4"), 16},
      {Main("celery worker -a 8,1"), 8},
      {Cli({"celery", "worker", "--concurrency", "7"}), 7},
      {Cli({"celery", "worker", "-c", "7", "-c", "8"}), 8},
      {Main("celery worker"), std::nullopt},
      {Main("celery worker --concurrency"), std::nullopt},
      {Main("celery worker --concurrency many"), std::nullopt},
      {Main("celery worker --concurrency 0"), std::nullopt},
      {Main("celery worker --concurrency 4294967296"), std::nullopt},
      {Main("celery worker --concurrencyx 4"), std::nullopt},
      {Main("celery worker --celery-hostname h"), std::nullopt},
      {Main("celery worker --autoscale ,"), std::nullopt},
      {"", std::nullopt},
      {std::string(50, '\0'), std::nullopt},
  };
  for (const auto& [cmdline, expected] : kCases) {
    EXPECT_EQ(ParseWorkerConcurrency(cmdline), expected) << cmdline;
  }
}

}  // namespace
}  // namespace airflow_host
