// Messages as Celery 5.2.6 publishes them (caught from a real Redis, the bodies cut short), and
// others.
#include "collectors/broker/message_id.h"

#include <gtest/gtest.h>

#include <array>
#include <utility>

namespace airflow_host {
namespace {

constexpr const char* kEnvelope =
    R"({"body": "W1siZGVmYXVsdCJdLCB7fSwgeyJjYWxsYmFja3MiOiBudWxsfV0=", "content-encoding": "utf-8",)"
    R"( "content-type": "application/json", "headers": {"lang": "py", "task": "execute_command",)"
    R"( "id": "4f1e8c6a-97f0-4b6f-9d7a-0d1f6a1f9a55", "shadow": null, "eta": null, "expires": null,)"
    R"( "group": null, "group_index": null, "retries": 0, "timelimit": [null, null], "root_id":)"
    R"( "4f1e8c6a-97f0-4b6f-9d7a-0d1f6a1f9a55", "parent_id": null, "argsrepr": "['default']",)"
    R"( "kwargsrepr": "{}", "origin": "gen31500@host", "ignore_result": true}, "properties":)"
    R"( {"correlation_id": "4f1e8c6a-97f0-4b6f-9d7a-0d1f6a1f9a55", "reply_to":)"
    R"( "a5d1f4c2-6f5e-3c6c-8a1e-b6f1c6c8a6a1", "delivery_mode": 2, "delivery_info":)"
    R"( {"exchange": "", "routing_key": "default"}, "priority": 0, "body_encoding": "base64",)"
    R"( "delivery_tag": "b7a3c1de-1f1c-4d8e-8a4a-1e2f3a4b5c6d"}})";
constexpr const char* kId = "4f1e8c6a-97f0-4b6f-9d7a-0d1f6a1f9a55";

TEST(MessageId, IsThatOfCelerysHeaders) {
  EXPECT_EQ(WaitingMessageId(kEnvelope), kId);
  EXPECT_EQ(UnackedMessageId(std::string("[") + kEnvelope + R"(, "", "default"])"), kId);
}

TEST(MessageId, IsReadFromOneShapeOnly) {
  EXPECT_EQ(UnackedMessageId(kEnvelope), std::nullopt);
  EXPECT_EQ(WaitingMessageId(std::string("[") + kEnvelope + "]"), std::nullopt);
  EXPECT_EQ(UnackedMessageId(std::string(R"(["", )") + kEnvelope + "]"), std::nullopt);
  EXPECT_EQ(UnackedMessageId(std::string("[[") + kEnvelope + "]]"), std::nullopt);
}

TEST(MessageId, OfAnythingElseIsUnknown) {
  for (const char* text : {"",
                           "{",
                           "[]",
                           "{}",
                           "null",
                           "1",
                           "\"id\"",
                           "secret",
                           R"({"id": "a"})",
                           R"({"headers": "id", "id": "a"})",
                           R"({"headers": ["id", "a"]})",
                           R"({"headers": {"id": null, "task": "a"}})",
                           R"({"headers": {"id": 1}, "id": "a"})",
                           R"({"headers": {"id": {"id": "a"}}})",
                           R"({"headers": {"id": ["a"], "task": "b"}})",
                           R"({"headers": {"id": ""}})",
                           R"({"headers": {"meta": {"id": "a"}}})",
                           R"({"body": {"headers": {"id": "a"}}})",
                           R"({"body": {"id": "a"}, "headers": null})",
                           R"({"headers": {}, "properties": {"id": "a"}})",
                           "{\"headers\": {\"id\": \"\xff\"}}",
                           R"({"headers": {"id": "a)"}) {
    EXPECT_EQ(WaitingMessageId(text), std::nullopt) << text;
    EXPECT_EQ(UnackedMessageId("[" + std::string(text) + "]"), std::nullopt) << text;
  }
}

TEST(MessageId, ComesInAnyOrderOfTheKeys) {
  EXPECT_EQ(WaitingMessageId(R"({"headers": {"timelimit": [1, {"id": "b"}], "id": "a"}})"), "a");
  EXPECT_EQ(WaitingMessageId(R"({"properties": {"headers": {"id": "b"}}, "headers": {"id": "a"}})"),
            "a");
}

TEST(MessageId, HasALimit) {
  const auto of_length = [](std::size_t length) {
    return WaitingMessageId(R"({"headers": {"id": ")" + std::string(length, 'x') + "\"}}");
  };
  EXPECT_EQ(of_length(kLongestMessageId).value_or("").size(), kLongestMessageId);
  EXPECT_EQ(of_length(kLongestMessageId + 1), std::nullopt);
}

TEST(MessageId, SurvivesDepth) {
  const std::string deep(1'000'000, '[');
  EXPECT_EQ(WaitingMessageId("{\"body\": " + deep), std::nullopt);
  EXPECT_EQ(UnackedMessageId(deep), std::nullopt);
}

}  // namespace
}  // namespace airflow_host
