#include "views/dynamic_mapping.h"

#include <gtest/gtest.h>

#include <string>

namespace stele::views {
namespace {

// "path:type" of every field that would be added, by commas.
std::string mapped(std::string_view document, const CollectionDefinition& definition = {},
                   const DynamicMappingOptions& options = {}) {
  const auto parsed = json::Document::parse_borrowed(document);
  if (!parsed) return "parse error";
  const auto change = dynamic_mapping(definition, parsed->root(), options);
  if (!change) return "error: " + change.error().message;
  std::string text;
  for (const engine::FieldDefinition& field : change->fields) {
    text += (text.empty() ? "" : ",") + field.path + ":" + std::string(engine::to_string(field.type));
    if (field.ignore_above > 0) text += "(" + std::to_string(field.ignore_above) + ")";
    if (const auto reading = change->readings.find(field.path); reading != change->readings.end())
      text += "[" + reading->second.format + "]";
    if (field.dimension > 0) text += "[" + std::to_string(field.dimension) + "]";
  }
  return text;
}

struct Case {
  std::string_view document, fields;
};

TEST(DynamicMapping, AddsWhatElasticsearchAdds) {
  const Case cases[] = {
      {R"({"s":"abc"})", "s:text,s.keyword:keyword(256)"},
      {R"({"n":1,"m":-9223372036854775808})", "n:long,m:long"},
      {R"({"f":1.5,"g":1e3})", "f:float,g:float"},
      {R"({"b":true})", "b:boolean"},
      {R"({"x":null,"y":[],"z":[null]})", ""},
      {R"({"d":"2024-05-01"})", "d:date"},
      {R"({"d":"2024-05-01T10:00:00Z"})", "d:date"},
      {R"({"d":"2024/05/01"})", "d:date[yyyy/MM/dd HH:mm:ss||yyyy/MM/dd||epoch_millis]"},
      {R"({"d":"2024"})", "d:text,d.keyword:keyword(256)"},
      {R"({"d":"2024-05-01 10:00:00"})", "d:text,d.keyword:keyword(256)"},
      {R"({"o":{"a":1,"p":{"b":true}}})", "o:object,o.a:long,o.p:object,o.p.b:boolean"},
      {R"({"o":{}})", "o:object"},
      {R"({"a":[null,1,"x"]})", "a:long"},
      {R"({"a":[{"x":1},{"y":true}]})", "a:object,a.x:long,a.y:boolean"},
      {R"({"a":[[1,2],[3]]})", "a:long"},
      {R"({"a.b":1,"a":{"c":2}})", "a:object,a.b:long,a.c:long"},
      {R"({"":1})", "error: field name cannot be an empty string"},
  };
  for (const Case& c : cases) EXPECT_EQ(mapped(c.document), c.fields) << c.document;
}

TEST(DynamicMapping, TakesLongArraysOfFractionsForVectors) {
  std::string document = R"({"v":[0.5)";
  for (int i = 1; i < 128; ++i) document += ",1";
  EXPECT_EQ(mapped(document + "]}"), "v:dense_vector[128]");
}

TEST(DynamicMapping, PassesOverWhatIsThere) {
  CollectionDefinition definition;
  definition.schema = *engine::Schema::create({{.path = "n", .type = engine::FieldType::kLong}});
  EXPECT_EQ(mapped(R"({"n":1.5,"m":2})", definition), "m:long");
}

TEST(DynamicMapping, KeepsToTheSettingOfEachObject) {
  CollectionDefinition definition;
  definition.schema = *engine::Schema::create({{.path = "o", .type = engine::FieldType::kObject}});
  definition.objects = {{"", DynamicSetting::kFalse}, {"o", DynamicSetting::kTrue}};
  EXPECT_EQ(mapped(R"({"n":1,"o":{"a":1}})", definition), "o.a:long");
  definition.objects = {{"", DynamicSetting::kTrue}, {"o", DynamicSetting::kDisabled}};
  EXPECT_EQ(mapped(R"({"n":1,"o":{"a":1}})", definition), "n:long");
  definition.objects = {{"o", DynamicSetting::kStrict}};
  EXPECT_EQ(mapped(R"({"o":{"a":1}})", definition),
            "error: mapping set to strict, dynamic introduction of [a] within [o] is not allowed");
}

TEST(DynamicMapping, EndsAtItsLimit) {
  EXPECT_EQ(mapped(R"({"a":1,"b":2})", {}, {.fields_max = 1}),
            "error: Limit of total fields [1] has been exceeded while adding new fields [1]");
}

TEST(DynamicMapping, DetectsNumbersWhenAsked) {
  EXPECT_EQ(mapped(R"({"a":"1","b":"1.5"})", {}, {.numeric_detection = true}), "a:long,b:float");
  EXPECT_EQ(mapped(R"({"d":"2024-05-01"})", {}, {.date_detection = false}), "d:text,d.keyword:keyword(256)");
}

}  // namespace
}  // namespace stele::views
