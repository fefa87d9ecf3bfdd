#include "collectors/support/observation_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

namespace airflow_host {
namespace {

struct Thing {
  std::vector<int> numbers;
};

TEST(ObservationPool, LendsAgainWhatCameBack) {
  ObservationPool<Thing> pool;
  auto thing = pool.Borrow();
  thing->numbers.assign(100, 1);
  const Thing* const first = thing.get();
  thing.reset();
  const auto again = pool.Borrow();
  EXPECT_EQ(again.get(), first);
  EXPECT_GE(again->numbers.capacity(), 100U);
}

TEST(ObservationPool, NeverLendsWhatSomebodyHolds) {
  ObservationPool<Thing> pool;
  std::vector<std::shared_ptr<const Thing>> held;
  std::set<const Thing*> addresses;
  for (int i = 0; i < 20; ++i) {
    held.push_back(pool.Borrow());
    addresses.insert(held.back().get());
  }
  EXPECT_EQ(addresses.size(), held.size());
}

TEST(ObservationPool, MayGoBeforeWhatItLent) {
  std::optional<ObservationPool<Thing>> pool(std::in_place);
  const auto thing = pool->Borrow();
  const std::weak_ptr<Thing> weak = pool->Borrow();
  pool.reset();
  thing->numbers.push_back(1);
  EXPECT_EQ(thing->numbers.size(), 1U);
  EXPECT_TRUE(weak.expired());
}

TEST(ObservationPool, TakesBackFromAnyThread) {
  ObservationPool<Thing> pool;
  std::mutex mutex;
  std::shared_ptr<const Thing> board;
  std::atomic<bool> done = false;
  std::thread reader([&] {
    while (!done) {
      std::shared_ptr<const Thing> thing;
      {
        const std::lock_guard lock(mutex);
        thing = board;
      }
      // All of one writing, or the object was written to while it was read.
      if (thing == nullptr) continue;
      EXPECT_EQ(thing->numbers.front(), thing->numbers.back());
    }
  });
  for (int i = 0; i < 20'000; ++i) {
    auto thing = pool.Borrow();
    thing->numbers.assign(8, i);
    const std::lock_guard lock(mutex);
    board = std::move(thing);
  }
  done = true;
  reader.join();
}

}  // namespace
}  // namespace airflow_host
