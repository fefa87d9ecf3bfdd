#include "collectors/broker/queue_directory.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace airflow_host {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

QueueDirectory Make(std::vector<std::string> configured = {}) {
  return QueueDirectory(KombuLayout("", ":", {0}), std::move(configured));
}

constexpr SteadyTime At(int seconds) { return SteadyTime{} + std::chrono::seconds(seconds); }

std::string Key(const std::string& exchange) { return "_kombu.binding." + exchange; }

TEST(QueueDirectory, KnowsTheConfiguredFromTheStart) {
  EXPECT_THAT(Make({"b", "a", "b", ""}).Queues(), ElementsAre("b", "a"));
}

TEST(QueueDirectory, KnowsTheWantedAsLongAsTheyAreWanted) {
  QueueDirectory directory = Make({"default"});
  directory.NoteWanted({"late", "default", "", "late"});
  EXPECT_THAT(directory.Queues(), ElementsAre("default", "late"));
  directory.NoteWanted(std::vector<std::string>(QueueDirectory::kMost + 9, "x"));
  EXPECT_THAT(directory.Queues(), ElementsAre("default", "x"));
  directory.NoteWanted({});
  EXPECT_THAT(directory.Queues(), ElementsAre("default"));
}

TEST(QueueDirectory, FindsQueuesByTheirBindings) {
  QueueDirectory directory = Make({"default"});
  directory.NoteScan(0,
                     {Key("default"), Key("low"), Key("celeryev"), Key("celery.pidbox"),
                      Key("reply.celery.pidbox"), "other key"},
                     At(0));
  EXPECT_THAT(directory.Exchanges(), ElementsAre("default", "low"));
  EXPECT_THAT(directory.UnreadExchanges(), ElementsAre("default", "low"));
  EXPECT_THAT(directory.Queues(), ElementsAre("default"));
  directory.NoteBinding("low", {"low::low", "malformed", "::w.celery.pidbox", "x::second"});
  directory.NoteBinding("unknown", {"u::u"});
  EXPECT_THAT(directory.UnreadExchanges(), ElementsAre("default"));
  EXPECT_THAT(directory.Queues(), ElementsAre("default", "low", "second"));
}

TEST(QueueDirectory, ForgetsWhatAWholeTurnDidNotSee) {
  QueueDirectory directory = Make();
  directory.NoteScan(0, {Key("a"), Key("b")}, At(0));
  directory.NoteBinding("a", {"a::a"});
  directory.NoteBinding("b", {"b::b"});
  directory.NoteScan(5, {Key("a")}, At(0));
  EXPECT_EQ(directory.cursor(), 5U);
  EXPECT_THAT(directory.Queues(), ElementsAre("a", "b")) << "the turn is not over";
  directory.NoteScan(0, {}, At(0));
  EXPECT_THAT(directory.Queues(), ElementsAre("a"));
}

TEST(QueueDirectory, KeepsWhatAppearsInTheMiddleOfATurn) {
  QueueDirectory directory = Make();
  directory.NoteScan(7, {Key("a")}, At(0));
  directory.NoteScan(0, {}, At(0));
  EXPECT_THAT(directory.Exchanges(), ElementsAre("a"));
  directory.NoteScan(0, {}, At(0));
  EXPECT_THAT(directory.Exchanges(), IsEmpty());
}

TEST(QueueDirectory, BeginsAnewOnRestart) {
  QueueDirectory directory = Make();
  directory.NoteScan(7, {Key("a")}, At(0));
  directory.Restart();
  EXPECT_EQ(directory.cursor(), 0U);
  EXPECT_THAT(directory.Exchanges(), ElementsAre("a"));
}

TEST(QueueDirectory, SaysAsOfWhenItIsComplete) {
  QueueDirectory directory = Make({"default"});
  EXPECT_FALSE(directory.CompleteAsOf().has_value());
  directory.NoteScan(7, {Key("a")}, At(15));
  EXPECT_FALSE(directory.CompleteAsOf().has_value()) << "the turn is not over";
  directory.NoteScan(0, {Key("b")}, At(30));
  directory.NoteBinding("a", {"a::a"});
  EXPECT_FALSE(directory.CompleteAsOf().has_value()) << "the bindings of b were not read";
  directory.NoteBinding("b", {"b::b"}, /*whole=*/false);
  EXPECT_FALSE(directory.CompleteAsOf().has_value());
  directory.NoteBinding("b", {"b::b"});
  EXPECT_EQ(directory.CompleteAsOf(), At(15));
  directory.NoteScan(7, {Key("a")}, At(45));
  EXPECT_EQ(directory.CompleteAsOf(), At(15));
  directory.NoteScan(0, {Key("b")}, At(60));
  EXPECT_EQ(directory.CompleteAsOf(), At(45));
  directory.Restart();
  EXPECT_FALSE(directory.CompleteAsOf().has_value()) << "the server may be another";
}

TEST(QueueDirectory, IsBounded) {
  std::vector<std::string> many;
  for (std::size_t number = 0; number < 2 * QueueDirectory::kMost; ++number) {
    many.push_back(std::to_string(number));
  }
  QueueDirectory configured = Make(many);
  EXPECT_THAT(configured.Queues(), SizeIs(QueueDirectory::kMost));
  EXPECT_TRUE(configured.truncated());

  std::vector<std::string> keys;
  keys.reserve(many.size());
  for (const std::string& name : many) keys.push_back(Key(name));
  QueueDirectory found = Make({"first"});
  found.NoteScan(0, keys, At(0));
  EXPECT_THAT(found.Exchanges(), SizeIs(QueueDirectory::kMost));
  EXPECT_TRUE(found.truncated());
  for (const std::string& name : found.Exchanges()) found.NoteBinding(name, {"::" + name});
  EXPECT_THAT(found.Queues(), SizeIs(QueueDirectory::kMost));
  EXPECT_EQ(found.Queues().front(), "first");
  EXPECT_FALSE(found.CompleteAsOf().has_value());
}

}  // namespace
}  // namespace airflow_host
