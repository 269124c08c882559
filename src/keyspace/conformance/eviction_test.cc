// What goes when memory is full, and what the policies know of the uses of keys.
#include "keyspace/conformance/fixture.h"

namespace stele::keyspace {
namespace {

class EvictionTest : public KeyspaceTest {
 protected:
  // A key may be looked at twice: with so many samples each of some fifty is looked at.
  void use(EvictionPolicy policy, std::size_t samples = 256) {
    keyspace_->set_eviction({.policy = policy, .samples = samples});
  }
  // Time passes, and the keyspace is told.
  void pass_ms(std::int64_t ms) {
    advance_ms(ms);
    keyspace_->expire_some(0);
  }
  void limit_to_present() { keyspace_->set_max_memory(keyspace_->stats().used_memory_bytes); }
  // Until it is below the limit, or nothing goes any more.
  Room make_room() {
    Room room = Room::kMore;
    for (int i = 0; i < 10'000 && room == Room::kMore; ++i) room = keyspace_->make_room(16);
    return room;
  }
  bool is_there(std::string_view name) { return *whole()->keys().exists(key(name)); }
  std::optional<Keys::Usage> usage(std::string_view name) { return *whole()->keys().usage(key(name)); }
  std::size_t used_bytes() const { return keyspace_->stats().used_memory_bytes; }
};

std::string numbered(std::string_view prefix, int i) {
  return std::string(prefix) + std::to_string(i);
}

TEST_P(EvictionTest, WithoutAPolicyFullMemoryIsToldAndNothingGoes) {
  set("k", std::string(1000, 'x'));
  EXPECT_FALSE(keyspace_->is_beyond_memory());
  keyspace_->set_max_memory(used_bytes() - 1);
  EXPECT_TRUE(keyspace_->is_beyond_memory());
  EXPECT_TRUE(keyspace_->is_full());
  EXPECT_EQ(keyspace_->make_room(16), Room::kNone);
  set("other", "x");  // who asked before may write
  EXPECT_EQ(get("k"), std::string(1000, 'x'));
  EXPECT_TRUE(*whole()->keys().remove(key("k")));
  EXPECT_FALSE(keyspace_->is_full());
  EXPECT_EQ(keyspace_->stats().evicted, 0u);
}

TEST_P(EvictionTest, TheLongestUnusedGoesFirst) {
  use(EvictionPolicy::kAnyLru);
  const std::string value(1500, 'x');
  for (int i = 0; i < 40; ++i) {
    set(numbered("k", i), value);
    pass_ms(1000);
  }
  ASSERT_EQ(get("k0"), value);
  pass_ms(1000);
  limit_to_present();
  set("new", "x");
  EXPECT_EQ(make_room(), Room::kThere);
  EXPECT_TRUE(is_there("k0"));
  EXPECT_FALSE(is_there("k1"));
  EXPECT_TRUE(is_there("k39"));
  EXPECT_TRUE(is_there("new"));
  EXPECT_EQ(keyspace_->stats().evicted, 1u);
}

TEST_P(EvictionTest, TheLeastUsedGoesFirst) {
  use(EvictionPolicy::kAnyLfu);
  for (int i = 0; i < 40; ++i) set(numbered("k", i), std::string(1500, 'x'));
  for (int i = 0; i < 40; ++i) {
    const bool is_rare = i == 7;
    ASSERT_TRUE(*whole()->keys().set_usage(key(numbered("k", i)), {.count = is_rare ? 20 : 30}));
  }
  limit_to_present();
  set("new", "x");
  ASSERT_TRUE(*whole()->keys().set_usage(key("new"), {.count = 25}));
  EXPECT_EQ(make_room(), Room::kThere);
  EXPECT_FALSE(is_there("k7"));
  EXPECT_EQ(keyspace_->stats().keys, 40u);
}

TEST_P(EvictionTest, TheSoonestToExpireGoesFirst) {
  use(EvictionPolicy::kVolatileTtl);
  set("forever", std::string(100, 'x'));
  for (int i = 0; i < 40; ++i)
    set_until(numbered("k", i), std::string(1500, 'x'), in_ms(1'000'000 - i * 1000));
  limit_to_present();
  set("new", "x");
  EXPECT_EQ(make_room(), Room::kThere);
  EXPECT_FALSE(is_there("k39"));
  EXPECT_TRUE(is_there("k38"));
  EXPECT_TRUE(is_there("forever"));
}

TEST_P(EvictionTest, VolatilePoliciesTakeWhatHasAnExpiry) {
  for (const auto policy : {EvictionPolicy::kVolatileLru, EvictionPolicy::kVolatileLfu,
                            EvictionPolicy::kVolatileRandom, EvictionPolicy::kVolatileTtl}) {
    use(policy, 5);
    (void)whole()->keys().flush(std::nullopt);
    for (int i = 0; i < 30; ++i) {
      set(numbered("kept", i), "x");
      set_until(numbered("gone", i), "x", in_ms(100'000));
    }
    keyspace_->set_max_memory(1);
    EXPECT_EQ(make_room(), Room::kNone);
    EXPECT_TRUE(keyspace_->is_full());
    EXPECT_EQ(keyspace_->stats().keys, 30u) << to_string(policy);
    for (int i = 0; i < 30; ++i) EXPECT_TRUE(is_there(numbered("kept", i)));
    // One that gets an expiry may go.
    ASSERT_TRUE(*whole()->keys().expire(key("kept3"), in_ms(1000), ExpireCondition::kAlways));
    EXPECT_FALSE(keyspace_->is_full());
    EXPECT_EQ(make_room(), Room::kNone);
    EXPECT_FALSE(is_there("kept3"));
    keyspace_->set_max_memory(0);
  }
}

TEST_P(EvictionTest, RandomTakesAny) {
  use(EvictionPolicy::kAnyRandom, 5);
  for (int i = 0; i < 200; ++i) set(numbered("k", i), std::string(100, 'x'));
  keyspace_->set_max_memory(used_bytes() / 2);
  EXPECT_EQ(make_room(), Room::kThere);
  EXPECT_LE(used_bytes(), keyspace_->stats().keys * 1000);
  EXPECT_GT(keyspace_->stats().keys, 20u);
  EXPECT_LT(keyspace_->stats().keys, 150u);
}

TEST_P(EvictionTest, OnlyKeysOfTheClassCacheGo) {
  use(EvictionPolicy::kAnyLru, 5);
  for (int i = 0; i < 50; ++i) {
    set(numbered("d:", i), "x");
    set(numbered("s:", i), "x");
  }
  ASSERT_TRUE(whole()
                  ->applied()
                  .put(key("m:7"), {.type = ValueType::kHash, .fields = {{"a", "1"}}}, std::nullopt)
                  .has_value());
  for (int i = 0; i < 3; ++i) set(numbered("c", i), "x");
  keyspace_->set_max_memory(1);
  EXPECT_EQ(make_room(), Room::kNone);
  EXPECT_TRUE(keyspace_->is_full());
  EXPECT_EQ(keyspace_->stats().keys, 101u);
  EXPECT_EQ(keyspace_->stats().evicted, 3u);
  // A key that may go comes.
  set("c9", "x");
  EXPECT_EQ(make_room(), Room::kNone);
  EXPECT_FALSE(is_there("c9"));
}

TEST_P(EvictionTest, TheClientsMemoryCounts) {
  use(EvictionPolicy::kAnyLru);
  for (int i = 0; i < 10; ++i) set(numbered("k", i), std::string(100, 'x'));
  limit_to_present();
  EXPECT_EQ(make_room(), Room::kThere);
  keyspace_->count_memory(150);
  EXPECT_EQ(make_room(), Room::kThere);
  EXPECT_LT(keyspace_->stats().keys, 10u);
  EXPECT_GT(keyspace_->stats().keys, 0u);
  keyspace_->count_memory(-150);
}

TEST_P(EvictionTest, IsToldAsAChangeAndBreaksWatches) {
  class Listener final : public ChangeListener {
   public:
    void on_changes(std::span<const Change> changes) override {
      for (const Change& change : changes)
        seen.push_back(std::string(notification_name(change.event)) + " " + std::string(change.key.name));
    }
    std::vector<std::string> seen;
  };
  use(EvictionPolicy::kAnyLru);
  set("k", "x");
  const auto watch = whole()->watch(key("k"));
  Listener listener;
  keyspace_->add_listener(listener);
  keyspace_->set_max_memory(1);
  EXPECT_EQ(make_room(), Room::kThere);
  keyspace_->remove_listener(listener);
  EXPECT_THAT(listener.seen, testing::ElementsAre("evicted k"));
  EXPECT_FALSE(whole()->unchanged(*watch));
}

TEST_P(EvictionTest, AnotherPolicyBeginsAnew) {
  use(EvictionPolicy::kVolatileLru, 5);
  for (int i = 0; i < 20; ++i) set(numbered("k", i), "x");
  keyspace_->set_max_memory(1);
  EXPECT_EQ(make_room(), Room::kNone);
  EXPECT_EQ(keyspace_->stats().keys, 20u);
  use(EvictionPolicy::kAnyLru, 5);
  EXPECT_FALSE(keyspace_->is_full());
  EXPECT_EQ(make_room(), Room::kThere);
  EXPECT_EQ(keyspace_->stats().keys, 0u);
}

TEST_P(EvictionTest, IdleTime) {
  set("k", "x");
  pass_ms(10'240);
  EXPECT_EQ(usage("k")->idle_ms, 10'240u);
  // To ask what is there is no use of it.
  EXPECT_TRUE(is_there("k"));
  EXPECT_EQ(*whole()->keys().type(key("k")), ValueType::kString);
  (void)expiry("k");
  EXPECT_EQ(usage("k")->idle_ms, 10'240u);
  // Nor is reading without touching, but TOUCH.
  const auto read_quietly = [&](auto use) {
    const GroupHandle group = keyspace_->begin(Scope::key(key("k")).without_touching());
    use(*group);
  };
  read_quietly([&](Group& group) { EXPECT_TRUE(group.strings().get(key("k"))->has_value()); });
  EXPECT_EQ(usage("k")->idle_ms, 10'240u);
  read_quietly([&](Group& group) { EXPECT_TRUE(*group.keys().touch(key("k"))); });
  EXPECT_EQ(usage("k")->idle_ms, 0u);
  pass_ms(1024);
  EXPECT_EQ(get("k"), "x");
  EXPECT_EQ(usage("k")->idle_ms, 0u);
  pass_ms(1024);
  ASSERT_TRUE(whole()->keys().rename(key("k"), key("l")).has_value());
  EXPECT_FALSE(usage("k"));
  EXPECT_FALSE(*whole()->keys().touch(key("k")));
  ASSERT_TRUE(*whole()->keys().set_usage(key("l"), {.idle_ms = 3'600'000, .count = 7}));
  EXPECT_EQ(usage("l")->idle_ms, 3'600'000u);
  ASSERT_TRUE(*whole()->keys().set_usage(key("l"), {.idle_ms = 1'000'000}));
  EXPECT_EQ(usage("l")->idle_ms, 1'000'064u);  // in units of 128 ms, and no less than was said
  EXPECT_FALSE(*whole()->keys().set_usage(key("k"), {.idle_ms = 1}));
}

TEST_P(EvictionTest, CountsGrowWithUsesAndShrinkWithTime) {
  use(EvictionPolicy::kAnyLfu);
  set("k", "x");
  EXPECT_EQ(usage("k")->count, 5u);
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(get("k"), "x");
  const std::uint32_t used = usage("k")->count;
  EXPECT_GT(used, 8u);
  EXPECT_LT(used, 40u);  // a logarithm
  pass_ms(4 * 60'000);
  EXPECT_GE(usage("k")->count, used - 5);
  EXPECT_LE(usage("k")->count, used - 3);
  ASSERT_TRUE(*whole()->keys().set_usage(key("k"), {.count = 255}));
  EXPECT_EQ(usage("k")->count, 255u);
  set("k", "y");
  EXPECT_EQ(usage("k")->count, 255u);
  keyspace_->set_eviction({.policy = EvictionPolicy::kAnyLfu, .lfu_decay_minutes = 0});
  pass_ms(3'600'000);
  EXPECT_EQ(usage("k")->count, 255u);
}

TEST_P(EvictionTest, MemoryOfAKey) {
  set("small", "x");
  set("large", std::string(100'000, 'x'));
  std::vector<std::string> names;
  std::vector<FieldRef> many;
  for (int i = 0; i < 1000; ++i) names.push_back(numbered("field", i));
  for (const std::string& name : names) many.push_back({name, "value"});
  set_fields("h", many);
  const auto memory = [&](std::string_view name) { return *whole()->keys().memory(key(name)); };
  EXPECT_LT(memory("small"), 120u);
  EXPECT_GE(memory("large"), 100'000u);
  EXPECT_LT(memory("large"), 200'000u);
  EXPECT_GE(memory("h"), 13'000u);
  EXPECT_FALSE(memory("none"));
}

INSTANTIATE_TEST_SUITE_P(Keyspace, EvictionTest, testing::ValuesIn(implementations()), implementation_name);

}  // namespace
}  // namespace stele::keyspace
