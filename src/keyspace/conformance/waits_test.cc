#include <thread>

#include "keyspace/conformance/fixture.h"

namespace stele::keyspace {
namespace {

using testing::ElementsAre;

// Who waits for an element of a list, and moves it on if he has a target.
class PoppingWaiter final : public Waiter {
 public:
  PoppingWaiter(std::string name, std::vector<std::string>& log, std::string target = {})
      : name_(std::move(name)), target_(std::move(target)), log_(log) {}

  Readiness readiness(Group& group, KeyRef key) override {
    if (!target_.empty() && !group.extend({key.db, target_})) return Readiness::kBusy;
    const auto size = group.lists().size(key);
    return size.has_value() && *size > 0 ? Readiness::kYes : Readiness::kNo;
  }
  void serve(Group& group, KeyRef key) override {
    const auto value = target_.empty()
                           ? group.lists().pop(key, ListEnd::kLeft)
                           : group.lists().move(key, ListEnd::kLeft, {key.db, target_}, ListEnd::kLeft);
    log_.push_back(name_ + "=" + std::string(**value));
  }
  void wake() override { ++woken; }

  int woken = 0;

 private:
  const std::string name_;
  const std::string target_;
  std::vector<std::string>& log_;
};

class WaitsTest : public KeyspaceTest {
 protected:
  std::shared_ptr<PoppingWaiter> waiter(std::string name, std::string target = {}) {
    return std::make_shared<PoppingWaiter>(std::move(name), log_, std::move(target));
  }
  std::unique_ptr<Waiting> wait(const std::shared_ptr<Waiter>& waiter, std::vector<std::string_view> names) {
    std::vector<KeyRef> keys;
    for (const std::string_view name : names) keys.push_back(key(name));
    return keyspace_->begin(Scope::borrowed(keys))->wait(waiter, keys);
  }
  void push(std::string_view name, std::vector<std::string_view> values) {
    ASSERT_TRUE(keyspace_->begin(Scope::key(key(name)))
                    ->lists()
                    .push(key(name), ListEnd::kRight, values)
                    .has_value());
  }
  std::size_t size(std::string_view name) { return *whole()->lists().size(key(name)); }

  std::vector<std::string> log_;
};
INSTANTIATE_TEST_SUITE_P(Keyspace, WaitsTest, testing::ValuesIn(implementations()), implementation_name);

TEST_P(WaitsTest, WhoCameFirstIsServedFirst) {
  const auto a = waiter("a");
  const auto b = waiter("b");
  const auto c = waiter("c");
  const auto at_a = wait(a, {"l", "m"});
  const auto at_b = wait(b, {"l"});
  const auto at_c = wait(c, {"l"});
  push("l", {"1", "2"});
  EXPECT_THAT(log_, ElementsAre("a=1", "b=2"));
  EXPECT_FALSE(*whole()->keys().exists(key("l")));
  // One element is for one: a is served, though he still has his place before m.
  push("m", {"3"});
  EXPECT_EQ(size("m"), 1u);
  EXPECT_TRUE(c->is_waiting());
  EXPECT_EQ(a->woken, 1);
  EXPECT_TRUE(c->give_up());
  push("l", {"4"});
  EXPECT_EQ(size("l"), 1u);
}

TEST_P(WaitsTest, AGroupServesWhenItEnds) {
  const auto a = waiter("a");
  auto place = wait(a, {"l"});
  {
    const GroupHandle group = whole();
    const std::vector<std::string_view> values = {"1"};
    (void)group->lists().push(key("l"), ListEnd::kLeft, values);
    (void)group->keys().remove(key("l"));
    (void)group->lists().push(key("n"), ListEnd::kLeft, values);
  }
  EXPECT_TRUE(log_.empty());
  // As after a push, also when the list comes by another name, or from PostgreSQL.
  ASSERT_TRUE(whole()->keys().rename(key("n"), key("l")).has_value());
  EXPECT_THAT(log_, ElementsAre("a=1"));
  place.reset();
  const auto b = waiter("b");
  place = wait(b, {"d:l"});
  Value value{.type = ValueType::kList, .elements = {{0, "x"}, {1, "y"}}};
  ASSERT_TRUE(whole()->applied().put(key("d:l"), std::move(value), ObjectId(5)).has_value());
  EXPECT_THAT(log_, ElementsAre("a=1", "b=x"));
  EXPECT_EQ(size("d:l"), 1u);
}

TEST_P(WaitsTest, WhoIsServedMayServeOthers) {
  const auto b = waiter("b");
  const auto a = waiter("a", "m");
  const auto at_b = wait(b, {"m"});
  const auto at_a = wait(a, {"l"});
  push("l", {"1"});
  EXPECT_THAT(log_, ElementsAre("a=1", "b=1"));
  EXPECT_EQ(whole()->keys().size(kDb), 0u);
}

TEST_P(WaitsTest, WhatAnotherTypeHasServesNobody) {
  const auto a = waiter("a");
  const auto place = wait(a, {"l"});
  set("l", "x");
  EXPECT_TRUE(a->is_waiting());
  ASSERT_TRUE(whole()->keys().remove(key("l")).has_value());
  push("l", {"1"});
  EXPECT_TRUE(a->was_served());
}

TEST_P(WaitsTest, EachElementGoesToOneOfManyOnManyThreads) {
  constexpr int kThreads = 3;
  constexpr int kElements = 300;
  std::atomic<int> served = 0;
  std::atomic<int> pushed = 0;
  class CountingWaiter final : public Waiter {
   public:
    explicit CountingWaiter(std::atomic<int>& served) : served_(served) {}
    Readiness readiness(Group& group, KeyRef key) override {
      return *group.lists().size(key) > 0 ? Readiness::kYes : Readiness::kNo;
    }
    void serve(Group& group, KeyRef key) override {
      if ((*group.lists().pop(key, ListEnd::kLeft)).has_value()) ++served_;
    }
    void wake() override {}

   private:
    std::atomic<int>& served_;
  };
  const auto work = [&](int thread) {
    for (int i = 0; i < kElements; ++i) {
      const auto mine = std::make_shared<CountingWaiter>(served);
      const KeyRef name = key(i % 2 == 0 ? "l" : "m");
      std::unique_ptr<Waiting> place;
      {
        const GroupHandle group = keyspace_->begin(Scope::key(name));
        if (*group->lists().size(name) > 0) {
          if ((*group->lists().pop(name, ListEnd::kLeft)).has_value()) ++served;
        } else {
          place = group->wait(mine, std::span(&name, 1));
        }
      }
      push(name.name, {"x"});
      ++pushed;
      if ((i + thread) % 3 == 0) (void)mine->give_up();
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back(work, i);
  for (std::thread& thread : threads) thread.join();
  const int left = static_cast<int>(size("l") + size("m"));
  EXPECT_EQ(served + left, pushed);
}

}  // namespace
}  // namespace stele::keyspace
