#include "collectors/broker/redis_protocol.h"

#include <gtest/gtest.h>

namespace airflow_host {
namespace {

using Kind = RedisReply::Kind;

std::vector<RedisReply> Read(std::string_view bytes) {
  ReplyReader reader;
  std::vector<RedisReply> replies;
  EXPECT_TRUE(reader.Feed(bytes, replies)) << bytes;
  return replies;
}

TEST(AppendCommand, KeepsAnyBytes) {
  std::string bytes;
  ASSERT_TRUE(AppendCommand({"AUTH", std::string("a\0\r\n %s", 7), ""}, bytes));
  EXPECT_EQ(bytes, std::string("*3\r\n$4\r\nAUTH\r\n$7\r\na\0\r\n %s\r\n$0\r\n\r\n", 33));
  EXPECT_TRUE(AppendCommand({"PING"}, bytes));
  EXPECT_EQ(bytes.substr(33), "*1\r\n$4\r\nPING\r\n");
}

TEST(ReplyReader, KnowsEveryType) {
  const auto replies = Read(
      "+OK\r\n:42\r\n$3\r\na\rb\r\n$-1\r\n-NOAUTH Authentication required.\r\n"
      "*3\r\n:1\r\n*1\r\n$0\r\n\r\n$-1\r\n*0\r\n*-1\r\n");
  ASSERT_EQ(replies.size(), 8U);
  EXPECT_EQ(replies[0].kind, Kind::kText);
  EXPECT_EQ(replies[0].text, "OK");
  EXPECT_EQ(replies[1].Count(), 42U);
  EXPECT_EQ(replies[2].text, "a\rb");
  EXPECT_EQ(replies[3].kind, Kind::kNil);
  EXPECT_EQ(replies[4].kind, Kind::kError);
  EXPECT_EQ(replies[4].ErrorCode(), "NOAUTH");
  ASSERT_EQ(replies[5].elements.size(), 3U);
  EXPECT_EQ(replies[5].elements[1].elements[0].text, "");
  EXPECT_EQ(replies[6].kind, Kind::kArray);
  EXPECT_EQ(replies[7].kind, Kind::kNil);
}

TEST(ReplyReader, PutsRepliesTogetherByteByByte) {
  const std::string_view bytes = "*2\r\n$1\r\n0\r\n*1\r\n$5\r\nhello\r\n:7\r\n";
  ReplyReader reader;
  std::vector<RedisReply> replies;
  for (const char byte : bytes) ASSERT_TRUE(reader.Feed(std::string_view(&byte, 1), replies));
  ASSERT_EQ(replies.size(), 2U);
  EXPECT_EQ(replies[0].elements[1].elements[0].text, "hello");
  EXPECT_EQ(replies[1].integer, 7);
}

TEST(ReplyReader, RefusesWhatIsNotRedis) {
  for (const char* wrong : {"HTTP/1.1 400 Bad Request\r\n", "SSH-2.0-OpenSSH\r\n", ":x\r\n",
                            "*x\r\n", "$-2\r\n", "$99999999999999999999\r\n"}) {
    ReplyReader reader;
    std::vector<RedisReply> replies;
    const auto fed = reader.Feed(wrong, replies);
    ASSERT_FALSE(fed) << wrong;
    EXPECT_EQ(fed.error().kind, ErrorKind::kMalformed);
    EXPECT_TRUE(replies.empty());
  }
}

TEST(ReplyReader, AllocatesNothingForALengthAlone) {
  for (const char* wrong : {"*10001\r\n", "*1000000000\r\n", "*2147483647\r\n"}) {
    ReplyReader reader;
    std::vector<RedisReply> replies;
    EXPECT_FALSE(reader.Feed(wrong, replies)) << wrong;
  }
  // The budget is for the whole of one reply, across its arrays and across reads.
  ReplyReader nested;
  std::vector<RedisReply> replies;
  ASSERT_TRUE(nested.Feed("*9999\r\n", replies));
  EXPECT_FALSE(nested.Feed("*2\r\n", replies));
  // And begins anew with the next reply.
  ReplyReader next;
  ASSERT_TRUE(next.Feed("*1\r\n:1\r\n*9999\r\n", replies));
}

TEST(ReplyReader, BoundsTheBytesOfOneReply) {
  ReplyReader reader;
  std::vector<RedisReply> replies;
  ASSERT_TRUE(reader.Feed("$2000000\r\n", replies));
  const std::string part(ReplyReader::kLargestReply / 2, 'x');
  EXPECT_TRUE(reader.Feed(part, replies));
  EXPECT_FALSE(reader.Feed(part, replies));
}

TEST(RedisReply, CountsOnlyWhatCounts) {
  EXPECT_EQ(Read(":-1\r\n")[0].Count(), std::nullopt);
  EXPECT_EQ(Read("$1\r\n5\r\n")[0].Count(), std::nullopt);
  EXPECT_EQ(Read(":0\r\n")[0].Count(), 0U);
  EXPECT_EQ(Read("+OK\r\n")[0].ErrorCode(), "");
}

}  // namespace
}  // namespace airflow_host
