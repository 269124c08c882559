#include "views/keys/keys_options.h"

#include <gtest/gtest.h>

namespace stele::views {
namespace {

using keyspace::KeyClass;

TEST(KeyClassRules, AreReadFromText) {
  KeysOptions options;
  ASSERT_TRUE(parse_key_classes("cache,a=b:=durable,s:=durable-sync", options));
  EXPECT_EQ(options.otherwise, KeyClass::kCache);
  const keyspace::KeyClasses classes(options.otherwise, options.rules);
  EXPECT_EQ(classes.of("x"), KeyClass::kCache);
  EXPECT_EQ(classes.of("a=b:1"), KeyClass::kDurable);
  EXPECT_EQ(classes.of("s:1"), KeyClass::kDurableSync);
  EXPECT_TRUE(parse_key_classes("", options));
  EXPECT_FALSE(parse_key_classes("x:=mapped", options));
  EXPECT_FALSE(parse_key_classes("=cache", options));
  EXPECT_FALSE(parse_key_classes("sometimes", options));
}

}  // namespace
}  // namespace stele::views
