#include "collectors/broker/broker_questions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace airflow_host {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Kind = RedisReply::Kind;

RedisReply Integer(std::int64_t value) { return {Kind::kInteger, value, "", {}}; }
RedisReply Text(std::string text) { return {Kind::kText, 0, std::move(text), {}}; }
RedisReply Refusal(std::string text) { return {Kind::kError, 0, std::move(text), {}}; }
RedisReply Array(std::vector<RedisReply> elements) {
  return {Kind::kArray, 0, "", std::move(elements)};
}

class BrokerQuestionsTest : public ::testing::Test {
 protected:
  std::vector<RedisReply> Server() {
    return {Text("redis_version:7.0.15\r\nused_memory:100\r\nmaxmemory:0\r\n"),
            Integer(13),
            Integer(2),
            Array({Text("tag"), Text("1795310062.8779347")}),
            Integer(1),
            Array({Text("::celery@a.celery.pidbox"), Text("malformed")})};
  }

  BrokerAddress address_ = ParseBrokerUrl("redis://h").value();
  KombuLayout layout_{"p.", ":", {0, 3}};
  BrokerObservation observation_;
  BrokerQuestions questions_{address_, layout_, observation_};
  const SystemTime now_ = FromSecondsSinceEpoch(1'800'000'000);
};

TEST_F(BrokerQuestionsTest, AsksConstantTimeCommandsUnderThePrefix) {
  EXPECT_THAT(
      questions_.AskServer(),
      ElementsAre(ElementsAre("INFO"), ElementsAre("DBSIZE"), ElementsAre("HLEN", "p.unacked"),
                  ElementsAre("ZRANGE", "p.unacked_index", "0", "0", "WITHSCORES"),
                  ElementsAre("SCARD", "p._kombu.binding.reply.celery.pidbox"),
                  ElementsAre("SRANDMEMBER", "p._kombu.binding.celery.pidbox", "1000")));
  EXPECT_THAT(questions_.AskScan(17),
              ElementsAre("SCAN", "17", "MATCH", "p._kombu.binding.*", "COUNT", "100"));
  EXPECT_THAT(questions_.AskBindings({"a"}),
              ElementsAre(ElementsAre("SRANDMEMBER", "p._kombu.binding.a", "100")));
  EXPECT_THAT(questions_.AskQueues({"a", "b"}),
              ElementsAre(ElementsAre("LLEN", "p.a"), ElementsAre("LLEN", "p.a:3"),
                          ElementsAre("LLEN", "p.b"), ElementsAre("LLEN", "p.b:3")));
}

TEST_F(BrokerQuestionsTest, ReadsTheServer) {
  ASSERT_TRUE(questions_.ReadServer(Server(), now_));
  EXPECT_EQ(observation_.redis_version, "7.0.15");
  EXPECT_EQ(observation_.memory_used, 100U);
  EXPECT_EQ(observation_.memory_max, std::nullopt) << "0 is no limit";
  EXPECT_EQ(observation_.keys, 13U);
  EXPECT_EQ(observation_.unacked_messages, 2U);
  EXPECT_NEAR(SecondsSinceEpoch(*observation_.oldest_unacked), 1795310062.878, 0.001);
  EXPECT_EQ(observation_.orphaned_replies, 1U);
  ASSERT_TRUE(questions_.bound_workers());
  EXPECT_THAT(questions_.bound_workers()->names, ElementsAre("celery@a"));
  EXPECT_TRUE(questions_.bound_workers()->complete);
  EXPECT_THAT(observation_.problems, IsEmpty());
}

TEST_F(BrokerQuestionsTest, KeepsALimitOfMemory) {
  auto replies = Server();
  replies[0] = Text("maxmemory:5\r\n");
  ASSERT_TRUE(questions_.ReadServer(replies, now_));
  EXPECT_EQ(observation_.memory_max, 5U);
}

TEST_F(BrokerQuestionsTest, DoesNotTakeAFullAnswerForAllWorkers) {
  auto replies = Server();
  replies[5] = Array(std::vector<RedisReply>(BrokerQuestions::kMostBoundWorkers, Text("::x")));
  ASSERT_TRUE(questions_.ReadServer(replies, now_));
  ASSERT_TRUE(questions_.bound_workers());
  EXPECT_FALSE(questions_.bound_workers()->complete);
}

TEST_F(BrokerQuestionsTest, HasNoOldestMessageWhereThereIsNone) {
  auto replies = Server();
  replies[3] = Array({});
  ASSERT_TRUE(questions_.ReadServer(replies, now_));
  EXPECT_EQ(observation_.oldest_unacked, std::nullopt);
  EXPECT_THAT(observation_.problems, IsEmpty());
}

TEST_F(BrokerQuestionsTest, NotesScoresThatAreNoTime) {
  for (const char* score : {"inf", "-1", "1e300", "", "x"}) {
    auto replies = Server();
    replies[3] = Array({Text("tag"), Text(score)});
    ASSERT_TRUE(questions_.ReadServer(replies, now_)) << score;
    EXPECT_EQ(observation_.oldest_unacked, std::nullopt) << score;
  }
  EXPECT_THAT(observation_.problems, SizeIs(1));
}

TEST_F(BrokerQuestionsTest, LosesOnlyWhatIsForbidden) {
  auto replies = Server();
  replies[0] = Refusal("NOPERM this user has no permissions to run the 'info' command");
  ASSERT_TRUE(questions_.ReadServer(replies, now_));
  EXPECT_EQ(observation_.redis_version, std::nullopt);
  EXPECT_EQ(observation_.unacked_messages, 2U);
  EXPECT_THAT(observation_.problems, ElementsAre(HasSubstr("INFO is not allowed")));
}

TEST_F(BrokerQuestionsTest, FailsWhereEverythingIsForbidden) {
  const std::vector<RedisReply> replies(6, Refusal("NOPERM no"));
  const auto read = questions_.ReadServer(replies, now_);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().kind, ErrorKind::kDenied);
}

TEST_F(BrokerQuestionsTest, FailsWhileRedisLoads) {
  auto replies = Server();
  replies[2] = Refusal("LOADING Redis is loading the dataset in memory");
  EXPECT_FALSE(questions_.ReadServer(replies, now_));
}

TEST_F(BrokerQuestionsTest, FailsWhereRepliesAreMissing) {
  auto replies = Server();
  replies.pop_back();
  EXPECT_FALSE(questions_.ReadServer(replies, now_));
  QueueCounts counts;
  EXPECT_FALSE(questions_.ReadQueues({"a"}, {Integer(1)}, counts));
}

TEST_F(BrokerQuestionsTest, SumsPriorities) {
  QueueCounts counts;
  ASSERT_TRUE(
      questions_.ReadQueues({"a", "b", "c", "d"},
                            {Integer(4), Integer(1), Integer(0), Integer(0), Integer(3),
                             Refusal("WRONGTYPE no list"), Integer(INT64_MAX), Integer(INT64_MAX)},
                            counts));
  EXPECT_EQ(counts["a"], 5U);
  EXPECT_EQ(counts["b"], 0U);
  EXPECT_EQ(counts["c"], std::nullopt) << "half a count is none";
  EXPECT_EQ(counts["d"], std::uint64_t{INT64_MAX} * 2);
  EXPECT_THAT(observation_.problems, SizeIs(1));
}

TEST_F(BrokerQuestionsTest, ReadsScansAndBindings) {
  QueueDirectory directory(layout_, {});
  questions_.ReadScan(Array({Text("0"), Array({Text("p._kombu.binding.a"), Integer(1)})}),
                      directory, SteadyTime{});
  EXPECT_THAT(directory.Exchanges(), ElementsAre("a"));
  questions_.ReadBindings({"a"}, {Array({Text("a::a")})}, directory);
  EXPECT_THAT(directory.Queues(), ElementsAre("a"));
  EXPECT_THAT(observation_.problems, IsEmpty());
  EXPECT_TRUE(directory.CompleteAsOf().has_value());
  const std::vector<RedisReply> many(BrokerQuestions::kMostMembers, Text("a::a"));
  questions_.ReadBindings({"a"}, {Array(many)}, directory);
  EXPECT_FALSE(directory.CompleteAsOf().has_value()) << "there may be more";
  questions_.ReadBindings({"a"}, {Array({Text("a::a")})}, directory);
  for (const RedisReply& wrong :
       {Array({}), Array({Text("x"), Array({})}), Array({Text("1"), Text("2")}), Integer(1),
        Refusal("NOPERM no")}) {
    questions_.ReadScan(wrong, directory, SteadyTime{});
    EXPECT_FALSE(directory.CompleteAsOf().has_value());
    EXPECT_EQ(directory.cursor(), 0U);
    EXPECT_THAT(directory.Queues(), ElementsAre("a")) << "a failed step forgets nothing";
  }
  questions_.ReadBindings({"a"}, {Refusal("WRONGTYPE no")}, directory);
  EXPECT_THAT(directory.Queues(), ElementsAre("a"));
}

TEST_F(BrokerQuestionsTest, BoundsTheProblems) {
  for (int number = 0; number < 100; ++number) questions_.Note(std::to_string(number % 50));
  EXPECT_THAT(observation_.problems, SizeIs(BrokerQuestions::kMostProblems));
}

}  // namespace
}  // namespace airflow_host
