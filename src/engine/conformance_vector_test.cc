#include <cmath>

#include "engine/conformance.h"

namespace stele::engine {
namespace {

class Vectors : public EngineConformance {
 protected:
  void SetUp() override {
    const auto field = [](std::string path, Similarity similarity) {
      return FieldDefinition{
          .path = std::move(path), .type = FieldType::kDenseVector, .dimension = 2, .similarity = similarity};
    };
    items_ = create({field("cosine", Similarity::kCosine),
                     field("dot", Similarity::kDot),
                     field("euclid", Similarity::kEuclid),
                     field("manhattan", Similarity::kManhattan),
                     {.path = "colour"},
                     {.path = "rank", .type = FieldType::kLong}});
    const std::vector<std::vector<float>> points = {{1, 0}, {0, 1}, {-1, 0}, {3, 4}, {0, 0}};
    for (std::size_t i = 0; i < points.size(); ++i) {
      Row item = row(std::to_string(i + 1));
      for (const char* path : {"cosine", "dot", "euclid", "manhattan"}) item.vector(path, points[i]);
      apply(*items_,
            {item.set("colour", i % 2 == 0 ? "red" : "blue").set("rank", static_cast<std::int64_t>(i))});
    }
    apply(*items_, {row("6").set("colour", "red")});
  }

  static Request request(Retrieve retrieve, Select select = {}) {
    return {.targets = {Target{}},
            .root = Stage{std::move(select), {Stage{std::move(retrieve), {}, "query"}}}};
  }
  static Retrieve nearest(std::string field, std::vector<float> vector, ScoreForm form = ScoreForm::kRaw) {
    return {.source = Nearest{.field = std::move(field), .vector = std::move(vector), .form = form}};
  }
  std::vector<float> scores_of(Retrieve retrieve) {
    std::vector<float> scores;
    for (const Hit& hit : found(items_, request(std::move(retrieve))).hits) scores.push_back(*hit.score);
    return scores;
  }
  std::string best(Retrieve retrieve) { return keys_of(found(items_, request(std::move(retrieve)))); }
  std::shared_ptr<Collection> items_;
};
INSTANTIATE_TEST_SUITE_P(Engines, Vectors, testing::ValuesIn(engines_under_test()),
                         [](const auto& tested) { return tested.param.name; });

TEST_P(Vectors, RawScoresAndTheirDirection) {
  EXPECT_EQ(best(nearest("cosine", {2, 0})), "1 4 2 5 3");
  EXPECT_EQ(best(nearest("dot", {2, 0})), "4 1 2 5 3");
  EXPECT_EQ(best(nearest("euclid", {1, 1})), "1 2 5 3 4");
  EXPECT_EQ(best(nearest("manhattan", {1, 1})), "1 2 5 3 4");
  EXPECT_FLOAT_EQ(scores_of(nearest("cosine", {2, 0}))[1], 0.6F);
  EXPECT_FLOAT_EQ(scores_of(nearest("euclid", {1, 1}))[2], std::sqrt(2.0F));
  EXPECT_FLOAT_EQ(scores_of(nearest("manhattan", {1, 1}))[4], 5);
  EXPECT_EQ(found(items_, request(nearest("euclid", {1, 1}))).score_direction, Direction::kAscending);
  EXPECT_EQ(*found(items_, request(nearest("euclid", {1, 1}))).max_score, 1.0F);
}

TEST_P(Vectors, ElasticsearchScores) {
  EXPECT_FLOAT_EQ(scores_of(nearest("cosine", {2, 0}, ScoreForm::kElastic))[1], 0.8F);
  EXPECT_FLOAT_EQ(scores_of(nearest("dot", {2, 0}, ScoreForm::kElastic))[0], 3.5F);
  EXPECT_FLOAT_EQ(scores_of(nearest("euclid", {1, 1}, ScoreForm::kElastic))[2], 1.0F / 3);
  EXPECT_FLOAT_EQ(scores_of(nearest("dot", {2, 0}, ScoreForm::kMaxInnerProduct))[4], 1.0F / 3);
  EXPECT_FLOAT_EQ(scores_of(nearest("dot", {2, 0}, ScoreForm::kMaxInnerProduct))[0], 7);
}

TEST_P(Vectors, FiltersThresholdsAndK) {
  Retrieve retrieve = nearest("euclid", {1, 1});
  retrieve.filter = make_query(Term{"colour", "red"});
  EXPECT_EQ(best(retrieve), "1 5 3");
  retrieve.k = 2;
  EXPECT_EQ(best(retrieve), "1 5");
  retrieve.score_threshold = 1.2F;
  EXPECT_EQ(best(retrieve), "1");
  Retrieve similar = nearest("cosine", {2, 0});
  similar.score_threshold = 0.5F;
  EXPECT_EQ(best(similar), "1 4");
}

TEST_P(Vectors, LikeADocumentLeavesItOut) {
  EXPECT_EQ(best({.source = Nearest{.field = "euclid", .like = DocKey::from_text("1")}}), "5 2 3 4");
  EXPECT_EQ(search(items_, request({.source = Nearest{.field = "euclid", .like = DocKey::from_text("6")}}))
                .error()
                .code,
            ErrorCode::kNotFound);
  Request hidden = request({.source = Nearest{.field = "euclid", .like = DocKey::from_text("2")}});
  hidden.targets[0].access_filter = make_query(Term{"colour", "red"});
  EXPECT_EQ(search(items_, hidden).error().code, ErrorCode::kNotFound);
}

TEST_P(Vectors, RecommendFromExamples) {
  const Examples positive{.vectors = {{0, 1}}, .keys = {DocKey::from_text("1")}};
  EXPECT_EQ(best({.source = Recommend{.field = "euclid", .positive = positive}}), "2 5 3 4");
  EXPECT_EQ(
      best({.source = Recommend{.field = "dot", .positive = positive, .negative = {.vectors = {{0, 1}}}}}),
      "4 2 5 3");
}

TEST_P(Vectors, OrderByAndSample) {
  EXPECT_EQ(best({.source = OrderBy{.field = "rank", .direction = Direction::kDescending}}), "5 4 3 2 1");
  EXPECT_EQ(best({.source = OrderBy{.field = "rank", .start_from = 2}}), "3 4 5");
  EXPECT_EQ(found(items_, request({.source = Sample{.seed = 1}, .k = 3})).hits.size(), 3U);
  EXPECT_EQ(best({.source = Sample{.seed = 1}}), best({.source = Sample{.seed = 1}}));
}

TEST_P(Vectors, FusionJoinsLists) {
  const auto fused = [&](Fuse fuse, std::vector<Stage> inputs) {
    return found(items_, {.targets = {Target{}},
                          .root = Stage{Select{}, {Stage{std::move(fuse), std::move(inputs)}}}});
  };
  const std::vector<Stage> inputs = {{nearest("dot", {2, 0})}, retrieve(make_query(Term{"colour", "red"}))};
  const SearchResult rrf = fused({.method = Fuse::Method::kRrf, .rank_constant = 1}, inputs);
  // 1: ranks 2 and 1; 5: 4 and 3; 3: 5 and 2; 4 and 6: one list each.
  EXPECT_EQ(keys_of(rrf), "1 3 4 5 2 6");
  EXPECT_FLOAT_EQ(*rrf.hits[0].score, 1.0F / 3 + 1.0F / 2);
  const SearchResult weighted =
      fused({.method = Fuse::Method::kRrf, .rank_constant = 1, .weights = {3, 1}}, inputs);
  EXPECT_FLOAT_EQ(*weighted.hits[0].score, 3.0F / 3 + 1.0F / 2);
  const SearchResult scaled = fused({.method = Fuse::Method::kRrf,
                                     .rank_constant = 1,
                                     .rank_weight = Fuse::RankWeight::kScaleRank,
                                     .weights = {2, 1}},
                                    inputs);
  EXPECT_FLOAT_EQ(*scaled.hits[0].score, 1.0F / 2 + 1.0F / 2);
  const SearchResult sum = fused({.method = Fuse::Method::kSum}, {inputs[0], inputs[0]});
  EXPECT_FLOAT_EQ(*sum.hits[0].score, 12);
  const SearchResult linear =
      fused({.method = Fuse::Method::kLinear, .normalizer = Fuse::Normalizer::kMinMax, .weights = {2}},
            {inputs[0]});
  EXPECT_FLOAT_EQ(*linear.hits[0].score, 2);
  EXPECT_FLOAT_EQ(*linear.hits[1].score, 1);
  const SearchResult dbsf = fused({.method = Fuse::Method::kDbsf}, {{nearest("euclid", {1, 1})}});
  EXPECT_EQ(keys_of(dbsf), "1 2 5 3 4");
  EXPECT_GT(*dbsf.hits[0].score, 0.5F);
  EXPECT_LT(*dbsf.hits[4].score, 0.5F);
}

TEST_P(Vectors, RescoreByVector) {
  Request rescored = request({});
  rescored.root.inputs = {
      Stage{Rescore{.nearest = Nearest{.field = "euclid", .vector = {1, 1}}, .window = 100},
            {retrieve(make_query(Term{"colour", "red"}))}}};
  EXPECT_EQ(keys_of(found(items_, rescored)), "1 5 3");
  // A root that does not select gives all it has.
  rescored.root = Stage{nearest("euclid", {1, 1})};
  EXPECT_EQ(keys_of(found(items_, rescored)), "1 2 5 3 4");
}

TEST_P(Vectors, KnnAsAClause) {
  const QueryPtr knn = make_query(KnnClause{.field = "euclid", .vector = {1, 1}, .k = 2}, 2);
  const SearchResult result =
      found(items_, text_request(make_query(Bool{.should = {knn, make_query(Term{"rank", 3})}})));
  EXPECT_EQ(keys_of(result), "1 2 4");
  EXPECT_FLOAT_EQ(*result.hits[0].score, 1);
}

TEST_P(Vectors, BadVectorsAreRefused) {
  const auto refused = [&](Retrieve retrieve) {
    return search(items_, request(std::move(retrieve))).error().code;
  };
  EXPECT_EQ(refused(nearest("dot", {1})), ErrorCode::kInvalidArgument);
  EXPECT_EQ(refused(nearest("dot", {1, NAN})), ErrorCode::kInvalidArgument);
  EXPECT_EQ(refused(nearest("colour", {1, 2})), ErrorCode::kInvalidArgument);
  EXPECT_EQ(refused(nearest("cosine", {1, 2}, ScoreForm::kMaxInnerProduct)), ErrorCode::kInvalidArgument);
  EXPECT_EQ(refused({.source = OrderBy{.field = "colour"}}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(refused({.source = MaxSim{"dot", {{1, 2}}}}), ErrorCode::kUnsupported);
  EXPECT_EQ(refused({.source = SparseSearch{"dot", {1}, {1}}}), ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace stele::engine
