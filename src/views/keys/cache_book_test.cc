#include "views/keys/cache_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace stele::views {
namespace {

using keyspace::Key;
using keyspace::WallMs;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr WallMs kNow{1000}, kLater{2000};

Key key(std::string_view name, std::uint16_t db = 0) {
  return {keyspace::DatabaseNumber(db), std::string(name)};
}

TEST(CacheBook, OneLoadIsForAllWhoAsk) {
  CacheBook book;
  EXPECT_EQ(book.flight(key("a")), nullptr);
  const auto flight = book.begin(key("a"), {});
  EXPECT_EQ(book.flight(key("a")), flight);
  EXPECT_EQ(book.flight(key("b")), nullptr);
  book.end(*flight);
  EXPECT_EQ(book.flight(key("a")), nullptr);
}

TEST(CacheBook, AnInvalidationOutdatesLoadsThatNobodyJoinsThen) {
  CacheBook book;
  const auto by_key = book.begin(key("a:1"), {});
  const auto by_prefix = book.begin(key("a:2"), {});
  const auto other = book.begin(key("b:1"), {});
  (void)book.invalidate(key("a:1"));
  EXPECT_TRUE(by_key->is_outdated);
  EXPECT_FALSE(by_prefix->is_outdated);
  EXPECT_EQ(book.flight(key("a:1")), nullptr);
  const auto again = book.begin(key("a:1"), {});
  // The former one ends late: the present one stays.
  book.end(*by_key);
  EXPECT_EQ(book.flight(key("a:1")), again);
  (void)book.invalidate_prefix("a:");
  EXPECT_TRUE(by_prefix->is_outdated);
  EXPECT_TRUE(again->is_outdated);
  EXPECT_FALSE(other->is_outdated);
  (void)book.invalidate_tag("any");
  EXPECT_TRUE(other->is_outdated);
}

TEST(CacheBook, PrefixesAndTagsNameTheirKeys) {
  CacheBook book;
  EXPECT_TRUE(book.note(key("a:1"), false, {"red", "blue"}, kLater, kNow));
  EXPECT_TRUE(book.note(key("a:2"), false, {"red"}, kLater, kNow));
  EXPECT_TRUE(book.note(key("ab"), false, {}, kLater, kNow));
  EXPECT_TRUE(book.tag(key("a:3", 5), {"blue"}));
  EXPECT_THAT(book.invalidate_prefix("a:"), ElementsAre(key("a:1"), key("a:2"), key("a:3", 5)));
  EXPECT_THAT(book.invalidate_tag("red"), IsEmpty());
  EXPECT_EQ(book.size(), 1u);
  EXPECT_TRUE(book.tag(key("x"), {"red"}));
  EXPECT_TRUE(book.tag(key("y", 1), {"red", "blue"}));
  EXPECT_THAT(book.invalidate_tag("red"), ElementsAre(key("x"), key("y", 1)));
  EXPECT_THAT(book.invalidate_tag("blue"), IsEmpty());
  EXPECT_THAT(book.invalidate(key("ab")), ElementsAre(key("ab")));
  EXPECT_THAT(book.invalidate(key("ab")), IsEmpty());
}

TEST(CacheBook, AbsenceHoldsForItsTime) {
  CacheBook book;
  EXPECT_TRUE(book.note(key("a"), true, {}, kLater, kNow));
  EXPECT_TRUE(book.is_absent(key("a"), kNow));
  EXPECT_FALSE(book.is_absent(key("a"), kLater));
  (void)book.invalidate(key("a"));
  EXPECT_FALSE(book.is_absent(key("a"), kNow));
  EXPECT_TRUE(book.note(key("a"), true, {}, kLater, kNow));
  EXPECT_TRUE(book.note(key("a"), false, {}, kLater, kNow));
  EXPECT_FALSE(book.is_absent(key("a"), kNow));
}

TEST(CacheBook, WhatIsOverIsForgotten) {
  CacheBook book;
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(book.note(key(std::to_string(i)), false, {"t"}, kLater, kNow));
  for (int i = 0; i < 100; ++i)
    EXPECT_TRUE(book.note(key("n" + std::to_string(i)), false, {}, WallMs{9000}, WallMs{5000}));
  EXPECT_EQ(book.size(), 100u);
  EXPECT_THAT(book.invalidate_tag("t"), IsEmpty());
}

}  // namespace
}  // namespace stele::views
