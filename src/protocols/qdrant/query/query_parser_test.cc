#include <gtest/gtest.h>

#include "protocols/qdrant/collection/config.h"
#include "protocols/qdrant/collection_fixture_test.h"
#include "protocols/qdrant/point/point_parser.h"
#include "protocols/qdrant/query/query_spec.h"
#include "protocols/qdrant/query/sparse_vector.h"
#include "protocols/qdrant/services.h"

namespace stele::qdrant {
namespace {

class Requests : public testing::Test {
 protected:
  template <class Parse>
  std::string failure(const Parse& parse, const std::string& json) {
    const auto body = json::Document::parse_borrowed(json);
    if (!body) return body.error().message;
    const auto parsed = parse(body->root());
    return parsed ? "" : std::to_string(parsed.error().status) + " " + parsed.error().message;
  }
  std::string query(const std::string& json) {
    return failure([this](json::Value body) { return parse_query(call_, named_.collection(), body); }, json);
  }
  std::string points(const std::string& json) {
    return failure([this](json::Value body) { return parse_points(*unnamed_.collection(), body); }, json);
  }
  std::string creation(const std::string& json) {
    return failure([](json::Value body) { return parse_creation(body); }, json);
  }
  views::Catalog catalog_;
  Services services_{{.catalog = &catalog_}};
  Call call_{.services = &services_};
  TestCollection named_{true};
  TestCollection unnamed_{false};
};

TEST_F(Requests, Queries) {
  EXPECT_EQ(query(R"({"query":[1,2,3,4],"using":"image","limit":3,"with_payload":true})"), "");
  EXPECT_EQ(query(R"({"query":5,"using":"image","params":{"hnsw_ef":64,"exact":true,"indexed_only":null}})"),
            "");
  EXPECT_EQ(query(R"({"query":5,"using":"image","params":{"exact":1}})"),
            "400 Format error in JSON body: invalid type: exact, expected a boolean");
  EXPECT_EQ(query(R"({"query":{"recommend":{"positive":[1,[1,2]],"negative":[]}},"using":"text"})"), "");
  EXPECT_EQ(query(R"({"query":{"order_by":"count"}})"), "");
  EXPECT_EQ(query(R"({"prefetch":[{"query":[1,2],"using":"text"},{"query":1,"using":"image"}],
      "query":{"fusion":"rrf"}})"),
            "");
  EXPECT_EQ(query("{}"), "");
  EXPECT_EQ(query(R"({"query":[1,2,3],"using":"image"})"),
            "400 Wrong input: Vector dimension error: expected dim: 4, got 3");
  EXPECT_EQ(query(R"({"query":[1,2,3,4]})"),
            "400 Wrong input: Collection requires specified vector name in the request, available names: "
            "image, text");
  EXPECT_EQ(
      query(R"({"query":[1],"using":"x"})"),
      "400 Wrong input: Vector with name `x` is not configured in this collection, available names: image, "
      "text");
  EXPECT_EQ(query(R"({"limit":0})"),
            "422 Validation error in JSON body: [internal.limit: value 0 invalid, must be 1 or larger]");
  EXPECT_TRUE(query(R"({"query":{"order_by":"price"}})").starts_with("400 Wrong input: No range index"));
  EXPECT_TRUE(
      query(R"({"prefetch":{"query":1,"using":"text"}})").starts_with("400 Bad request: A query is needed"));
  EXPECT_TRUE(
      query(R"({"query":{"formula":{}}})").starts_with("400 Wrong input: the query [formula] is not"));
  EXPECT_TRUE(query(R"({"lookup_from":{"collection":"x"}})").starts_with("404 Not found: Collection `x`"));
}

TEST_F(Requests, Points) {
  EXPECT_EQ(points(R"({"points":[{"id":1,"vector":[1,2,3,4]},{"id":"936DA01F-9ABD-4d9d-80C7-02AF85C822A8",
      "vector":{},"payload":{"a":1}}]})"),
            "");
  EXPECT_EQ(points(R"({"batch":{"ids":[1,2],"vectors":[[1,2,3,4],[1,2,3,4]],"payloads":[null,{}]}})"), "");
  EXPECT_EQ(points(R"({"points":[{"id":1,"vector":[1,2,3]}]})"),
            "400 Wrong input: Vector dimension error: expected dim: 4, got 3");
  EXPECT_EQ(points(R"({"points":[{"id":1,"vector":{"x":[1]}}]})"),
            "400 Wrong input: Not existing vector name error: x");
  EXPECT_TRUE(
      points(R"({"points":[{"id":1,"vector":[]}]})").starts_with("422 Validation error in JSON body"));
  EXPECT_TRUE(points(R"({"points":[{"id":-1,"vector":[1,2,3,4]}]})").find("not a valid point ID") !=
              std::string::npos);
  EXPECT_TRUE(points(R"({"points":[{"id":"x","vector":[1,2,3,4]}]})").find("not a valid point ID") !=
              std::string::npos);
  EXPECT_TRUE(points(R"({"points":[{"vector":[1,2,3,4]}]})").ends_with("missing field `id`"));
  EXPECT_TRUE(points(R"({"batch":{"ids":[1],"vectors":[]}})").starts_with("422"));
  EXPECT_TRUE(points(R"({"points":[{"id":1,"vector":[1e39,2,3,4]}]})").starts_with("400"));
}

TEST(SparseVectors, DotProductOverCommonIndices) {
  const auto left = SparseVector::read(R"({"indices":[9,1,4],"values":[3,1,2]})");
  ASSERT_TRUE(left);
  EXPECT_FLOAT_EQ(*left->dot({{4, 9}, {10, 100}}), 320);
  EXPECT_FALSE(left->dot({{2, 3}, {1, 1}}));
  EXPECT_FALSE(SparseVector::read(""));
}

TEST_F(Requests, SparseVectorsAreChecked) {
  const VectorParams sparse{.name = "s", .sparse = true};
  const auto read = [&](const std::string& json) {
    return failure([&](json::Value body) { return parse_vector(sparse, body); }, json);
  };
  EXPECT_EQ(read(R"({"indices":[1,5],"values":[1,2]})"), "");
  EXPECT_TRUE(read(R"({"indices":[1,5],"values":[1]})").starts_with("422"));
  EXPECT_TRUE(read(R"({"indices":[1,1],"values":[1,2]})").starts_with("422"));
  EXPECT_TRUE(read(R"({"indices":[-1],"values":[1]})").starts_with("400"));
  EXPECT_TRUE(read("[1,2]").starts_with("400"));
}

TEST_F(Requests, CosineVectorsAreNormalised) {
  const auto body = json::Document::parse(R"({"text":[3,4]})");
  const auto vectors = parse_vectors(*named_.collection(), body->root());
  ASSERT_TRUE(vectors);
  EXPECT_FLOAT_EQ((*vectors)[0].elements[0], 0.6F);
  EXPECT_FLOAT_EQ((*vectors)[0].elements[1], 0.8F);
}

TEST_F(Requests, Creations) {
  EXPECT_EQ(creation(R"({"vectors":{"size":4,"distance":"Dot"}})"), "");
  EXPECT_EQ(
      creation(R"({"vectors":{"a":{"size":4,"distance":"Euclid"},"id":{"size":2,"distance":"Cosine"}}})"),
      "");
  EXPECT_EQ(creation("{}"), "");
  EXPECT_EQ(
      creation(R"({"vectors":{"size":4,"distance":"Dot"},"hnsw_config":{"ef_construct":0}})"),
      "422 Validation error in JSON body: [hnsw_config.ef_construct: value 0 invalid, must be 4 or larger]");
  EXPECT_EQ(creation(R"({"vectors":{"size":4,"distance":"Dot","hnsw_config":{"m":"x"}}})"),
            "400 Format error in JSON body: invalid type: hnsw_config.m: expected usize");
  const auto body = json::Document::parse_borrowed(
      R"({"vectors":{"a":{"size":4,"distance":"Dot","hnsw_config":{"m":32}},"b":{"size":4,"distance":"Dot"}},)"
      R"("hnsw_config":{"ef_construct":200,"full_scan_threshold":50}})");
  const auto made = parse_creation(body->root());
  ASSERT_TRUE(made.has_value());
  EXPECT_EQ(made->schema.fields()[0].vector_index, (engine::VectorIndexOptions{.links = 32}));
  EXPECT_EQ(made->schema.fields()[1].vector_index,
            (engine::VectorIndexOptions{.effort = 200, .scan_kilobytes = 50}));
  EXPECT_TRUE(creation(R"({"vectors":{"size":0,"distance":"Dot"}})").starts_with("422"));
  EXPECT_TRUE(creation(R"({"vectors":{"size":4,"distance":"dot"}})").starts_with("400 Format error"));
  EXPECT_TRUE(creation(R"({"vectors":5})").starts_with("400"));
}

}  // namespace
}  // namespace stele::qdrant
