#include "net/timer_heap.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <utility>

namespace stele::net {
namespace {

TEST(TimerHeap, AgreesWithAnOrderedMapUnderRandomUse) {
  std::mt19937 random(7);
  TimerHeap heap;
  std::map<std::pair<TimePoint, int>, std::uint64_t> reference;
  int fired = -1;
  for (int i = 0; i < 20'000; ++i) {
    const auto action = random() % 4;
    if (action < 2) {
      const TimePoint when{Duration(random() % 1000)};
      reference[{when, i}] = heap.add(when, [&fired, i] { fired = i; });
    } else if (action == 2 && !reference.empty()) {
      auto victim = reference.begin();
      std::advance(victim, random() % std::min<std::size_t>(reference.size(), 50));
      EXPECT_TRUE(heap.cancel(victim->second));
      EXPECT_FALSE(heap.cancel(victim->second));
      reference.erase(victim);
    } else if (!reference.empty()) {
      EXPECT_EQ(heap.next(), reference.begin()->first.first);
      heap.pop()();
      EXPECT_EQ(fired, reference.begin()->first.second);
      reference.erase(reference.begin());
    }
    ASSERT_EQ(heap.size(), reference.size());
  }
}

}  // namespace
}  // namespace stele::net
