#include <gtest/gtest.h>

#include "views/keys/keys.h"

namespace stele::views {
namespace {

TEST(CacheKeys, HoldsKeysWithoutAPostgres) {
  const std::unique_ptr<NodeKeys> keys = make_cache_keys(system_clock());
  EXPECT_FALSE(keys->loading());
  EXPECT_TRUE(keys->owner());
  EXPECT_TRUE(keys->may_write());
  const keyspace::KeyRef key{keyspace::DatabaseNumber(0), "k"};
  const keyspace::GroupHandle group = keys->keyspace().begin(keyspace::Scope::key(key));
  ASSERT_TRUE(group->strings().set(key, "v", {}).has_value());
  EXPECT_EQ(group->class_of(key), keyspace::KeyClass::kCache);
  EXPECT_EQ(keys->class_of("k"), keyspace::KeyClass::kCache);
  EXPECT_EQ(**group->strings().get(key), "v");
}

}  // namespace
}  // namespace stele::views
