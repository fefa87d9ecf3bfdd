#include "collectors/broker/broker_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

namespace airflow_host {
namespace {

/// Samples as "name{label=value}" -> value.
std::map<std::string, double> Describe(const CollectorStatus& status,
                                       const BrokerObservation* observation) {
  MetricWriter writer(10'000);
  DescribeBroker(status, observation, writer);
  std::map<std::string, double> samples;
  for (const auto& family : writer.Take()) {
    for (const auto& metric : family.metric) {
      std::string name = family.name;
      for (const auto& label : metric.label) name += "{" + label.name + "=" + label.value + "}";
      const double value = family.type == prometheus::MetricType::Counter ? metric.counter.value
                                                                          : metric.gauge.value;
      EXPECT_TRUE(samples.emplace(name, value).second) << "twice: " << name;
    }
  }
  return samples;
}

CollectorStatus Succeeded(bool succeeded) {
  CollectorStatus status;
  status.succeeded = succeeded;
  return status;
}

TEST(DescribeBroker, ShowsEveryField) {
  BrokerObservation observation;
  observation.redis_version = "7.0.15";
  observation.queues = {{"default", 6}, {"high", 0}, {"forbidden", std::nullopt}};
  observation.unacked_messages = 2;
  observation.oldest_unacked = FromSecondsSinceEpoch(1000.5);
  observation.visibility_timeout = std::chrono::hours(24);
  observation.orphaned_replies = 3;
  observation.memory_used = 100;
  observation.memory_max = 200;
  observation.clients = 14;
  observation.evicted_keys = 5;
  observation.rejected_connections = 6;
  observation.start = FromSecondsSinceEpoch(900);
  observation.workers = {{"celery@a", true, FromSecondsSinceEpoch(2000.5), 2, 7},
                         {"celery@b", false, FromSecondsSinceEpoch(1500), std::nullopt, 9},
                         {"celery@c", false, std::nullopt, std::nullopt, std::nullopt}};
  observation.silent_workers = 4;
  const std::map<std::string, double> expected = {
      {"airflow_worker_heartbeat_timestamp_seconds{worker=celery@a}", 2000.5},
      {"airflow_worker_heartbeat_timestamp_seconds{worker=celery@b}", 1500},
      {"airflow_worker_active_tasks{worker=celery@a}", 2},
      {"airflow_worker_processed_tasks_total{worker=celery@a}", 7},
      {"airflow_worker_processed_tasks_total{worker=celery@b}", 9},
      {"airflow_workers{state=live}", 1},
      {"airflow_workers{state=lost}", 2},
      {"airflow_workers{state=silent}", 4},
      {"airflow_broker_up", 1},
      {"airflow_broker_info{redis_version=7.0.15}", 1},
      {"airflow_broker_queue_messages{queue=default}", 6},
      {"airflow_broker_queue_messages{queue=high}", 0},
      {"airflow_broker_unacked_messages", 2},
      {"airflow_broker_oldest_unacked_timestamp_seconds", 1000.5},
      {"airflow_broker_visibility_timeout_seconds", 86400},
      {"airflow_broker_orphaned_replies", 3},
      {"airflow_broker_memory_used_bytes", 100},
      {"airflow_broker_memory_max_bytes", 200},
      {"airflow_broker_clients", 14},
      {"airflow_broker_evicted_keys_total", 5},
      {"airflow_broker_rejected_connections_total", 6},
      {"airflow_broker_start_timestamp_seconds", 900},
  };
  EXPECT_EQ(Describe(Succeeded(true), &observation), expected);
}

TEST(DescribeBroker, LeavesOutWhatIsUnknown) {
  EXPECT_EQ(Describe(CollectorStatus{}, nullptr), (std::map<std::string, double>{}));
  EXPECT_EQ(Describe(Succeeded(false), nullptr),
            (std::map<std::string, double>{{"airflow_broker_up", 0}}));
  BrokerObservation observation;
  EXPECT_EQ(Describe(Succeeded(true), &observation),
            (std::map<std::string, double>{{"airflow_broker_up", 1}}));
}

TEST(DescribeBroker, CountsAllWorkersButLabelsSome) {
  BrokerObservation observation;
  observation.workers.emplace();
  auto samples = Describe(Succeeded(true), &observation);
  EXPECT_EQ(samples.at("airflow_workers{state=live}"), 0) << "known to be none";
  for (std::size_t number = 0; number < kMostWorkerLabels + 20; ++number) {
    observation.workers->push_back({"w" + std::to_string(number), true, std::nullopt, 1, 1});
  }
  observation.workers->push_back({"a\x01", false, std::nullopt, std::nullopt, std::nullopt});
  observation.workers->push_back({"a\x02", false, std::nullopt, std::nullopt, std::nullopt});
  samples = Describe(Succeeded(true), &observation);
  EXPECT_EQ(samples.at("airflow_workers{state=live}"), kMostWorkerLabels + 20);
  EXPECT_EQ(samples.at("airflow_workers{state=lost}"), 2);
  EXPECT_EQ(samples.count("airflow_worker_active_tasks{worker=w199}"), 1U);
  EXPECT_EQ(samples.count("airflow_worker_active_tasks{worker=w200}"), 0U);
}

TEST(DescribeBroker, SumsTheQueuesBeyondTheLimit) {
  BrokerObservation observation;
  for (std::size_t number = 0; number < kMostQueueLabels + 20; ++number) {
    observation.queues.push_back({"q" + std::to_string(number), 1});
  }
  const auto samples = Describe(Succeeded(true), &observation);
  EXPECT_EQ(samples.at("airflow_broker_queue_messages{queue=other}"), 20);
  EXPECT_EQ(samples.at("airflow_broker_queue_messages{queue=q0}"), 1);
  EXPECT_EQ(samples.count("airflow_broker_queue_messages{queue=q100}"), 0U);
}

TEST(DescribeBroker, SumsQueuesThatLookAlike) {
  BrokerObservation observation;
  observation.queues = {
      {"a\x01", 1}, {"a\x02", 2}, {std::string(300, 'x'), 3}, {std::string(301, 'x'), 4}};
  const auto samples = Describe(Succeeded(true), &observation);
  EXPECT_EQ(samples.at("airflow_broker_queue_messages{queue=a?}"), 3);
  EXPECT_EQ(samples.at("airflow_broker_queue_messages{queue=" +
                       std::string(MetricWriter::kLongestLabelValue, 'x') + "}"),
            7);
}

TEST(BrokerMetrics, AreDescribedOnceAndInOneLine) {
  std::set<std::string> names;
  for (const MetricDescription& description : BrokerMetrics()) {
    EXPECT_TRUE(names.insert(description.name).second) << description.name;
    const std::string help = description.help;
    EXPECT_FALSE(help.empty());
    EXPECT_EQ(help.find_first_of("\n\\"), std::string::npos) << help;
    const bool is_total = std::string(description.name).ends_with("_total");
    EXPECT_EQ(is_total, description.type == prometheus::MetricType::Counter) << description.name;
  }
}

}  // namespace
}  // namespace airflow_host
