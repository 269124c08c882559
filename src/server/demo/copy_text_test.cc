#include "server/demo/copy_text.h"

#include <gtest/gtest.h>

#include <cmath>

#include "server/demo/word_vector.h"

namespace stele::server::demo {
namespace {

std::string text(std::string_view value) {
  CopyText out;
  out.text(value);
  return out.take();
}

TEST(CopyTextTest, FieldsAndRows) {
  CopyText out;
  out.number(-9223372036854775807 - 1);
  out.boolean(true);
  out.null();
  out.text_or_null("");
  out.text("");
  out.end_row();
  out.text("x");
  out.end_row();
  EXPECT_EQ(out.rows(), 2u);
  EXPECT_EQ(out.take(), "-9223372036854775808\tt\t\\N\t\\N\t\nx\n");
}

TEST(CopyTextTest, EscapesWhatCopyReadsOtherwise) {
  EXPECT_EQ(text("a\tb\nc\rd\\e\\."), "a\\tb\\nc\\rd\\\\e\\\\.");
  EXPECT_EQ(text("\b\f\v"), "\\b\\f\\v");
  EXPECT_EQ(text("\\N"), "\\\\N");
}

TEST(CopyTextTest, WhatNoDatabaseTakesIsReplaced) {
  EXPECT_EQ(text(std::string_view("a\0b", 3)), "ab");
  EXPECT_EQ(text("gr\xC3\xBC\xC3\x9F \xE2\x82\xAC \xF0\x9F\x97\xBF"),
            "gr\xC3\xBC\xC3\x9F \xE2\x82\xAC \xF0\x9F\x97\xBF");
  const std::string bad = "\xEF\xBF\xBD";
  EXPECT_EQ(text("\xFF"
                 "a\xC3"),
            bad + "a" + bad);
  EXPECT_EQ(text("\xC0\xAF"), bad + bad);
  EXPECT_EQ(text("\xED\xA0\x80"), bad + bad + bad);
  EXPECT_EQ(text("\xF4\x90\x80\x80"), bad + bad + bad + bad);
  EXPECT_EQ(text("\xE2\x82"), bad + bad);
}

TEST(CopyTextTest, ArraysAreQuotedForBothReaders) {
  CopyText out;
  const std::vector<std::string_view> values = {"a::b", "quote\"", "back\\slash", ""};
  out.text_array(values);
  out.text_array({});
  const std::vector<float> reals = {0.0f, -0.5f, 0.1f};
  out.real_array(reals);
  EXPECT_EQ(out.take(), "{\"a::b\",\"quote\\\\\"\",\"back\\\\\\\\slash\",\"\"}\t{}\t{0,-0.5,0.1}");
}

TEST(CopyTextTest, DescriptionsLoseTheirIndentation) {
  CopyText out;
  out.description_or_null(" First\n .\n  * item\n last");
  EXPECT_EQ(out.take(), "First\\n\\n * item\\nlast");
}

WordVector vector_of(std::string_view value) {
  WordVector vector{};
  add_words(value, vector);
  normalize(vector);
  return vector;
}

float product(const WordVector& a, const WordVector& b) {
  float sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

TEST(WordVectorTest, HasLengthOneAndIgnoresCaseAndOrder) {
  const WordVector a = vector_of("Fast search server");
  EXPECT_NEAR(product(a, a), 1.0f, 1e-6f);
  EXPECT_EQ(a, vector_of("server, SEARCH; fast a"));
  EXPECT_GT(product(a, vector_of("a fast search library")), product(a, vector_of("desktop clock applet")));
}

TEST(WordVectorTest, NothingStaysNothing) {
  WordVector vector{};
  add_words("a - b \xC3\xBC", vector);
  EXPECT_FALSE(normalize(vector));
  EXPECT_EQ(vector, WordVector{});
}

TEST(WordVectorTest, SpreadsWordsOverAllDimensions) {
  WordVector vector{};
  for (int i = 0; i < 2000; ++i) add_words("word" + std::to_string(i), vector);
  for (const float value : vector) EXPECT_LT(std::fabs(value), 60.0f);
  int used = 0;
  for (std::size_t i = 0; i < kWordDimensions; ++i) used += vector[i] != 0;
  EXPECT_GT(used, 48);
}

}  // namespace
}  // namespace stele::server::demo
