#include <atomic>
#include <thread>

#include "keyspace/conformance/fixture.h"

namespace stele::keyspace {
namespace {

using testing::ElementsAre;
using testing::Optional;

class GroupsTest : public KeyspaceTest {};

// Keeps what it is shown, in words.
class Recorder final : public ChangeListener {
 public:
  void on_changes(std::span<const Change> changes) override {
    for (const Change& change : changes) {
      seen.push_back(std::to_string(change.sequence.value()) + " " +
                     std::string(notification_name(change.event)) + " " + std::string(change.key.name) + " " +
                     std::string(to_string(change.type)));
    }
    ++groups;
  }
  std::vector<std::string> seen;
  int groups = 0;
};

TEST_P(GroupsTest, KeysThatWereNotDeclaredAreRefused) {
  set("other", "x");
  const GroupHandle group = keyspace_->begin(Scope::keys({Key(kDb, "a"), Key(kDb, "b")}));
  EXPECT_TRUE(group->strings().set(key("a"), "1", {}).has_value());
  EXPECT_EQ(failure(group->strings().get(key("other"))), not_declared("other").message);
  EXPECT_EQ(failure(group->strings().get({DatabaseNumber{1}, "a"})), not_declared("a").message);
  EXPECT_EQ(failure(group->keys().rename(key("a"), key("other"))), not_declared("other").message);
  EXPECT_FALSE(group->keys().flush(kDb).has_value());
  EXPECT_FALSE(group->keys().scan(kDb, 0, {}).has_value());
  EXPECT_EQ(group->keys().size(kDb), 2u);
}

TEST_P(GroupsTest, TheEmptyNameIsAKeyOfItsOwn) {
  const GroupHandle group = keyspace_->begin(Scope::keys({Key(kDb, "a")}));
  EXPECT_EQ(failure(group->strings().set({kDb, {}}, "1", {})), not_declared("").message);
}

TEST_P(GroupsTest, BorrowedKeysAreDeclared) {
  const std::vector<KeyRef> both = {key("a"), key("b")};
  {
    const GroupHandle group = keyspace_->begin(Scope::borrowed(both));
    EXPECT_TRUE(group->strings().set(key("a"), "1", {}).has_value());
    EXPECT_TRUE(group->strings().set(key("b"), "2", {}).has_value());
    EXPECT_FALSE(group->strings().set(key("c"), "3", {}).has_value());
  }
  keyspace_->prefetch(both);
  const GroupHandle group = keyspace_->begin(Scope::key(both[1]));
  EXPECT_THAT(*group->strings().get(key("b")), Optional(std::string_view("2")));
  EXPECT_EQ(failure(group->strings().get(key("a"))), not_declared("a").message);
}

TEST_P(GroupsTest, AGroupExcludesOthersAndTellsThemWhenItEnds) {
  std::atomic<int> woken = 0;
  GroupHandle first = keyspace_->begin(Scope::key(key("a")));
  EXPECT_FALSE(keyspace_->try_begin(Scope::key(key("a")), [&] { ++woken; }));
  EXPECT_FALSE(keyspace_->try_begin(Scope::whole(), [&] { ++woken; }));
  EXPECT_EQ(woken, 0);
  first.reset();
  EXPECT_EQ(woken, 2);
  EXPECT_TRUE(keyspace_->try_begin(Scope::key(key("a")), [&] { ++woken; }));
  EXPECT_EQ(woken, 2);
}

TEST_P(GroupsTest, GroupsOfManyThreadsAreAtomic) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 500;
  set("a", "0");
  set("b", "0");
  std::atomic<int> torn = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < kRounds; ++round) {
        const GroupHandle group = keyspace_->begin(Scope::keys({Key(kDb, "a"), Key(kDb, "b")}));
        const auto a = group->strings().increment_by(key("a"), 1);
        const auto b = group->strings().increment_by(key("b"), 1);
        if (!a.has_value() || !b.has_value() || *a != *b) ++torn;
      }
    });
  }
  std::thread background([&] {
    for (int round = 0; round < kRounds; ++round) {
      keyspace_->expire_some(10);
      (void)keyspace_->stats();
    }
  });
  for (std::thread& thread : threads) thread.join();
  background.join();
  EXPECT_EQ(torn, 0);
  EXPECT_EQ(get("a"), std::to_string(kThreads * kRounds));
}

TEST_P(GroupsTest, ChangesHaveOneOrderAndComeWithTheirGroup) {
  Recorder recorder;
  keyspace_->add_listener(recorder);
  ChangeSequence last;
  {
    const GroupHandle group = whole();
    ASSERT_TRUE(group->strings().set(key("a"), "1", {}).has_value());
    ASSERT_TRUE(group->strings().append(key("a"), "2").has_value());
    ASSERT_TRUE(group->hashes().increment_by(key("h"), "n", 1).has_value());
    ASSERT_TRUE(group->keys().rename(key("a"), key("b")).has_value());
    ASSERT_TRUE(group->keys().remove(key("none")).has_value());
    last = group->last_change();
    EXPECT_TRUE(recorder.seen.empty());
  }
  EXPECT_THAT(recorder.seen, ElementsAre("1 set a string", "2 append a string", "3 hincrby h hash",
                                         "4 rename_from a none", "5 rename_to b string"));
  EXPECT_EQ(last.value(), 5u);
  EXPECT_EQ(recorder.groups, 1);
  EXPECT_EQ(get("b"), "12");
  EXPECT_EQ(recorder.groups, 1);
  EXPECT_EQ(keyspace_->stats().last_change.value(), 5u);
  EXPECT_EQ(whole()->last_change(), ChangeSequence{});
}

TEST_P(GroupsTest, ExpiryIsAChangeOnAccessAndInTheBackground) {
  Recorder recorder;
  keyspace_->add_listener(recorder);
  set_until("a", "1", in_ms(10));
  set_until("b", "1", in_ms(10));
  recorder.seen.clear();
  advance_ms(10);
  EXPECT_EQ(get("a"), "(nil)");
  EXPECT_EQ(keyspace_->expire_some(10), 1u);
  EXPECT_THAT(recorder.seen, ElementsAre("5 expired a none", "6 expired b none"));
}

class WatchTest : public KeyspaceTest {
 protected:
  std::unique_ptr<Watch> watch(std::string_view name) { return whole()->watch(key(name)); }
  bool unchanged(const Watch& watch) { return whole()->unchanged(watch); }
};

TEST_P(WatchTest, SeesEveryKindOfChange) {
  set("k", "1");
  const auto quiet = watch("k");
  EXPECT_EQ(get("k"), "1");
  EXPECT_TRUE(unchanged(*quiet));
  const auto overwritten = watch("k");
  set("k", "1");
  EXPECT_FALSE(unchanged(*overwritten));
  const auto removed = watch("k");
  ASSERT_TRUE(whole()->keys().remove(key("k")).has_value());
  EXPECT_FALSE(unchanged(*removed));
  const auto applied = watch("m:1");
  ASSERT_TRUE(whole()
                  ->applied()
                  .put(key("m:1"), {.type = ValueType::kHash, .fields = {{"f", "v"}}}, std::nullopt)
                  .has_value());
  EXPECT_FALSE(unchanged(*applied));
  set("k", "2");
  const auto flushed = watch("k");
  const auto other = watch("other");
  ASSERT_TRUE(whole()->keys().flush(std::nullopt).has_value());
  EXPECT_FALSE(unchanged(*flushed));
  EXPECT_TRUE(unchanged(*other));
}

TEST_P(WatchTest, AKeyThatCameAndWentHasChanged) {
  const auto watched = watch("k");
  set("k", "1");
  ASSERT_TRUE(whole()->keys().remove(key("k")).has_value());
  EXPECT_FALSE(unchanged(*watched));
}

TEST_P(WatchTest, ExpiryIsAChangeUnlessTheKeyWasDeadAlready) {
  set_until("k", "1", in_ms(10));
  const auto alive = watch("k");
  advance_ms(10);
  EXPECT_FALSE(unchanged(*alive));
  set_until("k", "1", in_ms(10));
  advance_ms(10);
  const auto dead = watch("k");
  EXPECT_TRUE(unchanged(*dead));
}

TEST_P(WatchTest, CompareAndSetUnderContention) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 200;
  set("n", "0");
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int done = 0; done < kRounds;) {
        std::unique_ptr<Watch> watched;
        std::int64_t value = 0;
        {
          const GroupHandle group = keyspace_->begin(Scope::key(key("n")));
          watched = group->watch(key("n"));
          value = std::stoll(std::string(**group->strings().get(key("n"))));
        }
        const GroupHandle group = keyspace_->begin(Scope::key(key("n")));
        if (!group->unchanged(*watched)) continue;
        if (group->strings().set(key("n"), std::to_string(value + 1), {}).has_value()) ++done;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(get("n"), std::to_string(kThreads * kRounds));
}

INSTANTIATE_TEST_SUITE_P(Keyspace, GroupsTest, testing::ValuesIn(implementations()), implementation_name);
INSTANTIATE_TEST_SUITE_P(Keyspace, WatchTest, testing::ValuesIn(implementations()), implementation_name);

}  // namespace
}  // namespace stele::keyspace
