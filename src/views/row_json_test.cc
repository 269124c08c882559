#include <gtest/gtest.h>

#include <array>
#include <string>
#include <utility>

#include "json/document.h"
#include "views/row_reader.h"

namespace stele::views {
namespace {

std::string array_json(postgres::TypeKind element_kind, std::string_view text) {
  const postgres::Type element{.name = "element", .kind = element_kind};
  const postgres::Type array{.name = "array", .kind = postgres::TypeKind::kArray, .element = &element};
  std::string out;
  const auto appended = append_json(out, &array, {postgres::ColumnKind::kText, text});
  if (!appended) return appended.error().to_string();
  EXPECT_TRUE(json::Document::parse(out)) << out;
  return out;
}

TEST(RowJson, ArraysOfNumbersKeepTheirSpelling) {
  EXPECT_EQ(array_json(postgres::TypeKind::kFloat4, "{1,0.5,1e-05,-0,1e+20}"), "[1,0.5,1e-05,-0,1e+20]");
  EXPECT_EQ(array_json(postgres::TypeKind::kInt8, "{-9223372036854775808,7}"), "[-9223372036854775808,7]");
  EXPECT_EQ(array_json(postgres::TypeKind::kNumeric, "{1.50,2}"), "[1.50,2]");
}

TEST(RowJson, ArraysThatAreNotPlainAreTakenApart) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kArrays = {{
      {"{}", "[]"},
      {"{NaN,1}", R"(["NaN",1])"},
      {"{Infinity,-Infinity}", R"(["Infinity","-Infinity"])"},
      {"{NULL,1}", "[null,1]"},
      {"{{1,2},{3,4}}", "[[1,2],[3,4]]"},
      {"[0:1]={1,2}", "[1,2]"},
  }};
  for (const auto& [text, expected] : kArrays)
    EXPECT_EQ(array_json(postgres::TypeKind::kFloat8, text), expected);
  EXPECT_EQ(array_json(postgres::TypeKind::kText, "{1,2}"), R"(["1","2"])");
  EXPECT_EQ(array_json(postgres::TypeKind::kBool, "{t,f}"), "[true,false]");
}

}  // namespace
}  // namespace stele::views
