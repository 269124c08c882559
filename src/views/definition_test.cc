#include "views/definition.h"

#include <gtest/gtest.h>

namespace stele::views {
namespace {

using engine::FieldType;

CollectionDefinition sample() {
  CollectionDefinition definition;
  definition.schema = *engine::Schema::create(
      {{.path = "title", .type = FieldType::kText, .norms = false, .bm25 = {.k1 = 0.9F, .b = 0.4F}},
       {.path = "title.raw", .ignore_above = 20, .values_of = "title"},
       {.path = "n", .type = FieldType::kLong, .null_value = engine::Value(7)},
       {.path = "v",
        .type = FieldType::kDenseVector,
        .dimension = 3,
        .similarity = engine::Similarity::kDot}});
  definition.readings["n"] = {.type = "short", .coerce = false, .ignore_malformed = true};
  definition.objects = {{"", DynamicSetting::kStrict}, {"o", DynamicSetting::kDisabled}};
  definition.columns = {{.column = "Title", .type = "text", .type_oid = 25, .path = "title", .key = 0},
                        {.column = "b", .type = "bytea", .type_oid = 17, .left_out = "bytes"}};
  definition.elastic_json = R"({"settings":{"a":1}})";
  return definition;
}

TEST(Definition, SurvivesJson) {
  const CollectionDefinition definition = sample();
  const auto read = CollectionDefinition::from_json(definition.to_json());
  ASSERT_TRUE(read) << read.error().to_string();
  EXPECT_EQ(read->schema.fields(), definition.schema.fields());
  EXPECT_EQ(read->readings, definition.readings);
  EXPECT_EQ(read->objects, definition.objects);
  EXPECT_EQ(read->columns, definition.columns);
  EXPECT_EQ(read->elastic_json, definition.elastic_json);
}

TEST(Definition, NamesWhatIsWrongInItsJson) {
  const auto bad_type = CollectionDefinition::from_json(R"({"fields":[{"path":"a","type":"blob"}]})");
  ASSERT_FALSE(bad_type);
  EXPECT_EQ(bad_type.error().message, "definition: fields: type: unknown field type: blob");
  EXPECT_FALSE(CollectionDefinition::from_json("[]"));
  EXPECT_FALSE(CollectionDefinition::from_json(R"({"fields":{}})"));
}

TEST(Definition, TakesNewFieldsAndRefusesOtherTypes) {
  const auto wider =
      sample().with({.fields = {{.path = "m", .type = FieldType::kBoolean},
                                {.path = "n", .type = FieldType::kLong, .null_value = engine::Value(7)}}});
  ASSERT_TRUE(wider);
  EXPECT_EQ(wider->schema.size(), 5U);
  const auto conflict = sample().with({.fields = {{.path = "n", .type = FieldType::kText}}});
  ASSERT_FALSE(conflict);
  EXPECT_EQ(conflict.error().code, ErrorCode::kConflict);
  EXPECT_EQ(conflict.error().detail("from"), "long");
  EXPECT_EQ(conflict.error().detail("to"), "text");
}

TEST(Definition, MergesThePartsOfHeads) {
  const auto once =
      sample().with({.elastic = {{"settings", {{"b", "2"}, {"c", "3"}}}, {"root", {{"r", "[]"}}}}});
  ASSERT_TRUE(once);
  EXPECT_EQ(once->elastic_json, R"({"root":{"r":[]},"settings":{"a":1,"b":2,"c":3}})");
  const auto twice = once->with(
      {.elastic = {{"settings", {{"b", ""}}}}, .elastic_defaults = {{"settings", {{"a", "9"}, {"d", "4"}}}}});
  ASSERT_TRUE(twice);
  EXPECT_EQ(twice->elastic_json, R"({"root":{"r":[]},"settings":{"a":1,"c":3,"d":4}})");
}

TEST(Definition, InheritsTheDynamicSetting) {
  const CollectionDefinition definition = sample();
  EXPECT_EQ(definition.dynamic_at("a.b"), DynamicSetting::kStrict);
  EXPECT_EQ(definition.dynamic_at("o.b.c"), DynamicSetting::kDisabled);
  EXPECT_EQ(CollectionDefinition().dynamic_at("a"), DynamicSetting::kTrue);
}

}  // namespace
}  // namespace stele::views
