// Real requests of Elasticsearch's query language, written as request trees and run: the first test of the
// type itself. The JSON above each is what a client sends; defaults that its head fills in are spelled out in
// the tree.

#include "engine/conformance.h"

namespace stele::engine {
namespace {

class ElasticRequests : public EngineConformance {
 protected:
  void SetUp() override {
    packages_ = create({{.path = "name", .type = FieldType::kText},
                        {.path = "name.keyword", .ignore_above = 256, .values_of = "name"},
                        {.path = "summary", .type = FieldType::kText, .analyzer = "english"},
                        {.path = "section"},
                        {.path = "tags"},
                        {.path = "size", .type = FieldType::kLong},
                        {.path = "popularity", .type = FieldType::kDouble},
                        {.path = "free", .type = FieldType::kBoolean},
                        {.path = "released", .type = FieldType::kDate},
                        {.path = "words",
                         .type = FieldType::kDenseVector,
                         .dimension = 3,
                         .similarity = Similarity::kCosine}},
                       "packages");
    apply(
        *packages_,
        {package("1", "vim", "highly configurable text editor", "editors", 3000, 8.5, "2024-01-01", {1, 0, 0})
             .set("tags", List{"editor", "terminal"}),
         package("2", "emacs", "extensible text editor that also edits mail", "editors", 90000, 7,
                 "2024-02-01", {0.9F, 0.1F, 0})
             .set("tags", List{"editor", "mail"}),
         package("3", "nano", "small friendly editor", "editors", 800, 6, "2024-03-01", {0.8F, 0, 0.2F}),
         package("4", "mutt", "text-based mail reader", "mail", 5000, 3, "2024-04-01", {0, 1, 0})
             .set("tags", List{"mail", "terminal"}),
         package("5", "postgresql server", "object-relational database server", "database", 50000, 9,
                 "2024-05-01", {0, 0, 1}),
         package("6", "redis server", "persistent key-value database server", "database", 7000, 8,
                 "2024-06-01", {0, 0.1F, 0.9F})});
  }
  static Row package(std::string_view key, std::string name, std::string summary, std::string section,
                     int size, double popularity, std::string released, std::vector<float> words) {
    return row(key)
        .set("name", std::move(name))
        .set("summary", std::move(summary))
        .set("section", section)
        .set("size", size)
        .set("popularity", popularity)
        .set("released", std::move(released))
        .set("free", section != "database" || size > 10000)
        .vector("words", std::move(words));
  }
  std::string run(Request request) { return keys_of(found(packages_, std::move(request))); }
  std::string run(QueryPtr query, Select select = {}) {
    return run(text_request(std::move(query), std::move(select)));
  }
  static QueryPtr match(std::string field, std::string text) {
    return make_query(Match{.field = std::move(field), .text = std::move(text)});
  }
  static QueryPtr term(std::string field, Value value) {
    return make_query(Term{std::move(field), std::move(value)});
  }
  std::shared_ptr<Collection> packages_;
};
INSTANTIATE_TEST_SUITE_P(Engines, ElasticRequests, testing::ValuesIn(engines_under_test()),
                         [](const auto& tested) { return tested.param.name; });

// 1. {"query":{"match":{"summary":"text editors"}}}
TEST_P(ElasticRequests, Match) {
  EXPECT_EQ(run(match("summary", "text editors")), "1 2 3 4");
}

// 2. {"query":{"match":{"summary":{"query":"mail editor text","operator":"and"}}}}
TEST_P(ElasticRequests, MatchAnd) {
  EXPECT_EQ(run(make_query(Match{.field = "summary", .text = "mail editor text", .op = Operator::kAnd})),
            "2");
}

// 3. {"query":{"match":{"summary":{"query":"mail editor database text","minimum_should_match":"-50%"}}}}
TEST_P(ElasticRequests, MatchMinimum) {
  EXPECT_EQ(run(make_query(Match{.field = "summary",
                                 .text = "mail editor database text",
                                 .minimum_should_match = *MinimumShouldMatch::parse("-50%")})),
            "2 4 1");
}

// 4. {"query":{"match_phrase":{"summary":{"query":"text editor","slop":0}}}}
TEST_P(ElasticRequests, MatchPhrase) {
  EXPECT_EQ(run(make_query(engine::MatchPhrase{.field = "summary", .text = "text editor"})), "1 2");
}

// 5. {"query":{"multi_match":{"query":"server
// mail","fields":["name^2","summary"],"type":"best_fields","tie_breaker":0.3}}}
TEST_P(ElasticRequests, MultiMatch) {
  EXPECT_EQ(run(make_query(engine::MultiMatch{.fields = {{"name", 2}, {"summary", 1}},
                                              .text = "server mail",
                                              .type = MultiMatchType::kBestFields,
                                              .tie_breaker = 0.3F})),
            "5 6 4 2");
}

// 6. {"query":{"bool":{"must":[{"match":{"summary":"editor"}}],"filter":[{"term":{"section":"editors"}},
//    {"range":{"size":{"gte":1000,"lt":50000}}}],"must_not":[{"term":{"tags":"mail"}}]}}}
TEST_P(ElasticRequests, BoolWithFilter) {
  EXPECT_EQ(run(make_query(Bool{.must = {match("summary", "editor")},
                                .filter = {term("section", "editors"),
                                           make_query(Range{.field = "size", .gte = 1000, .lt = 50000})},
                                .must_not = {term("tags", "mail")}})),
            "1");
}

// 7.
// {"query":{"bool":{"should":[{"term":{"tags":"terminal"}},{"term":{"tags":"mail"}},{"term":{"section":"mail"}}],
//    "minimum_should_match":2}}}
TEST_P(ElasticRequests, BoolMinimumShouldMatch) {
  EXPECT_EQ(
      run(make_query(Bool{.should = {term("tags", "terminal"), term("tags", "mail"), term("section", "mail")},
                          .minimum_should_match = MinimumShouldMatch::count(2)})),
      "4");
}

// 8. {"query":{"terms":{"section":["mail","database"]}},"sort":[{"popularity":"desc"}]}
TEST_P(ElasticRequests, TermsSorted) {
  const SearchResult result = found(
      packages_, text_request(make_query(Terms{"section", {"mail", "database"}}),
                              {.sort = {{.field = "popularity", .direction = Direction::kDescending}}}));
  EXPECT_EQ(keys_of(result), "5 6 4");
  EXPECT_EQ(result.hits[0].sort_values, (std::vector<Value>{9.0}));
}

// 9. {"query":{"match_all":{}},"from":2,"size":2,"sort":["section",{"size":{"order":"desc"}}]}
TEST_P(ElasticRequests, FromSizeTwoKeys) {
  EXPECT_EQ(run(make_query(MatchAll{}),
                {.sort = {{.field = "section"}, {.field = "size", .direction = Direction::kDescending}},
                 .offset = 2,
                 .limit = 2}),
            "2 1");
}

// 10.
// {"size":2,"query":{"match_all":{}},"sort":[{"released":"asc"},{"_id":"asc"}],"search_after":[1706745600000,"2"]}
TEST_P(ElasticRequests, SearchAfter) {
  EXPECT_EQ(run(make_query(MatchAll{}), {.sort = {{.field = "released"}, {.kind = SortKey::Kind::kKey}},
                                         .search_after = {*parse_iso_date("2024-02-01"), "2"},
                                         .limit = 2}),
            "3 4");
}

// 11. {"query":{"exists":{"field":"tags"}},"track_total_hits":2,"size":1}
TEST_P(ElasticRequests, TrackTotalHits) {
  Request request = text_request(make_query(Exists{"tags"}), {.limit = 1});
  request.totals = {{"query", 2}};
  const SearchResult result = found(packages_, request);
  EXPECT_EQ(result.totals.at("query").value, 2U);
  EXPECT_TRUE(result.totals.at("query").at_least);
}

// 12. {"query":{"ids":{"values":["6","1","77"]}},"_source":false}
TEST_P(ElasticRequests, Ids) {
  Request request = text_request(
      make_query(engine::Ids{{DocKey::from_text("6"), DocKey::from_text("1"), DocKey::from_text("77")}}));
  request.fetch.document = false;
  EXPECT_EQ(run(request), "1 6");
}

// 13. {"query":{"prefix":{"name.keyword":{"value":"post"}}}} and
// {"query":{"wildcard":{"name.keyword":"*dis*"}}}
TEST_P(ElasticRequests, PrefixAndWildcard) {
  EXPECT_EQ(run(make_query(Prefix{"name.keyword", "post"})), "5");
  EXPECT_EQ(run(make_query(Wildcard{"name.keyword", "*dis*"})), "6");
}

// 14. {"query":{"constant_score":{"filter":{"range":{"released":{"gte":"2024-05-01"}}},"boost":1.2}}}
TEST_P(ElasticRequests, ConstantScore) {
  EXPECT_EQ(
      scores(packages_,
             make_query(engine::ConstantScore{make_query(Range{.field = "released", .gte = "2024-05-01"})},
                        1.2F)),
      "5=1.2000 6=1.2000");
}

// 15.
// {"query":{"dis_max":{"queries":[{"term":{"section":"mail"}},{"match":{"summary":"mail"}}],"tie_breaker":0.7}}}
TEST_P(ElasticRequests, DisMax) {
  EXPECT_EQ(run(make_query(engine::DisMax{{term("section", "mail"), match("summary", "mail")}, 0.7F})),
            "4 2");
}

// 16.
// {"query":{"function_score":{"query":{"match":{"summary":"editor"}},"field_value_factor":{"field":"popularity",
//     "modifier":"log1p","factor":2},"boost_mode":"multiply"}}}
TEST_P(ElasticRequests, FunctionScore) {
  ScoreFunction popularity{.kind = ScoreFunction::Kind::kFieldValueFactor,
                           .field = "popularity",
                           .factor = 2,
                           .modifier = ScoreFunction::Modifier::kLog1p};
  EXPECT_EQ(
      run(make_query(engine::FunctionScore{.query = match("summary", "editor"), .functions = {popularity}})),
      "1 3 2");
}

// 17.
// {"knn":{"field":"words","query_vector":[0,0,1],"k":2,"num_candidates":10,"filter":{"term":{"free":true}}}}
TEST_P(ElasticRequests, Knn) {
  Retrieve knn{.source = Nearest{.field = "words", .vector = {0, 0, 1}, .form = ScoreForm::kElastic},
               .filter = term("free", true),
               .k = 2,
               .ef = 10};
  const SearchResult result =
      found(packages_, {.targets = {Target{}}, .root = Stage{Select{}, {Stage{knn}}}});
  EXPECT_EQ(keys_of(result), "5 3");
  EXPECT_FLOAT_EQ(*result.hits[0].score, 1);
}

// 18.
// {"query":{"match":{"summary":"database"}},"knn":{"field":"words","query_vector":[1,0,0],"k":1,"num_candidates":5,
//     "boost":2}}: scores of both are added
TEST_P(ElasticRequests, HybridSum) {
  Retrieve knn{.source = Nearest{.field = "words", .vector = {1, 0, 0}, .form = ScoreForm::kElastic}, .k = 1};
  const Stage fused{Fuse{.method = Fuse::Method::kSum, .weights = {1, 2}},
                    {retrieve(match("summary", "database")), Stage{knn}}};
  const SearchResult result = found(packages_, {.targets = {Target{}}, .root = Stage{Select{}, {fused}}});
  EXPECT_EQ(keys_of(result), "1 5 6");
  EXPECT_FLOAT_EQ(*result.hits[0].score, 2);
}

// 19. {"retriever":{"rrf":{"retrievers":[{"standard":{"query":{"match":{"summary":"text
// editor"}}}},{"knn":{"field":"words",
//     "query_vector":[0,1,0],"k":3,"num_candidates":10}}],"rank_window_size":3,"rank_constant":60}}}
TEST_P(ElasticRequests, RrfRetriever) {
  Retrieve knn{.source = Nearest{.field = "words", .vector = {0, 1, 0}, .form = ScoreForm::kElastic}, .k = 3};
  const Stage fused{Fuse{.method = Fuse::Method::kRrf, .rank_constant = 60, .window = 3},
                    {retrieve(match("summary", "text editor")), Stage{knn}}};
  const SearchResult result = found(packages_, {.targets = {Target{}}, .root = Stage{Select{}, {fused}}});
  EXPECT_EQ(keys_of(result), "2 1 4 3 6");
  EXPECT_FLOAT_EQ(*result.hits[0].score, 1.0F / 62 + 1.0F / 62);
}

// 20.
// {"query":{"match":{"summary":"editor"}},"collapse":{"field":"section"},"post_filter":{"term":{"free":true}},
//     "aggs":{"sections":{"terms":{"field":"section"},"aggs":{"size":{"avg":{"field":"size"}}}}}}
TEST_P(ElasticRequests, CollapsePostFilterAggregation) {
  Request request = text_request(make_query(MatchAll{}),
                                 {.post_filter = term("free", true), .collapse = Collapse{"section"}});
  request.aggregations = {{.name = "sections",
                           .kind = TermsBuckets{.field = "section"},
                           .stage = "query",
                           .inner = {{.name = "size", .kind = Metric{Metric::Kind::kAverage, "size"}}}}};
  const SearchResult result = found(packages_, request);
  EXPECT_EQ(keys_of(result), "1 4 5");
  const auto& buckets = result.aggregations.at("sections").buckets;
  ASSERT_EQ(buckets.size(), 3U);
  EXPECT_EQ(buckets[1].key, Value("database"));
  EXPECT_EQ(buckets[1].documents, 2U);
  EXPECT_EQ(buckets[1].inner.at("size").metric.sum, 57000);
}

}  // namespace
}  // namespace stele::engine
