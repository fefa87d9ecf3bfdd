#include "collectors/container/engine_client.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "tests/support/temporary_tree.h"
#include "tests/unit/container/fake_engine.h"

namespace airflow_host {
namespace {

class AskEngineTest : public testing::Test {
 protected:
  Expected<std::vector<EngineContainer>> Ask(
      std::chrono::milliseconds patience = std::chrono::seconds(20)) const {
    return AskEngine(path_, clock_, Deadline{clock_.SteadyNow() + patience});
  }
  ErrorKind KindOfFailure() const {
    const auto answer = Ask();
    EXPECT_FALSE(answer);
    return answer ? ErrorKind::kFailed : answer.error().kind;
  }

  TemporaryTree tree_;
  std::string path_ = tree_.root() + "/docker.sock";
  SystemClock clock_;
};

TEST_F(AskEngineTest, SendsOneGetAndTakesTheAnswer) {
  const FakeEngine engine(path_, OkAnswer(R"([{"Id":"4f34","Names":["/scheduler"]}])"));
  const auto answer = Ask();
  ASSERT_TRUE(answer) << answer.error().message;
  ASSERT_EQ(answer->size(), 1U);
  EXPECT_EQ(answer->front().name, "scheduler");
  EXPECT_EQ(engine.requests(), 1);
  EXPECT_TRUE(engine.last_request().starts_with("GET /containers/json HTTP/1.1\r\nHost: "));
}

TEST_F(AskEngineTest, DoesNotWaitForTheConnectionsEnd) {
  const FakeEngine engine(path_, OkAnswer("[]"), /*hangs=*/true);
  EXPECT_TRUE(Ask());
}

TEST_F(AskEngineTest, GivesUpAtItsDeadline) {
  const FakeEngine silent(path_, "HTTP/1.1 200 OK\r\n", /*hangs=*/true);
  const auto answer = Ask(std::chrono::milliseconds(50));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::kTimedOut);
  EXPECT_NE(answer.error().message.find(path_), std::string::npos);
}

TEST_F(AskEngineTest, SaysWhatIsWrong) {
  EXPECT_EQ(KindOfFailure(), ErrorKind::kAbsent);
  path_ = std::string(200, 'x');
  EXPECT_EQ(KindOfFailure(), ErrorKind::kFailed);
}

TEST_F(AskEngineTest, TellsDenialFromOtherAnswers) {
  const FakeEngine proxy(path_, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(KindOfFailure(), ErrorKind::kDenied);
  path_ += "2";
  const FakeEngine broken(path_, "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(KindOfFailure(), ErrorKind::kFailed);
  path_ += "3";
  const FakeEngine short_answer(path_, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[]");
  EXPECT_EQ(KindOfFailure(), ErrorKind::kMalformed);
}

TEST_F(AskEngineTest, RefusesAnAnswerWithoutEnd) {
  const std::string body(5 * 1024 * 1024, ' ');
  const FakeEngine engine(path_, OkAnswer(body));
  EXPECT_EQ(KindOfFailure(), ErrorKind::kMalformed);
}

}  // namespace
}  // namespace airflow_host
