// kombu's keys as a Celery 5.2.6 worker left them on Redis 7.0.15.
#include "collectors/broker/kombu_layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace airflow_host {
namespace {

using ::testing::ElementsAre;

KombuLayout Plain(std::string prefix = "") {
  return KombuLayout(std::move(prefix), std::string(KombuLayout::kSeparator),
                     KombuLayout::DefaultPrioritySteps());
}

TEST(KombuLayout, NamesEveryPriorityList) {
  EXPECT_THAT(Plain().ListsOf("default"), ElementsAre("default",
                                                      "default\x06\x16"
                                                      "3",
                                                      "default\x06\x16"
                                                      "6",
                                                      "default\x06\x16"
                                                      "9"));
  EXPECT_THAT(KombuLayout("", ":", {1, 0, 1}).ListsOf("q"), ElementsAre("q", "q:1"));
  EXPECT_THAT(KombuLayout("", ":", {}).ListsOf("q"), ElementsAre("q"));
}

TEST(KombuLayout, PutsThePrefixBeforeEveryKey) {
  const KombuLayout layout = Plain("air:");
  EXPECT_EQ(layout.ListsOf("q")[0], "air:q");
  EXPECT_EQ(layout.Unacked(), "air:unacked");
  EXPECT_EQ(layout.UnackedIndex(), "air:unacked_index");
  EXPECT_EQ(layout.Binding("q"), "air:_kombu.binding.q");
}

TEST(KombuLayout, EscapesThePrefixInTheGlob) {
  EXPECT_EQ(Plain().BindingPattern(), "_kombu.binding.*");
  EXPECT_EQ(Plain("a*[b]?\\^-").BindingPattern(), "a\\*\\[b\\]\\?\\\\\\^\\-_kombu.binding.*");
}

TEST(KombuLayout, FindsTheExchangeInAKey) {
  EXPECT_EQ(Plain().ExchangeOf("_kombu.binding.default"), "default");
  EXPECT_EQ(Plain("p.").ExchangeOf("p._kombu.binding.a.b"), "a.b");
  EXPECT_EQ(Plain("p.").ExchangeOf("_kombu.binding.default"), std::nullopt);
  for (const char* other : {"", "default", "_kombu.binding.", "x_kombu.binding.default"}) {
    EXPECT_EQ(Plain().ExchangeOf(other), std::nullopt) << other;
  }
}

TEST(KombuLayout, FindsTheQueueInAMember) {
  EXPECT_EQ(Plain().QueueOf("default\x06\x16\x06\x16"
                            "default"),
            "default");
  EXPECT_EQ(Plain().QueueOf("\x06\x16\x06\x16"
                            "celery@worker-0.celery.pidbox"),
            "celery@worker-0.celery.pidbox");
  EXPECT_EQ(Plain().QueueOf(std::string_view("a\x06\x16\x06\x16q\0r", 8)), std::string("q\0r", 3));
  for (const char* wrong : {"", "default",
                            "a\x06\x16"
                            "b",
                            "a\x06\x16\x06\x16", "\x06\x06\x16\x16"}) {
    EXPECT_EQ(Plain().QueueOf(wrong), std::nullopt) << wrong;
  }
  EXPECT_EQ(KombuLayout("", "", {0}).QueueOf("abc"), std::nullopt);
}

TEST(IsControlName, KnowsCelerysOwnTalk) {
  for (const char* control :
       {"celeryev", "celery.pidbox", "reply.celery.pidbox",
        "celeryev.93db09c1-d94f-42f5-9b5b-9e509d8521d0", "celery@worker-0.celery.pidbox"}) {
    EXPECT_TRUE(IsControlName(control)) << control;
  }
  for (const char* queue : {"default", "celery", "celeryevents", "pidbox.x"}) {
    EXPECT_FALSE(IsControlName(queue)) << queue;
  }
}

TEST(KombuLayout, KnowsTheChannelsAndTheControlQueuesOfWorkers) {
  const KombuLayout plain("", std::string(KombuLayout::kSeparator), {0});
  EXPECT_EQ(plain.WorkerEventPattern(0), "/0.celeryev/worker.*");
  EXPECT_EQ(KombuLayout("a*", ":", {0}).WorkerEventPattern(7), "a\\*/7.celeryev/worker.*");
  const std::string separator(KombuLayout::kSeparator);
  EXPECT_EQ(plain.WorkerOf(separator + separator + "celery@w-0.celery.pidbox"), "celery@w-0");
  for (const std::string& queue : {std::string("default"), std::string(".celery.pidbox"),
                                   std::string("celery@w.celery.pidbox.x"), std::string()}) {
    EXPECT_EQ(plain.WorkerOf(separator + separator + queue), std::nullopt) << queue;
  }
  EXPECT_EQ(plain.WorkerOf("celery@w.celery.pidbox"), std::nullopt);
}

}  // namespace
}  // namespace airflow_host
