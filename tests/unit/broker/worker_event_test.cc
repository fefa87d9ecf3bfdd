// Messages as Celery 5.2.6 publishes them (caught from a running worker), and others.
#include "collectors/broker/worker_event.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace airflow_host {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// In plain text, as kombu sends a body when `body_encoding` is not base64.
std::string Enveloped(const std::string& body) { return nlohmann::json{{"body", body}}.dump(); }

// {"hostname": "celery@worker-0", "utcoffset": 0, "pid": 31620, "clock": 2, "freq": 2.0,
//  "active": 2, "processed": 5, "loadavg": [0.52, 0.4, 0.3], "sw_ident": "py-celery",
//  "sw_ver": "5.2.6", "sw_sys": "Linux", "timestamp": 1795302800.66, "type": "worker-heartbeat"}
constexpr const char* kHeartbeat =
    R"({"body": "eyJob3N0bmFtZSI6ICJjZWxlcnlAd29ya2VyLTAiLCAidXRjb2Zmc2V0IjogMCwgInBpZCI6IDMxNjIw)"
    R"(LCAiY2xvY2siOiAyLCAiZnJlcSI6IDIuMCwgImFjdGl2ZSI6IDIsICJwcm9jZXNzZWQiOiA1LCAibG9hZGF2ZyI6IF)"
    R"(swLjUyLCAwLjQsIDAuM10sICJzd19pZGVudCI6ICJweS1jZWxlcnkiLCAic3dfdmVyIjogIjUuMi42IiwgInN3X3N5)"
    R"(cyI6ICJMaW51eCIsICJ0aW1lc3RhbXAiOiAxNzk1MzAyODAwLjY2LCAidHlwZSI6ICJ3b3JrZXItaGVhcnRiZWF0In)"
    R"(0=", "content-encoding": "utf-8", "content-type": "application/json", "headers": {"hostname":)"
    R"( "celery@worker-0"}, "properties": {"delivery_mode": 1, "delivery_info": {"exchange":)"
    R"( "celeryev", "routing_key": "worker.heartbeat"}, "priority": 0, "body_encoding": "base64",)"
    R"( "delivery_tag": "0f2a"}})";

TEST(ParseWorkerEvent, ReadsAHeartbeat) {
  const auto event = ParseWorkerEvent(kHeartbeat);
  ASSERT_TRUE(event) << event.error().message;
  EXPECT_EQ(event->kind, WorkerEvent::Kind::kHeartbeat);
  EXPECT_EQ(event->worker, "celery@worker-0");
  ASSERT_TRUE(event->at);
  EXPECT_NEAR(SecondsSinceEpoch(*event->at), 1795302800.66, 0.001);
  EXPECT_EQ(event->period, std::chrono::milliseconds(2000));
  EXPECT_EQ(event->active, 2U);
  EXPECT_EQ(event->processed, 5U);
}

TEST(ParseWorkerEvent, ReadsEveryKind) {
  using Kind = WorkerEvent::Kind;
  for (const auto& [type, kind] :
       {std::pair("worker-online", Kind::kOnline), std::pair("worker-heartbeat", Kind::kHeartbeat),
        std::pair("worker-offline", Kind::kOffline)}) {
    const auto event =
        ParseWorkerEvent(Enveloped(std::string(R"({"hostname": "w", "type": ")") + type + "\"}"));
    ASSERT_TRUE(event) << type;
    EXPECT_EQ(event->kind, kind);
    EXPECT_EQ(event->worker, "w");
    EXPECT_EQ(event->at, std::nullopt);
    EXPECT_EQ(event->period, std::nullopt);
    EXPECT_EQ(event->active, std::nullopt);
    EXPECT_EQ(event->processed, std::nullopt);
  }
}

TEST(ParseWorkerEvent, LeavesOutFieldsThatMakeNoSense) {
  for (const char* fields : {
           R"("active": -1, "processed": -5, "freq": 0, "timestamp": -1)",
           R"("active": "2", "processed": [], "freq": "2", "timestamp": null)",
           R"("active": 1e300, "processed": 1.5, "freq": 1e300, "timestamp": 1e300)",
           R"("active": 99999999999999999999999, "processed": {}, "freq": -2, "timestamp": true)",
       }) {
    const auto event = ParseWorkerEvent(
        Enveloped(std::string(R"({"hostname": "w", "type": "worker-heartbeat", )") + fields + "}"));
    ASSERT_TRUE(event) << fields;
    EXPECT_EQ(event->at, std::nullopt) << fields;
    EXPECT_EQ(event->period, std::nullopt) << fields;
    EXPECT_EQ(event->active, std::nullopt) << fields;
    EXPECT_EQ(event->processed, std::nullopt) << fields;
  }
}

TEST(ParseWorkerEvent, RefusesWhatIsNone) {
  const std::string heartbeat = kHeartbeat;
  for (const std::string& message : {
           std::string(),
           std::string("secret"),
           std::string("\0{}", 3),
           std::string("[]"),
           std::string("{}"),
           std::string(R"({"body": 5})"),
           std::string(R"({"body": "secret"})"),
           std::string(R"({"body": "!!!!", "properties": {"body_encoding": "base64"}})"),
           std::string(R"({"body": "e30=", "properties": {"body_encoding": "base64"}})"),
           std::string(
               R"({"body": "gAKVsecret", "content-type": "application/x-python-serialize"})"),
           Enveloped(R"({"type": "worker-heartbeat"})"),
           Enveloped(R"({"type": "worker-heartbeat", "hostname": ""})"),
           Enveloped(R"({"type": "worker-heartbeat", "hostname": 7})"),
           Enveloped(R"({"type": "task-received", "hostname": "secret"})"),
           Enveloped(R"({"type": "worker-heartbeat", "hostname": ")" + std::string(500, 'x') +
                     "\"}"),
           heartbeat.substr(0, heartbeat.size() / 2),
           heartbeat + std::string(kLongestWorkerEvent, ' '),
           std::string(10'000, '['),
       }) {
    const auto event = ParseWorkerEvent(message);
    ASSERT_FALSE(event) << message.substr(0, 80);
    EXPECT_EQ(event.error().kind, ErrorKind::kMalformed);
    EXPECT_THAT(event.error().message, Not(HasSubstr("secret")));
  }
}

}  // namespace
}  // namespace airflow_host
