// What the store promises beyond the contract: groups that run at once, prefetches, no more than a few dead
// keys, values freed later, memory a key.
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "keyspace/store_keyspace.h"

namespace stele::keyspace {
namespace {

constexpr DatabaseNumber kDb{0};

std::string name_of(std::size_t i) {
  return "key:" + std::to_string(i);
}

class StoreTest : public testing::Test {
 protected:
  void set(std::string_view name, std::string_view value, SetOptions options = {}) {
    const auto done = keyspace_->begin(Scope::key({kDb, name}))->strings().set({kDb, name}, value, options);
    ASSERT_TRUE(done.has_value());
  }
  WallMs now() { return keyspace_->begin(Scope::none())->now(); }
  std::optional<std::string> get(std::string_view name) {
    const GroupHandle group = keyspace_->begin(Scope::key({kDb, name}));
    const auto value = group->strings().get({kDb, name});
    if (!value.has_value() || !*value) return std::nullopt;
    return std::string(**value);
  }

  ManualClock clock_;
  std::unique_ptr<Keyspace> keyspace_ = make_store_keyspace(clock_, {});
};

TEST_F(StoreTest, GroupsOverOtherKeysRunAtOnce) {
  const GroupHandle first = keyspace_->begin(Scope::key({kDb, "a"}));
  std::size_t began = 0;
  for (std::size_t i = 0; i < 100; ++i) {
    const std::string name = name_of(i);
    // Another thread's group, as far as the store can tell.
    if (const GroupHandle other = keyspace_->try_begin(Scope::key({kDb, name}), nullptr)) ++began;
  }
  EXPECT_GT(began, 80u);
  EXPECT_FALSE(keyspace_->try_begin(Scope::whole(), nullptr));
}

TEST_F(StoreTest, ManyThreadsOfAllKinds) {
  constexpr std::size_t kThreads = 3;
  constexpr std::size_t kRounds = 2000;
  constexpr std::size_t kNames = 300;
  std::atomic<std::size_t> torn = 0;
  std::vector<std::thread> threads;
  for (std::size_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t round = 0; round < kRounds; ++round) {
        const std::string a = name_of((round * 7 + t) % kNames);
        const std::string b = name_of((round * 11 + t) % kNames);
        const std::vector<KeyRef> both = {{kDb, a}, {kDb, b}};
        keyspace_->prefetch(both);
        // Each pair goes up together, so that the sum of all stays even.
        const GroupHandle group = keyspace_->begin(Scope::borrowed(both));
        const auto x = group->strings().increment_by(both[0], 1);
        const auto y = group->strings().increment_by(both[1], 1);
        if (!x.has_value() || !y.has_value()) ++torn;
      }
    });
  }
  threads.emplace_back([&] {
    for (std::size_t round = 0; round < kRounds / 10; ++round) {
      const GroupHandle group = keyspace_->begin(Scope::whole());
      std::int64_t sum = 0;
      const ScanPage page = *group->keys().scan(kDb, 0, {.count = 1000, .type = ValueType::kString});
      for (const std::string& name : page.names)
        sum += std::stoll(std::string(**group->strings().get({kDb, name})));
      if (sum % 2 != 0) ++torn;
    }
  });
  threads.emplace_back([&] {
    std::uint64_t cursor = 0;
    for (std::size_t round = 0; round < kRounds; ++round) {
      cursor = keyspace_->begin(Scope::slice(cursor))->keys().scan(kDb, cursor, {.count = 20})->cursor;
      keyspace_->expire_some(10);
      (void)keyspace_->stats();
    }
  });
  threads.emplace_back([&] {
    for (std::size_t round = 0; round < kRounds; ++round) {
      const std::string name = "hash:" + std::to_string(round % 50);
      const FieldRef field{name, name};
      const GroupHandle group = keyspace_->begin(Scope::key({kDb, name}));
      (void)group->hashes().set({kDb, name}, std::span(&field, 1));
      if (round % 3 == 0) (void)group->keys().remove({kDb, name});
      const auto watched = group->watch({kDb, name});
      if (!group->unchanged(*watched)) ++torn;
    }
  });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(torn, 0u);
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < kNames; ++i) sum += std::stoll(get(name_of(i)).value_or("0"));
  EXPECT_EQ(sum, static_cast<std::int64_t>(kThreads * kRounds * 2));
}

TEST_F(StoreTest, DeadKeysAreFoundWhateverLivesBesideThem) {
  constexpr std::size_t kKeys = 20000;
  SetOptions options;
  const WallMs begin = now();
  for (std::size_t i = 0; i < kKeys; ++i) {
    // Over ten seconds and over an hour, so that many share a mark.
    const auto ms = static_cast<std::int64_t>(i % 2 == 0 ? 1 + i % 10000 : 20000 + i * 180);
    options.expiry = ExpiryChange::until({begin.value + ms});
    set(name_of(i), "v", options);
  }
  std::size_t removed = 0;
  for (int turn = 0; turn < 100; ++turn) {
    clock_.advance(std::chrono::milliseconds(100));
    while (const std::size_t some = keyspace_->expire_some(400)) removed += some;
    const auto dead = static_cast<std::size_t>((turn + 1) * 100);  // of 10,000 in 10,000 ms
    // A mark is cut to 256 ms and one of them comes a unit later.
    EXPECT_GE(removed + 600, dead);
    EXPECT_LE(removed, dead);
  }
  clock_.advance(std::chrono::milliseconds(512));
  while (const std::size_t some = keyspace_->expire_some(400)) removed += some;
  EXPECT_EQ(removed, kKeys / 2);
  EXPECT_EQ(keyspace_->stats().keys, kKeys / 2);
  EXPECT_EQ(keyspace_->stats().keys_with_expiry, kKeys / 2);
  clock_.advance(std::chrono::hours(2));
  while (const std::size_t some = keyspace_->expire_some(400)) removed += some;
  EXPECT_EQ(removed, kKeys);
  EXPECT_EQ(keyspace_->stats().used_memory_bytes, 0u);
}

TEST_F(StoreTest, LargeValuesAreCountedOutAtOnceAndFreedLater) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < 20000; ++i) names.push_back(name_of(i));
  {
    const GroupHandle group = keyspace_->begin(Scope::whole());
    std::vector<FieldRef> fields;
    for (const std::string& name : names) fields.push_back({name, name});
    ASSERT_EQ(*group->hashes().set({kDb, "large"}, fields), names.size());
    ASSERT_TRUE(group->strings().set({kDb, "text"}, std::string(1 << 20, 'x'), {}).has_value());
    ASSERT_TRUE(group->keys().rename({kDb, "large"}, {kDb, "renamed"}).has_value());
    EXPECT_EQ(*group->hashes().size({kDb, "renamed"}), names.size());
    EXPECT_EQ(group->hashes().random({kDb, "renamed"}, 10)->size(), 10u);
  }
  EXPECT_GT(keyspace_->stats().used_memory_bytes, std::size_t{1} << 20);
  EXPECT_EQ(*keyspace_->begin(Scope::whole())->keys().flush(kDb), 2u);
  EXPECT_EQ(keyspace_->stats().used_memory_bytes, 0u);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(keyspace_->expire_some(100), 0u);
  set("text", "small");
  EXPECT_EQ(get("text"), "small");
}

TEST_F(StoreTest, StringsGrowFromShortToLargeAndBack) {
  std::string expected;
  for (std::size_t i = 0; i < 300; ++i) {
    const std::string tail(i, static_cast<char>('a' + i % 26));
    const GroupHandle group = keyspace_->begin(Scope::key({kDb, "s"}));
    ASSERT_EQ(*group->strings().append({kDb, "s"}, tail), expected.size() + tail.size());
    expected += tail;
    // A value of its own key.
    if (i == 200)
      ASSERT_TRUE(group->strings().set({kDb, "s"}, **group->strings().get({kDb, "s"}), {}).has_value());
  }
  EXPECT_EQ(get("s"), expected);
  set("s", "short");
  EXPECT_EQ(get("s"), "short");
}

TEST_F(StoreTest, LongNamesAndManyDatabases) {
  const std::string name(100000, 'n');
  set(name, "v");
  EXPECT_EQ(get(name), "v");
  const KeyRef far{DatabaseNumber{1000}, name};
  {
    const GroupHandle group = keyspace_->begin(Scope::key(far));
    ASSERT_TRUE(group->strings().set(far, "w", {}).has_value());
    ASSERT_TRUE(group->keys().expire(far, {group->now().value + 10}, ExpireCondition::kAlways).value());
    EXPECT_EQ(group->keys().size(far.db), 1u);
  }
  EXPECT_EQ(get(name), "v");
  clock_.advance(std::chrono::milliseconds(1000));
  EXPECT_EQ(keyspace_->expire_some(10), 1u);
  EXPECT_EQ(keyspace_->begin(Scope::none())->keys().size(far.db), 0u);
  EXPECT_EQ(keyspace_->begin(Scope::none())->keys().size(kDb), 1u);
}

// More objects than one call takes.
TEST(StoreCutTest, IsOfTheMomentWhenItBegan) {
  constexpr std::size_t kObjects = 2000;
  ManualClock clock;
  const auto keyspace = make_store_keyspace(clock, {.classes = KeyClasses(KeyClass::kDurable, {})});
  const auto set = [&](Group& group, const std::string& name, std::string_view value) {
    ASSERT_TRUE(group.strings().set({kDb, name}, value, {}).has_value());
  };
  const auto change = [&](const std::string& name, auto use) {
    const GroupHandle group = keyspace->begin(Scope::whole());
    use(*group, name);
  };
  const auto finish = [&] {
    std::optional<Cut> cut;
    for (int calls = 0; !cut && calls < 100; ++calls) cut = keyspace->take_cut();
    return cut.value_or(Cut{});
  };
  for (std::size_t i = 0; i < kObjects; ++i)
    change(name_of(i), [&](Group& group, const std::string& name) { set(group, name, "old"); });
  {
    const GroupHandle group = keyspace->begin(Scope::whole());
    for (const char* const name : {"a", "b", "c"}) set(*group, name, "old");
  }
  const ChangeSequence last = keyspace->stats().last_change;
  ASSERT_FALSE(keyspace->take_cut().has_value());
  // Whatever happens to them now is the next cut's.
  for (std::size_t i = 0; i < kObjects; i += 3) {
    change(name_of(i), [&](Group& group, const std::string& name) { set(group, name, "new"); });
    change(name_of(i + 1),
           [&](Group& group, const std::string& name) { (void)group.keys().remove({kDb, name}); });
  }
  change("a", [&](Group& group, const std::string& name) { set(group, name, "new"); });
  change("c", [&](Group& group, const std::string& name) {
    ASSERT_TRUE(group.keys().rename({kDb, name}, {kDb, "d"}).has_value());
  });
  const Cut first = finish();
  EXPECT_EQ(first.sequence, last);
  ASSERT_EQ(first.objects.size(), kObjects + 3);
  std::uint32_t bundle = 0;
  for (const DirtyObject& object : first.objects) {
    EXPECT_FALSE(object.removed);
    EXPECT_EQ(object.string, "old") << object.key.name;
    EXPECT_LE(object.generation, last);
    if (object.bundle == 0) continue;
    EXPECT_EQ(object.key.name.size(), 1u);
    if (bundle == 0) bundle = object.bundle;
    EXPECT_EQ(object.bundle, bundle);
  }
  EXPECT_NE(bundle, 0u);
  const Cut second = finish();
  std::size_t removed = 0;
  std::size_t changed = 0;
  for (const DirtyObject& object : second.objects) {
    removed += object.removed ? 1 : 0;
    changed += object.string == "new" ? 1 : 0;
  }
  EXPECT_EQ(changed, (kObjects + 2) / 3 + 1);
  EXPECT_EQ(removed, (kObjects + 1) / 3);
  EXPECT_EQ(second.objects.size(), changed + removed + 1);  // and the one with another name
  EXPECT_EQ(finish().objects.size(), 0u);
}

TEST(StoreCutTest, WritersOnOtherThreadsDoNotTearIt) {
  ManualClock clock;
  const auto keyspace = make_store_keyspace(clock, {.classes = KeyClasses(KeyClass::kDurable, {})});
  constexpr std::size_t kPairs = 800;
  std::atomic<bool> is_over = false;
  // Each group writes the same number to both keys of a pair.
  std::thread writer([&] {
    for (std::size_t i = 0; !is_over || i < kPairs; ++i) {
      const Key one(kDb, "one:" + std::to_string(i % kPairs));
      const Key other(kDb, "other:" + std::to_string(i % kPairs));
      const GroupHandle group = keyspace->begin(Scope::keys({one, other}));
      for (const Key& key : {one, other}) (void)group->strings().set(key, std::to_string(i), {});
    }
  });
  std::map<std::string, std::string> table;
  for (std::size_t cuts = 0; cuts < 4;) {
    const std::optional<Cut> cut = keyspace->take_cut();
    if (!cut) {
      std::this_thread::yield();
      continue;
    }
    ++cuts;
    for (const DirtyObject& object : cut->objects) table[object.key.name] = object.string;
    for (std::size_t i = 0; i < kPairs; ++i) {
      const std::string number = std::to_string(i);
      EXPECT_EQ(table["one:" + number], table["other:" + number]);
    }
  }
  is_over = true;
  writer.join();
}

}  // namespace
}  // namespace stele::keyspace
