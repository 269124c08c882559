#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "engine/doc_key.h"
#include "engine/postings/length.h"
#include "engine/query/minimum_should_match.h"
#include "engine/reference/value_matcher.h"
#include "engine/schema.h"
#include "engine/visibility.h"

namespace stele::engine {
namespace {

TEST(DocKey, BytesAreInTheOrderOfTheKeys) {
  std::vector<DocKey> keys;
  for (const std::int64_t value : {std::numeric_limits<std::int64_t>::min(), -2L, -1L, 0L, 1L, 300L,
                                   std::numeric_limits<std::int64_t>::max()})
    keys.push_back(DocKey::from_i64(value));
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
  const auto pair = [](std::string_view text, std::int64_t number) {
    return *DocKey::from_tuple(std::vector<DocKey>{DocKey::from_text(text), DocKey::from_i64(number)});
  };
  const std::vector<DocKey> tuples = {pair("", 5),   pair("a", -1),
                                      pair("a", 2),  pair(std::string_view("a\0b", 3), 0),
                                      pair("ab", 0), pair("b", -9)};
  EXPECT_TRUE(std::is_sorted(tuples.begin(), tuples.end()));
  EXPECT_EQ(DocKey::from_i64(-7).as_i64(), -7);
  EXPECT_EQ(DocKey::from_u64(7).as_u64(), 7U);
}

TEST(DocKey, PointsAreNumbersOrUuids) {
  EXPECT_EQ(DocKey::parse({KeyType::kPoint}, "18446744073709551615")->as_u64(), UINT64_MAX);
  const auto uuid = DocKey::parse({KeyType::kPoint}, "A0EEBC999C0B4EF8BB6D6BB9BD380A11");
  EXPECT_EQ(uuid->to_string(), "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
  EXPECT_EQ(uuid->type(), KeyType::kUuid);
  EXPECT_LT(DocKey::from_u64(UINT64_MAX), *uuid);
  EXPECT_FALSE(DocKey::parse({KeyType::kPoint}, "-1"));
}

TEST(DocKey, TextFormsRoundTrip) {
  const KeyLayout tuple = {KeyType::kText, KeyType::kI64, KeyType::kUuid};
  const std::string text = "a\\:b\\\\c:-5:a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";
  EXPECT_EQ(DocKey::parse(tuple, text)->to_string(), text);
  EXPECT_EQ(DocKey::parse({KeyType::kText, KeyType::kText}, ":")->to_string(), ":");
  EXPECT_EQ(DocKey::parse({KeyType::kUuid}, "{A0EEBC999C0B4EF8BB6D6BB9BD380A11}")->to_string(),
            "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
  EXPECT_EQ(DocKey::parse({KeyType::kText}, "")->to_string(), "");
  for (const char* bad : {"", "x", "1 ", "99999999999999999999", "-"})
    EXPECT_FALSE(DocKey::parse({KeyType::kI64}, bad).has_value()) << bad;
  EXPECT_FALSE(DocKey::parse({KeyType::kU64}, "-1").has_value());
  EXPECT_FALSE(DocKey::parse({KeyType::kUuid}, "a0eebc99").has_value());
  EXPECT_FALSE(DocKey::parse(tuple, "a:1").has_value());
  EXPECT_FALSE(DocKey::parse({KeyType::kText}, std::string(5000, 'x')).has_value());
}

TEST(Value, NumbersCompareExactly) {
  const std::int64_t big = (std::int64_t{1} << 53U) + 1;
  EXPECT_GT(compare_values(big, static_cast<double>(std::int64_t{1} << 53U)), 0);
  EXPECT_EQ(compare_values(2, 2.0), 0);
  EXPECT_LT(compare_values(2, 2.5), 0);
  EXPECT_GT(compare_values(-2, -2.5), 0);
  EXPECT_LT(compare_values(std::numeric_limits<std::int64_t>::max(), 1e300), 0);
  EXPECT_LT(compare_values(5, std::numeric_limits<double>::quiet_NaN()), 0);
  EXPECT_LT(compare_values(Value(), false), 0);
  EXPECT_LT(compare_values(9, "1"), 0);
  EXPECT_EQ(to_string(Value(Object{{"a", List{1, "x", Value()}}})), "{\"a\": [1, \"x\", null]}");
}

TEST(Value, FlattensObjectsAndLists) {
  std::string seen;
  flatten(Value(Object{{"a", Object{{"b", List{1, Object{{"c", "x"}}}}}}, {"d", Value()}, {"e", true}}), "",
          [&](std::string_view path, const Value& leaf) {
            seen += std::string(path) + "=" + to_string(leaf) + " ";
          });
  EXPECT_EQ(seen, "a.b=1 a.b.c=\"x\" e=true ");
}

TEST(Schema, RefusesWhatCannotBe) {
  EXPECT_FALSE(Schema::create({{.path = ""}}).has_value());
  EXPECT_FALSE(Schema::create({{.path = "a"}, {.path = "a"}}).has_value());
  EXPECT_FALSE(Schema::create({{.path = "v", .type = FieldType::kDenseVector}}).has_value());
  EXPECT_FALSE(Schema::create({{.path = "t", .type = FieldType::kText, .analyzer = "klingon"}}).has_value());
  EXPECT_FALSE(Schema::create({{.path = "t.k", .values_of = "t"}}).has_value());
  const Schema schema = *Schema::create({{.path = "a"}, {.path = "a.b", .values_of = "a"}});
  EXPECT_EQ(schema.multi_fields(FieldId(0)).size(), 1U);
  EXPECT_EQ(schema.with({{.path = "a"}})->size(), 2U);
  EXPECT_EQ(schema.with({{.path = "a", .type = FieldType::kLong}}).error().code, ErrorCode::kAlreadyExists);
}

TEST(Schema, DatesRoundTrip) {
  for (const char* text :
       {"2024-02-29T23:59:59.123456789Z", "1969-12-31T23:59:59.999Z", "2024-01-01T00:00:00.000Z"})
    EXPECT_EQ(format_iso_date(*parse_iso_date(text)), text);
  EXPECT_EQ(*parse_iso_date("2024-01-01T02:00:00+02:00"), *parse_iso_date("2024"));
  EXPECT_EQ(*parse_iso_date("2024-05"), *parse_iso_date("2024-05-01 00:00"));
  for (const char* bad : {"", "x", "2024-13", "2023-02-29", "2024-01-01T", "2024-01-01T25:00", "1500-01-01",
                          "2024-01-01T10:00Zx", "2024-01-01T10:00:00."})
    EXPECT_FALSE(parse_iso_date(bad).has_value()) << bad;
}

TEST(MinimumShouldMatch, ElasticsearchForms) {
  const auto of = [](std::string_view text, std::size_t clauses) {
    return MinimumShouldMatch::parse(text)->resolve(clauses, 99);
  };
  EXPECT_EQ(of("2", 5), 2U);
  EXPECT_EQ(of("7", 5), 7U);
  EXPECT_EQ(of("-1", 5), 4U);
  EXPECT_EQ(of("75%", 5), 3U);
  EXPECT_EQ(of("-25%", 5), 4U);
  EXPECT_EQ(of("2<75%", 2), 2U);
  EXPECT_EQ(of("2<75%", 8), 6U);
  EXPECT_EQ(of("2<-25% 9<-3", 9), 7U);
  EXPECT_EQ(of("2<-25% 9<-3", 12), 9U);
  EXPECT_EQ(of("-9", 5), 0U);
  for (const char* bad : {"", "x", "2<", "%", "1.5", "<3"})
    EXPECT_FALSE(MinimumShouldMatch::parse(bad)) << bad;
  EXPECT_EQ(MinimumShouldMatch().resolve(5, 1), 1U);
}

TEST(VisibleLsn, PinsKeepTheOldestVisible) {
  VisibleLsn visible;
  visible.publish(Lsn(5));
  VisibleLsn::Pin first = visible.pin();
  const VisibleLsn::Pin copy = first;
  visible.publish(Lsn(9));
  const VisibleLsn::Pin second = visible.pin();
  EXPECT_EQ(visible.oldest(), Lsn(5));
  first = {};
  EXPECT_EQ(visible.oldest(), Lsn(5));
  EXPECT_EQ(copy.lsn(), Lsn(5));
  EXPECT_EQ(second.lsn(), Lsn(9));
  EXPECT_EQ(visible.pin_count(), 2U);
}

// Lucene's SmallFloat.intToByte4 and byte4ToInt.
TEST(Lengths, AreLucenesOneByteLengths) {
  for (std::uint32_t length = 0; length <= 40; ++length)
    EXPECT_EQ(decode_length(encode_length(length)), length);
  EXPECT_EQ(decode_length(encode_length(41)), 40U);
  EXPECT_EQ(decode_length(encode_length(100)), 96U);
  EXPECT_EQ(decode_length(encode_length(1000)), 984U);
  EXPECT_EQ(encode_length(0x7FFFFFFF), 255);
}

TEST(Wildcard, MatchesCharactersNotBytes) {
  using reference::matches_wildcard;
  EXPECT_TRUE(matches_wildcard("*", ""));
  EXPECT_TRUE(matches_wildcard("a?c", "aéc"));
  EXPECT_FALSE(matches_wildcard("a??c", "aéc"));
  EXPECT_TRUE(matches_wildcard("*a*b", "xaxbxb"));
  EXPECT_FALSE(matches_wildcard("a*b", "acbx"));
  EXPECT_TRUE(matches_wildcard("a\\*b", "a*b"));
  EXPECT_FALSE(matches_wildcard("a\\*b", "axb"));
}

}  // namespace
}  // namespace stele::engine
