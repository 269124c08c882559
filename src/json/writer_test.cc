#include "json/writer.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <limits>
#include <optional>
#include <string>

#include "json/pretty.h"

namespace stele::json {
namespace {

TEST(Writer, separates_members_and_elements) {
  std::string out;
  Writer w(out);
  w.begin_object();
  w.member("took", 3).member("timed_out", false).member("scroll", nullptr);
  w.key("hits").begin_array().raw(R"({"x":1})").begin_object().end_object().string("s").end_array();
  w.member("score", 1.0).member("name", std::string("n")).member("none", std::optional<int>());
  w.key("empty").begin_array().end_array();
  w.end_object();
  EXPECT_EQ(out,
            R"({"took":3,"timed_out":false,"scroll":null,"hits":[{"x":1},{},"s"],"score":1.0,"name":"n",)"
            R"("none":null,"empty":[]})");
}

TEST(Writer, writes_integers_exactly) {
  std::string out;
  Writer w(out);
  w.begin_array();
  w.value(std::numeric_limits<std::int64_t>::min()).value(std::numeric_limits<std::uint64_t>::max());
  w.value(std::uint8_t{7}).value(0);
  w.end_array();
  EXPECT_EQ(out, "[-9223372036854775808,18446744073709551615,7,0]");
}

TEST(Writer, splices_parsed_values) {
  const Result<Document> document = Document::parse(R"({"a": [1,  2]})");
  ASSERT_TRUE(document.has_value());
  std::string out;
  Writer w(out);
  w.begin_object().member("b", *document->root().find("a")).end_object();
  EXPECT_EQ(out, R"({"b":[1,  2]})");
}

TEST(Quoted, escapes_as_jackson_does) {
  EXPECT_EQ(quoted("a\"b\\c/d\b\t\n\f\r\x01\x1f\x7f\u00e9\U0001F600"),
            "\"a\\\"b\\\\c/d\\b\\t\\n\\f\\r\\u0001\\u001f\x7f\u00e9\U0001F600\"");
  EXPECT_EQ(quoted(std::string_view("\0", 1)), "\"\\u0000\"");
}

TEST(Quoted, replaces_invalid_utf8) {
  EXPECT_EQ(quoted("a\xff"
                   "b"),
            "\"a\uFFFDb\"");
  EXPECT_EQ(quoted("\xe2\x82"), "\"\uFFFD\uFFFD\"");
}

std::string java(double value) {
  std::string out;
  append_number(out, value, NumberForm::kJava);
  return out;
}

std::string plain(double value) {
  std::string out;
  append_number(out, value, NumberForm::kPlain);
  return out;
}

// Spellings of OpenJDK 21's Double.toString.
TEST(Number, java_form) {
  EXPECT_EQ(java(0), "0.0");
  EXPECT_EQ(java(-0.0), "-0.0");
  EXPECT_EQ(java(1), "1.0");
  EXPECT_EQ(java(-1.5), "-1.5");
  EXPECT_EQ(java(100), "100.0");
  EXPECT_EQ(java(1234567), "1234567.0");
  EXPECT_EQ(java(9999999), "9999999.0");
  EXPECT_EQ(java(1e7), "1.0E7");
  EXPECT_EQ(java(123456789), "1.23456789E8");
  EXPECT_EQ(java(0.001), "0.001");
  EXPECT_EQ(java(0.00123), "0.00123");
  EXPECT_EQ(java(0.0001), "1.0E-4");
  EXPECT_EQ(java(0.1), "0.1");
  EXPECT_EQ(java(1.7976931348623157E308), "1.7976931348623157E308");
  EXPECT_EQ(java(4.9E-324), "4.9E-324");
  EXPECT_EQ(java(std::numeric_limits<double>::quiet_NaN()), "\"NaN\"");
  EXPECT_EQ(java(-std::numeric_limits<double>::infinity()), "\"-Infinity\"");
}

TEST(Number, java_form_keeps_every_digit) {
  EXPECT_EQ(java(10.5), "10.5");
  EXPECT_EQ(java(0.50393), "0.50393");
  EXPECT_EQ(java(100.25), "100.25");
  EXPECT_EQ(java(1.0e20), "1.0E20");
  EXPECT_EQ(java(1.01e20), "1.01E20");
  // Read back, each is the number that was written.
  for (int i = 0; i < 20000; ++i) {
    const double value = (i % 3 - 1) * (i / 100.0 + 1.0 / (i + 1));
    EXPECT_EQ(std::strtod(java(value).c_str(), nullptr), value);
    std::string out;
    append_number(out, static_cast<float>(value), NumberForm::kJava);
    EXPECT_EQ(std::strtof(out.c_str(), nullptr), static_cast<float>(value));
  }
}

TEST(Number, plain_form) {
  EXPECT_EQ(plain(1), "1");
  EXPECT_EQ(plain(0.1), "0.1");
  EXPECT_EQ(plain(-2.5), "-2.5");
  EXPECT_EQ(plain(1e300), "1e+300");
  EXPECT_EQ(plain(std::numeric_limits<double>::infinity()), "null");
}

TEST(Number, a_float_has_its_own_digits) {
  std::string out;
  append_number(out, 0.2876821f, NumberForm::kJava);
  EXPECT_EQ(out, "0.2876821");
  out.clear();
  append_number(out, 0.1f, NumberForm::kPlain);
  EXPECT_EQ(out, "0.1");
}

TEST(Pretty, prints_as_elasticsearch_does) {
  EXPECT_EQ(pretty(R"({"a":1,"b":[1,{"c":"x:,{}\"["}],"d":{},"e":[]})"),
            "{\n"
            "  \"a\" : 1,\n"
            "  \"b\" : [\n"
            "    1,\n"
            "    {\n"
            "      \"c\" : \"x:,{}\\\"[\"\n"
            "    }\n"
            "  ],\n"
            "  \"d\" : { },\n"
            "  \"e\" : [ ]\n"
            "}");
  EXPECT_EQ(pretty("3"), "3");
}

TEST(Pretty, drops_blanks_and_compact_undoes_it) {
  const std::string text = R"({"a b":[1, 2 ,{} ],"c":"  "})";
  EXPECT_EQ(compact(pretty(text)), compact(text));
  EXPECT_EQ(compact(text), R"({"a b":[1,2,{}],"c":"  "})");
  EXPECT_EQ(pretty(pretty(text)), pretty(text));
}

}  // namespace
}  // namespace stele::json
