// Pages against a Redis of a few lines, whose lists may move between them. The real one:
// tests/integration/broker/broker_message_ids_test.cc.
#include "collectors/broker/message_id_pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <map>

#include "collectors/support/text.h"

namespace airflow_host {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Optional;
using ::testing::SizeIs;
using Kind = RedisReply::Kind;

RedisReply Text(std::string text) { return {Kind::kText, 0, std::move(text), {}}; }
RedisReply Array(std::vector<RedisReply> elements) {
  return {Kind::kArray, 0, "", std::move(elements)};
}

std::string Message(const std::string& id, std::size_t size = 10) {
  return R"({"body": ")" + std::string(size, 's') + R"(", "headers": {"id": ")" + id + "\"}}";
}

class MessageIdPagesTest : public ::testing::Test {
 protected:
  /// Puts `count` messages of `size` bytes into `list`, ids "LIST0" and so on from head to tail.
  void Put(const std::string& list, std::size_t count, std::size_t size = 10) {
    for (std::size_t number = 0; number < count; ++number) {
      lists_[list].push_back(Message(list + std::to_string(number), size));
    }
  }
  void Fetch(std::size_t count, std::size_t size = 10) {
    for (std::size_t number = 0; number < count; ++number) {
      unacked_.push_back("[" + Message("u" + std::to_string(number), size) + R"(, "", "q"])");
    }
    observation_.unacked_messages = unacked_.size();
  }
  void Count(const std::string& queue, std::optional<std::uint64_t> messages) {
    observation_.queues.push_back({queue, messages});
  }
  RedisReply Answer(const RedisCommand& command) const {
    if (command[0] == "HSCAN") return Scan(ParseUnsigned(command[2]).value());
    EXPECT_EQ(command[0], "LRANGE");
    std::vector<RedisReply> elements;
    const auto found = lists_.find(command[1]);
    const auto last = ParseUnsigned(command[3]).value();
    for (auto at = ParseUnsigned(command[2]).value();
         found != lists_.end() && at <= last && at < found->second.size(); ++at) {
      elements.push_back(Text(found->second[at]));
    }
    return Array(std::move(elements));
  }
  /// Ten at a time, the last one of the page before among them, as HSCAN may do.
  RedisReply Scan(std::size_t cursor) const {
    std::vector<RedisReply> fields;
    const std::size_t end = std::min(cursor + 10, unacked_.size());
    for (std::size_t at = cursor - std::min<std::size_t>(cursor, 1); at < end; ++at) {
      fields.push_back(Text("tag"));
      fields.push_back(Text(unacked_[at]));
    }
    return Array({Text(std::to_string(end == unacked_.size() ? 0 : end)), Array(fields)});
  }
  /// Reads all pages; gives the problem. `between` is called after each.
  std::string Read(const std::function<void()>& between = [] {}) {
    MessageIdPages pages(layout_, observation_);
    for (trips_ = 0; trips_ < 10'000; ++trips_) {
      const auto commands = pages.Ask();
      if (commands.empty()) return pages.problem();
      std::vector<RedisReply> replies;
      for (const RedisCommand& command : commands) {
        replies.push_back(Answer(command));
        EXPECT_LT(SizeOf(replies.back()), ReplyReader::kLargestReply);
      }
      pages.Take(replies);
      between();
    }
    ADD_FAILURE() << "never ends";
    return "";
  }
  static std::size_t SizeOf(const RedisReply& reply) {
    std::size_t size = reply.text.size();
    for (const RedisReply& element : reply.elements) size += SizeOf(element);
    return size;
  }
  const std::optional<std::vector<std::string>>& Ids(std::size_t queue) const {
    return observation_.queues[queue].message_ids;
  }

  KombuLayout layout_{"p.", ":", {0, 3}};
  BrokerObservation observation_;
  std::map<std::string, std::deque<std::string>> lists_;
  std::vector<std::string> unacked_;
  int trips_ = 0;
};

TEST_F(MessageIdPagesTest, AreThoseOfEveryPriorityAndOfFetchedOnes) {
  Put("p.a", 2);
  Put("p.a:3", 1);
  Put("p.c", 1);
  Fetch(25);
  Count("a", 3);
  Count("b", 0);
  Count("c", 1);
  Count("d", std::nullopt);
  EXPECT_THAT(Read(), IsEmpty());
  EXPECT_THAT(Ids(0), Optional(ElementsAre("p.a0", "p.a1", "p.a:30")));
  EXPECT_THAT(Ids(1), Optional(IsEmpty())) << "empty, and known to be";
  EXPECT_THAT(Ids(2), Optional(ElementsAre("p.c0")));
  EXPECT_EQ(Ids(3), std::nullopt) << "Redis does not count it";
  EXPECT_THAT(observation_.unacked_message_ids, Optional(SizeIs(25)));
  EXPECT_EQ(trips_, 4) << "all lists in one, then three pages of the hash";
}

TEST_F(MessageIdPagesTest, AskForNothingWhereThereIsNothing) {
  Count("a", 0);
  observation_.unacked_messages = 0;
  EXPECT_THAT(Read(), IsEmpty());
  EXPECT_EQ(trips_, 0);
  EXPECT_THAT(Ids(0), Optional(IsEmpty()));
  EXPECT_THAT(observation_.unacked_message_ids, Optional(IsEmpty()));
}

TEST_F(MessageIdPagesTest, HaveALimitOfMessages) {
  Put("p.full", 1000);
  Put("p.more", 1001);
  Fetch(1001);
  Count("full", 1000);
  Count("more", 1001);
  EXPECT_THAT(Read(), IsEmpty());
  EXPECT_THAT(Ids(0), Optional(SizeIs(1000)));
  EXPECT_EQ(Ids(1), std::nullopt);
  EXPECT_EQ(observation_.unacked_message_ids, std::nullopt);
  Put("p.full", 1);
  observation_.queues[0].message_ids.reset();
  EXPECT_THAT(Read(), IsEmpty());
  EXPECT_EQ(Ids(0), std::nullopt) << "it has grown since it was counted";
}

TEST_F(MessageIdPagesTest, HaveALimitOfBytes) {
  Put("p.large", 900, 6'000);
  Put("p.small", 20, 6'000);
  Fetch(100, 6'000);
  Count("large", 900);
  Count("small", 20);
  EXPECT_THAT(Read(), AllOf(HasSubstr("too large"), Not(HasSubstr("sss"))));
  EXPECT_EQ(Ids(0), std::nullopt);
  EXPECT_THAT(Ids(1), Optional(SizeIs(20))) << "short queues come first";
  EXPECT_THAT(observation_.unacked_message_ids, Optional(SizeIs(100))) << "these have their own";
  Fetch(900, 6'000);
  observation_.unacked_message_ids.reset();
  EXPECT_THAT(Read(), HasSubstr("too large"));
  EXPECT_EQ(observation_.unacked_message_ids, std::nullopt);
}

TEST_F(MessageIdPagesTest, CountTinyMessagesForMore) {
  for (std::size_t number = 0; number < 256; ++number) {
    const std::string queue = std::to_string(number);
    Put("p." + queue, 900);
    Count(queue, 900);
  }
  EXPECT_THAT(Read(), HasSubstr("too large"));
  std::size_t held = 0;
  for (const BrokerQueue& queue : observation_.queues)
    held += queue.message_ids ? queue.message_ids->size() : 0;
  EXPECT_LE(held, MessageIdPages::kMostBytes / MessageIdPages::kLeastCharge);
}

TEST_F(MessageIdPagesTest, MissNoMessageThatIsThereAllTheWhile) {
  Put("p.a", 400);
  Count("a", 400);
  EXPECT_THAT(Read([&] {
                // New ones at the head; a worker takes one off the tail, one is put back there.
                for (int count = 0; count < 20; ++count) lists_["p.a"].push_front(Message("new"));
                lists_["p.a"].pop_back();
              }),
              IsEmpty());
  ASSERT_TRUE(Ids(0));
  for (int number = 0; number < 350; ++number) {
    EXPECT_THAT(*Ids(0), ::testing::Contains("p.a" + std::to_string(number)));
  }
}

TEST_F(MessageIdPagesTest, AreUnknownWhereOneIsNot) {
  Put("p.a", 2);
  lists_["p.a"].push_back(R"({"body": "secret"})");
  Put("p.b", 1);
  Count("a", 3);
  Count("b", 1);
  Fetch(1);
  unacked_.front() = "secret";
  EXPECT_THAT(Read(), AllOf(HasSubstr("without an id"), Not(HasSubstr("secret"))));
  EXPECT_EQ(Ids(0), std::nullopt);
  EXPECT_THAT(Ids(1), Optional(ElementsAre("p.b0")));
  EXPECT_EQ(observation_.unacked_message_ids, std::nullopt);
}

TEST_F(MessageIdPagesTest, AreUnknownWhereRedisRefuses) {
  Put("p.a", 1);
  Count("a", 1);
  Fetch(1);
  MessageIdPages pages(layout_, observation_);
  const RedisReply refusal{Kind::kError, 0, "NOPERM no", {}};
  pages.Take(std::vector<RedisReply>(pages.Ask().size(), refusal));
  EXPECT_THAT(pages.problem(), HasSubstr("LRANGE of a queue is not allowed"));
  pages.Take(std::vector<RedisReply>(pages.Ask().size(), refusal));
  EXPECT_THAT(pages.Ask(), IsEmpty());
  EXPECT_EQ(Ids(0), std::nullopt);
  EXPECT_EQ(observation_.unacked_message_ids, std::nullopt);
}

TEST_F(MessageIdPagesTest, EndWhereRepliesAreMissing) {
  Put("p.a", 1);
  Count("a", 1);
  Fetch(1);
  MessageIdPages pages(layout_, observation_);
  (void)pages.Ask();
  pages.Take({});
  (void)pages.Ask();
  pages.Take({});
  EXPECT_THAT(pages.Ask(), IsEmpty());
  EXPECT_EQ(Ids(0), std::nullopt);
}

}  // namespace
}  // namespace airflow_host
