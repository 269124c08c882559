// Real requests of Qdrant's API, written as request trees and run.

#include "engine/conformance.h"

namespace stele::engine {
namespace {

class QdrantRequests : public EngineConformance {
 protected:
  void SetUp() override {
    points_ = create(
        {{.path = "city"},
         {.path = "count", .type = FieldType::kLong},
         {.path = "price", .type = FieldType::kDouble},
         {.path = "at", .type = FieldType::kDate},
         {.path = "about", .type = FieldType::kText},
         {.path = "image", .type = FieldType::kDenseVector, .dimension = 4, .similarity = Similarity::kDot},
         {.path = "text",
          .type = FieldType::kDenseVector,
          .dimension = 2,
          .similarity = Similarity::kEuclid}},
        "points", {KeyType::kU64});
    apply(*points_,
          {point(1, {0.05F, 0.61F, 0.76F, 0.74F})
               .set("city", "Berlin")
               .set("count", 10)
               .set("price", 1.5)
               .set("at", "2024-01-01")
               .set("about", "old town walk")
               .vector("text", {0, 0}),
           point(2, {0.19F, 0.81F, 0.75F, 0.11F})
               .set("city", List{"Berlin", "London"})
               .set("count", 20)
               .set("at", "2024-02-01")
               .set("about", "river boat")
               .vector("text", {1, 0}),
           point(3, {0.36F, 0.55F, 0.47F, 0.94F})
               .set("city", List{"Berlin", "Moscow"})
               .set("price", 3.5)
               .set("about", "walk along the river")
               .vector("text", {0, 2}),
           point(4, {0.18F, 0.01F, 0.85F, 0.80F}).set("city", List{"London", "Moscow"}).set("count", 30),
           point(5, {0.24F, 0.18F, 0.22F, 0.44F}).set("count", 0),
           point(6, {0.35F, 0.08F, 0.11F, 0.44F}).set("city", Value())});
  }
  static Row point(std::uint64_t id, std::vector<float> image) {
    return Row(DocKey::from_u64(id)).vector("image", std::move(image));
  }
  std::string run(Retrieve retrieve, Select select = {}) {
    return keys_of(found(
        points_, {.targets = {Target{}}, .root = Stage{std::move(select), {Stage{std::move(retrieve)}}}}));
  }
  // points/scroll with a filter: in the order of ids.
  std::string scroll(QueryPtr filter, Select select = {}) {
    if (select.sort.empty()) select.sort = {{.kind = SortKey::Kind::kKey}};
    return run({.source = TextSearch{make_query(Bool{.filter = {std::move(filter)}})}}, std::move(select));
  }
  static Nearest image(std::vector<float> vector) { return {.field = "image", .vector = std::move(vector)}; }
  static QueryPtr city(std::string name) { return make_query(Term{"city", std::move(name)}); }
  std::shared_ptr<Collection> points_;
};
INSTANTIATE_TEST_SUITE_P(Engines, QdrantRequests, testing::ValuesIn(engines_under_test()),
                         [](const auto& tested) { return tested.param.name; });

// 21. POST points/query {"query":[0.2,0.1,0.9,0.7],"using":"image","limit":3,"with_payload":true}
TEST_P(QdrantRequests, Nearest) {
  const SearchResult result =
      found(points_, {.targets = {Target{}},
                      .root = Stage{Select{.limit = 3},
                                    {Stage{Retrieve{.source = image({0.2F, 0.1F, 0.9F, 0.7F}), .k = 3}}}}});
  EXPECT_EQ(keys_of(result), "4 1 3");
  EXPECT_NEAR(*result.hits[0].score, 1.362, 1e-3);
}

// 22.
// {"query":[0.2,0.1,0.9,0.7],"using":"image","filter":{"must":[{"key":"city","match":{"value":"London"}}]},"limit":3}
TEST_P(QdrantRequests, NearestFiltered) {
  EXPECT_EQ(run({.source = image({0.2F, 0.1F, 0.9F, 0.7F}), .filter = city("London"), .k = 3}), "4 2");
}

// 23. {"query":[0,0],"using":"text","score_threshold":1.5}: distances, so at most 1.5
TEST_P(QdrantRequests, DistancesAscend) {
  EXPECT_EQ(run({.source = engine::Nearest{.field = "text", .vector = {0, 0}}, .score_threshold = 1.5F}),
            "1 2");
}

// 24. scroll
// {"filter":{"must":[{"key":"city","match":{"any":["London","Paris"]}}],"must_not":[{"key":"count","range":
//     {"gt":25}}]}}
TEST_P(QdrantRequests, ScrollAnyAndRange) {
  EXPECT_EQ(scroll(make_query(Bool{.filter = {make_query(Terms{"city", {"London", "Paris"}})},
                                   .must_not = {make_query(Range{.field = "count", .gt = 25})}})),
            "2");
}

// 25. scroll {"filter":{"must":[{"key":"city","match":{"except":["Berlin"]}}]}}
TEST_P(QdrantRequests, Except) {
  EXPECT_EQ(scroll(make_query(TermsExcept{"city", {"Berlin"}})), "2 3 4");
}

// 26. scroll {"filter":{"should":[{"is_empty":{"key":"city"}},{"key":"city","values_count":{"gte":2}}]}},
// {"is_null":…}
TEST_P(QdrantRequests, EmptyNullAndCounts) {
  EXPECT_EQ(scroll(make_query(Bool{.should = {make_query(IsEmpty{"city"}),
                                              make_query(ValuesCount{.field = "city", .gte = 2})}})),
            "2 3 4 5 6");
  EXPECT_EQ(scroll(make_query(IsNull{"city"})), "6");
}

// 27. scroll
// {"filter":{"min_should":{"conditions":[{"key":"city","match":{"value":"Berlin"}},{"key":"city","match":
//     {"value":"Moscow"}},{"has_id":[2,4]}],"min_count":2}}}
TEST_P(QdrantRequests, MinShould) {
  EXPECT_EQ(
      scroll(make_query(engine::MinShould{
          {city("Berlin"), city("Moscow"), make_query(Ids{{DocKey::from_u64(2), DocKey::from_u64(4)}})}, 2})),
      "2 3 4");
}

// 28. scroll {"filter":{"must":[{"key":"about","match":{"text":"river walk"}},{"has_vector":"text"}]}}
TEST_P(QdrantRequests, TextAndHasVector) {
  EXPECT_EQ(scroll(make_query(Bool{.filter = {make_query(MatchText{.field = "about", .text = "river walk"}),
                                              make_query(HasVector{"text"})}})),
            "3");
}

// What the head evaluates itself: conditions on members of the payload that no field maps.
TEST_P(QdrantRequests, WhereAsksTheDocument) {
  class KeyAbove final : public DocumentTest {
   public:
    explicit KeyAbove(std::uint64_t bound) : bound_(bound) {}
    bool matches(const Document& document) const override { return document.key.as_u64() > bound_; }

   private:
    std::uint64_t bound_;
  };
  const auto above = std::make_shared<KeyAbove>(2);
  EXPECT_EQ(scroll(make_query(Where{above})), "3 4 5 6");
  EXPECT_EQ(scroll(make_query(Where{above, city("Berlin")})), "3");
  EXPECT_EQ(scroll(make_query(Bool{.must_not = {make_query(Where{above})}})), "1 2");
  EXPECT_EQ(run({.source = image({0.2F, 0.1F, 0.9F, 0.7F}), .filter = make_query(Where{above}), .k = 2}),
            "4 3");
}

// 29. scroll {"filter":{"must":[{"key":"at","range":{"gte":"2024-01-15T00:00:00Z"}}]}}, and
//     {"order_by":{"key":"count","direction":"desc","start_from":20},"limit":2}
TEST_P(QdrantRequests, DatetimeAndOrderBy) {
  EXPECT_EQ(scroll(make_query(Range{.field = "at", .gte = "2024-01-15T00:00:00Z"})), "2");
  EXPECT_EQ(run({.source = OrderBy{.field = "count", .direction = Direction::kDescending, .start_from = 20},
                 .k = 2}),
            "2 1");
}

// 30. {"query":{"recommend":{"positive":[1],"negative":[4]}},"using":"image","limit":2}
TEST_P(QdrantRequests, Recommend) {
  EXPECT_EQ(run({.source = engine::Recommend{.field = "image",
                                             .positive = {.keys = {DocKey::from_u64(1)}},
                                             .negative = {.keys = {DocKey::from_u64(4)}}},
                 .k = 2}),
            "3 2");
}

// 31.
// {"prefetch":[{"query":[0.2,0.1,0.9,0.7],"using":"image","limit":4},{"query":[0,1],"using":"text","limit":2}],
//     "query":{"fusion":"rrf"},"limit":3}
TEST_P(QdrantRequests, PrefetchFusion) {
  const Stage images{Retrieve{.source = image({0.2F, 0.1F, 0.9F, 0.7F}), .k = 4}};
  const Stage texts{Retrieve{.source = engine::Nearest{.field = "text", .vector = {0, 1}}, .k = 2}};
  // Qdrant's constant of 2 counts ranks from 0.
  const Stage fused{
      Fuse{.method = Fuse::Method::kRrf, .rank_constant = 1, .rank_weight = Fuse::RankWeight::kScaleRank},
      {images, texts}};
  const SearchResult result =
      found(points_, {.targets = {Target{}}, .root = Stage{Select{.limit = 3}, {fused}}});
  EXPECT_EQ(keys_of(result), "1 3 4");
  EXPECT_FLOAT_EQ(*result.hits[0].score, 1.0F / 3 + 1.0F / 2);
}

// 32. {"prefetch":{"query":[0.2,0.1,0.9,0.7],"using":"image","limit":3},"query":[0,1],"using":"text"}, and
//     query/groups {"group_by":"city","group_size":1,"limit":2}
TEST_P(QdrantRequests, PrefetchRescoredAndGroups) {
  const Stage images{Retrieve{.source = image({0.2F, 0.1F, 0.9F, 0.7F}), .k = 3}};
  const Stage rescored{Rescore{.nearest = engine::Nearest{.field = "text", .vector = {0, 1}}, .window = 3},
                       {images}};
  EXPECT_EQ(keys_of(found(points_, {.targets = {Target{}}, .root = Stage{Select{}, {rescored}}})), "1 3");
  const Select groups{.collapse = Collapse{.field = "city", .skip_missing = true}, .limit = 2};
  EXPECT_EQ(run({.source = image({0.2F, 0.1F, 0.9F, 0.7F})}, groups), "4 1");
}

}  // namespace
}  // namespace stele::engine
