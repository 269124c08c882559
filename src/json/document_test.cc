#include "json/document.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

namespace stele::json {
namespace {

Document parsed(std::string text) {
  Result<Document> document = Document::parse(std::move(text));
  EXPECT_TRUE(document.has_value()) << document.error().message;
  return std::move(document).value();
}

Error refused(std::string text, ParseLimits limits = {}) {
  Result<Document> document = Document::parse(std::move(text), limits);
  EXPECT_FALSE(document.has_value());
  return document.has_value() ? Error{} : document.error();
}

TEST(Document, navigates_objects_and_arrays_in_order) {
  const Document document = parsed(R"( {"b": [1, {"x": null}, "two"], "a": {}, "c": true} )");
  const Value root = document.root();
  std::string keys;
  for (const auto& [key, value] : root.members()) keys += key;
  EXPECT_EQ(keys, "bac");
  std::vector<std::string_view> raws;
  for (const Value element : root.find("b")->elements()) raws.push_back(element.raw());
  EXPECT_EQ(raws, (std::vector<std::string_view>{"1", R"({"x": null})", R"("two")"}));
  EXPECT_EQ(root.size(), 3u);
  EXPECT_EQ(root.find("b")->size(), 3u);
  EXPECT_TRUE(root.find("a")->members().empty());
  EXPECT_TRUE(root.find("c")->boolean());
  EXPECT_FALSE(root.find("d").has_value());
  EXPECT_EQ(root.find("b")->raw(), R"([1, {"x": null}, "two"])");
  EXPECT_EQ(root.find("b")->offset(), 7u);
}

TEST(Document, values_survive_a_move_of_the_document) {
  Document document = parsed(R"({"a":"x\ty"})");
  const Value value = *document.root().find("a");
  const Document moved = std::move(document);
  EXPECT_EQ(value.string(), "x\ty");
  EXPECT_EQ(value.raw(), R"("x\ty")");
}

TEST(Document, finds_the_last_of_repeated_keys_and_keeps_all) {
  const Document document = parsed(R"({"a":1,"b":2,"a":3})");
  EXPECT_EQ(document.root().size(), 3u);
  EXPECT_EQ(document.root().find("a")->raw(), "3");
  EXPECT_EQ(document.root().duplicate_key(), "a");
  EXPECT_EQ(parsed(R"([{"a":1},{"a":{"b":1,"b":2}}])").root().duplicate_key(), "b");
  EXPECT_EQ(parsed(R"({"a":{"a":1},"b":{"a":1}})").root().duplicate_key(), std::nullopt);
}

TEST(Document, follows_a_path) {
  const Document document = parsed(R"({"settings":{"index":{"number_of_shards":"2"}}})");
  EXPECT_EQ(document.root().find_path("settings", "index", "number_of_shards")->string(), "2");
  EXPECT_FALSE(document.root().find_path("settings", "analysis", "number_of_shards").has_value());
}

TEST(Document, keeps_integers_exact) {
  const Document document = parsed(
      "[9223372036854775807,-9223372036854775808,9223372036854775808,18446744073709551615,"
      "18446744073709551616,-9223372036854775809,-0,9007199254740993]");
  std::vector<Kind> kinds;
  std::vector<Value> values;
  for (const Value v : document.root().elements()) {
    kinds.push_back(v.kind());
    values.push_back(v);
  }
  using enum Kind;
  EXPECT_EQ(kinds,
            (std::vector<Kind>{kInt64, kInt64, kUInt64, kUInt64, kBigNumber, kBigNumber, kInt64, kInt64}));
  EXPECT_EQ(*values[0].as_int64(), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(*values[1].as_int64(), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(*values[3].as_uint64(), std::numeric_limits<std::uint64_t>::max());
  EXPECT_FALSE(values[3].as_int64().has_value());
  EXPECT_FALSE(values[1].as_uint64().has_value());
  EXPECT_EQ(values[4].raw(), "18446744073709551616");
  EXPECT_EQ(*values[4].as_double(), 18446744073709551616.0);
  EXPECT_EQ(*values[7].as_int64(), 9007199254740993);
}

TEST(Document, reads_doubles_and_keeps_those_out_of_range) {
  const Document document = parsed("[1.0,1e2,-2.5E-3,0.1,1e400,1e-400]");
  std::vector<Value> v;
  for (const Value element : document.root().elements()) v.push_back(element);
  EXPECT_EQ(v[0].kind(), Kind::kDouble);
  EXPECT_EQ(v[0].number(), 1.0);
  EXPECT_FALSE(v[0].as_int64().has_value());
  EXPECT_EQ(v[1].number(), 100.0);
  EXPECT_EQ(v[2].number(), -0.0025);
  EXPECT_EQ(v[3].number(), 0.1);
  EXPECT_EQ(v[4].kind(), Kind::kBigNumber);
  EXPECT_TRUE(std::isinf(v[4].number()));
  EXPECT_FALSE(v[4].as_double().has_value());
  EXPECT_EQ(*v[5].as_double(), 0.0);
}

TEST(Document, replaces_escapes) {
  EXPECT_EQ(parsed(R"("\"\\\/\b\f\n\r\t\u00e9\u20ac\ud83d\ude00")").root().string(),
            "\"\\/\b\f\n\r\t\u00e9\u20ac\U0001F600");
  EXPECT_EQ(parsed(R"("a\u0000b")").root().string(), std::string_view("a\0b", 3));
  EXPECT_EQ(parsed(R"("\ud800")").root().string(), "\uFFFD");
  EXPECT_EQ(parsed(R"("\ud800\u0041\udc00")").root().string(),
            "\uFFFD"
            "A"
            "\uFFFD");
  EXPECT_EQ(parsed(R"({"k\u0065y":1})").root().find("key")->raw(), "1");
}

TEST(Document, says_what_was_found_instead) {
  const Document document = parsed(R"({"size":"ten"})");
  const Result<std::int64_t> size = document.root().find("size")->as_int64();
  ASSERT_FALSE(size.has_value());
  EXPECT_EQ(size.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(size.error().message, R"(expected an integer of 64 bits but found a string: "ten")");
}

TEST(Document, the_default_value_is_null) {
  const Value value;
  EXPECT_TRUE(value.is_null());
  EXPECT_EQ(value.raw(), "null");
  EXPECT_FALSE(value.find("a").has_value());
}

TEST(Document, gives_the_place_of_an_error) {
  const Error error = refused("{\n  \"a\": 1,\n  \"b\": tru\n}");
  EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(error.message, "invalid JSON at line 3, column 8: expected a value");
  EXPECT_EQ(error.detail("offset"), "19");
  EXPECT_EQ(error.detail("line"), "3");
  EXPECT_EQ(error.detail("column"), "8");
}

struct BadText {
  std::string text;
  std::string offset;
};

void PrintTo(const BadText& bad, std::ostream* out) {
  *out << bad.text;
}

class Refused : public testing::TestWithParam<BadText> {};

TEST_P(Refused, with_its_place) {
  EXPECT_EQ(refused(GetParam().text).detail("offset"), GetParam().offset);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, Refused,
    testing::Values(
        BadText{"", "0"}, BadText{" \n", "2"}, BadText{"{", "1"}, BadText{"[", "1"}, BadText{"]", "0"},
        BadText{"[1,]", "3"}, BadText{"[,1]", "1"}, BadText{"[1 2]", "3"}, BadText{"{,}", "1"},
        BadText{"{\"a\"}", "4"}, BadText{"{\"a\":}", "5"}, BadText{"{\"a\":1,}", "7"}, BadText{"{a:1}", "1"},
        BadText{"{1:1}", "1"}, BadText{"[1}", "2"}, BadText{"{\"a\":1]", "6"}, BadText{"1 2", "2"},
        BadText{"{} {}", "3"}, BadText{"01", "1"}, BadText{"-", "0"}, BadText{"+1", "0"}, BadText{".5", "0"},
        BadText{"1.", "2"}, BadText{"1.e5", "2"}, BadText{"1e", "2"}, BadText{"1e+", "3"}, BadText{"1x", "1"},
        BadText{"0x10", "1"}, BadText{"truex", "4"}, BadText{"nul", "0"}, BadText{"NaN", "0"},
        BadText{"'a'", "0"}, BadText{"\"a", "0"}, BadText{"[\"a\\\"]", "1"}, BadText{"\"\\x\"", "1"},
        BadText{"\"\\u12\"", "1"}, BadText{"\"a\tb\"", "2"}, BadText{"\"a\nb\"", "2"}, BadText{"1\"a\"", "1"},
        BadText{"\"a\"1", "3"}, BadText{"[1\f]", "2"}, BadText{"\x1a", "0"}, BadText{"\xef\xbb\xbf{}", "0"},
        BadText{"\"\xff\"", "1"}, BadText{"\"\xc0\x80\"", "1"}, BadText{"\"\xed\xa0\x80\"", "1"},
        BadText{"\"\xf4\x90\x80\x80\"", "1"}, BadText{"\"\xe2\x82\"", "1"}, BadText{"/**/1", "0"},
        BadText{std::string("[\0]", 3), "1"}, BadText{"\\\"a\"", "0"}));

TEST(Document, limits_depth) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  EXPECT_TRUE(Document::parse(nested(512)).has_value());
  EXPECT_EQ(refused(nested(513)).detail("offset"), "512");
  EXPECT_EQ(refused("[[1]]", {.depth_max = 1}).detail("offset"), "1");
}

TEST(Document, limits_bytes) {
  EXPECT_EQ(refused("[1,2]", {.bytes_max = 4}).code, ErrorCode::kTooLarge);
  EXPECT_TRUE(Document::parse("[1,2]", {.bytes_max = 5}).has_value());
}

TEST(Document, parses_texts_of_every_size_around_a_block) {
  for (std::size_t size = 0; size < 300; ++size) {
    const std::string body(size, 'x');
    const std::string text = "[\"" + body + "\",1]";
    const Document document = parsed(text);
    EXPECT_EQ((*document.root().elements().begin()).string(), body);
  }
}

TEST(Document, borrows_without_reading_past_the_end) {
  const std::string whole = R"({"a":1}{"b":2})";
  Result<Document> first = Document::parse_borrowed(std::string_view(whole).substr(0, 7));
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->root().raw().data(), whole.data());
  EXPECT_EQ(first->root().find("a")->raw(), "1");
}

}  // namespace
}  // namespace stele::json
