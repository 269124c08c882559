#include "views/document_builder.h"

#include <gtest/gtest.h>

#include <string>

#include "views/date_format.h"

namespace stele::views {
namespace {

using engine::FieldType;

CollectionDefinition sample() {
  CollectionDefinition definition;
  definition.schema = *engine::Schema::create({{.path = "l", .type = FieldType::kLong},
                                               {.path = "i", .type = FieldType::kLong},
                                               {.path = "f", .type = FieldType::kFloat},
                                               {.path = "d", .type = FieldType::kDouble},
                                               {.path = "b", .type = FieldType::kBoolean},
                                               {.path = "t", .type = FieldType::kText},
                                               {.path = "k", .type = FieldType::kKeyword},
                                               {.path = "at", .type = FieldType::kDate},
                                               {.path = "on", .type = FieldType::kDate},
                                               {.path = "u", .type = FieldType::kUuid},
                                               {.path = "o", .type = FieldType::kObject},
                                               {.path = "o.n", .type = FieldType::kLong},
                                               {.path = "v", .type = FieldType::kDenseVector, .dimension = 2},
                                               {.path = "x", .type = FieldType::kLong},
                                               {.path = "off.n", .type = FieldType::kLong}});
  definition.readings["i"].type = "integer";
  definition.readings["on"].format = "dd.MM.yyyy";
  definition.readings["x"].ignore_malformed = true;
  definition.objects["off"] = DynamicSetting::kDisabled;
  return definition;
}

// "path=value,value;…" and what was left out behind "!".
std::string built(std::string_view source, BuildMode mode = BuildMode::kLenient) {
  const CollectionDefinition definition = sample();
  const DocumentBuilder builder(definition);
  const auto parsed = json::Document::parse_borrowed(source);
  if (!parsed) return "parse error";
  engine::Document document;
  LeftOut left_out;
  const auto result = builder.build(parsed->root(), mode, document, left_out);
  if (!result)
    return std::string(result.error().detail("field")) + ": " + std::string(result.error().detail("cause"));
  std::string text;
  for (const auto& field : document.fields) {
    text += definition.schema.field(field.field).path + "=";
    for (const auto& value : field.values) text += engine::to_string(value) + ",";
    text.back() = ';';
  }
  for (const auto& vector : document.vectors)
    text += definition.schema.field(vector.field).path + ":" + std::to_string(vector.elements.size()) + ";";
  if (left_out.values > 0) text += "!" + std::to_string(left_out.values);
  return text;
}

struct Case {
  std::string_view source, expected;
};

TEST(DocumentBuilder, CoercesAsElasticsearchDoes) {
  const Case cases[] = {
      {R"({"l":5})", "l=5;"},
      {R"({"l":"5"})", "l=5;"},
      {R"({"l":5.7})", "l=5;"},
      {R"({"l":"-5.7"})", "l=-5;"},
      {R"({"l":""})", "l=null;"},
      {R"({"l":[1,null,[2,"3"]]})", "l=1,null,2,3;"},
      {R"({"l":"abc"})", "!1"},
      {R"({"l":true})", "!1"},
      {R"({"l":{"a":1}})", "!1"},
      {R"({"l":9223372036854775807})", "l=9223372036854775807;"},
      {R"({"l":9223372036854775808})", "!1"},
      {R"({"i":2147483648})", "!1"},
      {R"({"i":-2147483648})", "i=-2147483648;"},
      {R"({"f":"1.5","d":2})", "f=1.5;d=2;"},
      {R"({"f":1e39})", "!1"},
      {R"({"d":"NaN"})", "!1"},
      {R"({"b":[true,"false",""]})", "b=true,false,false;"},
      {R"({"b":1})", "!1"},
      {R"({"t":12,"k":true})", R"(t="12";k="true";)"},
      {R"({"at":"1970-01-02"})", "at=86400000000000;"},
      {R"({"at":1000})", "!1"},  // a year with four digits, before 1678
      {R"({"at":86400000})", "at=86400000000000;"},
      {R"({"at":"1970-01-01T00:00:01.5+01:00"})", "at=-3598500000000;"},
      {R"({"at":"no"})", "!1"},
      {R"({"on":"02.01.1970"})", "on=86400000000000;"},
      {R"({"on":"1970-01-02"})", "!1"},
      {R"({"u":"A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11"})", R"(u="a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";)"},
      {R"({"o":{"n":1}})", "o.n=1;"},
      {R"({"o.n":1})", "o.n=1;"},
      {R"({"o":[{"n":1},{"n":[2,3]}]})", "o.n=1,2,3;"},
      {R"({"o":3})", "!1"},
      {R"({"v":[1,2]})", "v:2;"},
      {R"({"v":[1,2,3]})", "!1"},
      {R"({"v":["NaN",2]})", "!1"},
      {R"({"v":null})", ""},
      {R"({"off":{"n":1},"other":{"deep":[1]}})", ""},
  };
  for (const Case& c : cases) EXPECT_EQ(built(c.source), c.expected) << c.source;
}

TEST(DocumentBuilder, RefusesInStrictModeWhatDoesNotFit) {
  EXPECT_EQ(built(R"({"l":"abc"})", BuildMode::kStrict), "l: For input string: \"abc\"");
  EXPECT_EQ(built(R"({"o":{"n":[1,{}]}})", BuildMode::kStrict), "o.n: Can't get text on a START_OBJECT");
  EXPECT_EQ(built(R"({"i":99999999999})", BuildMode::kStrict),
            "i: Value [99999999999] is out of range for an integer");
  EXPECT_EQ(built(R"({"x":"abc","l":1})", BuildMode::kStrict), "l=1;!1");
}

TEST(DateFormat, ReadsItsPatterns) {
  struct DateCase {
    std::string_view format, text;
    std::int64_t seconds;
  };
  const DateCase cases[] = {
      {"epoch_second", "12", 12},
      {"strict_date_optional_time", "1970", 0},
      {"strict_date_optional_time", "1970-01-01T01", 3600},
      {"yyyy/MM/dd HH:mm:ss||yyyy/MM/dd", "1970/01/02", 86400},
      {"yyyy-MM-dd'T'HH:mm:ssXXX", "1970-01-01T01:00:00+01:00", 0},
      {"d MMM yyyy h:mm a", "1 Jan 1970 1:00 PM", 46800},
      {"basic_date", "19700103", 172800},
      {"strict_date", "1970-01-03", 172800},
  };
  for (const DateCase& c : cases) {
    const auto format = DateFormat::parse(c.format);
    ASSERT_TRUE(format) << c.format;
    const auto read = format->read(c.text);
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(*read, c.seconds * 1'000'000'000) << c.format;
  }
  for (const std::string_view bad :
       {"", "2024-13-01", "2024-02-30", "2024-1-1", "99999999999999999999", "1500-01-01"})
    EXPECT_FALSE(DateFormat::elasticsearch_default().read(bad)) << bad;
  EXPECT_FALSE(DateFormat::parse("no_such_format"));
}

}  // namespace
}  // namespace stele::views
