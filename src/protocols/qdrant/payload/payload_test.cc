#include <gtest/gtest.h>

#include "protocols/qdrant/payload/json_path.h"
#include "protocols/qdrant/payload/payload_tree.h"

namespace stele::qdrant {
namespace {

std::string spelled(std::string_view text) {
  const auto path = JsonPath::parse(text);
  return path ? path->text() : "none";
}

PayloadTree tree(std::string_view json) {
  return PayloadTree::from(json::Document::parse(std::string(json))->root());
}

std::string set(std::string_view payload, std::string_view path, std::string_view values) {
  PayloadTree made = tree(payload);
  const auto at = JsonPath::parse(path);
  made.set(at ? &*at : nullptr, tree(values));
  return made.to_json();
}

std::string removed(std::string_view payload, std::string_view path) {
  PayloadTree made = tree(payload);
  made.remove(*JsonPath::parse(path));
  return made.to_json();
}

TEST(JsonPath, ReadsWhatQdrantReads) {
  for (const std::string_view path : {"a", "a.b", "a[].b[2]", "a-b_c.\"d e\"", "ü.ß"})
    EXPECT_EQ(spelled(path), path);
  for (const std::string_view path :
       {"", ".", "a.", "a..b", "a b", "[]", "a[", "a[x]", "a[]b", "\"a", "a[-1]"})
    EXPECT_EQ(spelled(path), "none") << path;
  EXPECT_EQ(JsonPath::parse("a[].\"b.c\"[1]")->field(), "a.b.c");
}

TEST(PayloadTree, SetsAtPaths) {
  EXPECT_EQ(set(R"({"a":1,"b":2})", "", R"({"b":null,"c":[1.50]})"), R"({"a":1,"c":[1.50]})");
  EXPECT_EQ(set(R"({"a":{"x":1}})", "a", R"({"y":2})"), R"({"a":{"x":1,"y":2}})");
  EXPECT_EQ(set(R"({"a":1})", "a.b", R"({"y":2})"), R"({"a":{"b":{"y":2}}})");
  EXPECT_EQ(set(R"({"a":[{"x":1},{"x":2}]})", "a[]", R"({"x":0})"), R"({"a":[{"x":0},{"x":0}]})");
  EXPECT_EQ(set(R"({"a":[{"x":1},{"x":2}]})", "a[1]", R"({"x":0})"), R"({"a":[{"x":1},{"x":0}]})");
  EXPECT_EQ(set(R"({"a":[1]})", "a[5]", R"({"x":0})"), R"({"a":[1]})");
  EXPECT_EQ(set("{}", "a[]", R"({"x":0})"), R"({"a":[]})");
}

TEST(PayloadTree, RemovesAndSelects) {
  EXPECT_EQ(removed(R"({"a":1,"b":2})", "a"), R"({"b":2})");
  EXPECT_EQ(removed(R"({"a":[{"x":1,"y":2},3]})", "a[].x"), R"({"a":[{"y":2},3]})");
  EXPECT_EQ(removed(R"({"a":[1,2]})", "a[]"), R"({"a":[]})");
  EXPECT_EQ(removed(R"({"a":[1,2]})", "a[0]"), R"({"a":[1,2]})");
  EXPECT_EQ(removed(R"({"a":1})", "a.b.c"), R"({"a":1})");
  const PayloadTree payload = tree(R"({"a":{"b":1,"c":2},"d":[{"e":1,"f":2}],"g":3})");
  EXPECT_EQ(payload.including({*JsonPath::parse("a.b"), *JsonPath::parse("d[].e"), *JsonPath::parse("x")})
                .to_json(),
            R"({"a":{"b":1},"d":[{"e":1}]})");
  EXPECT_EQ(payload.excluding({*JsonPath::parse("a.b"), *JsonPath::parse("d[].e"), *JsonPath::parse("g")})
                .to_json(),
            R"({"a":{"c":2},"d":[{"f":2}]})");
}

}  // namespace
}  // namespace stele::qdrant
