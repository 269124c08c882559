#include "engine/conformance.h"

namespace stele::engine {
namespace {

// The expected scores were printed by Lucene 8.8 with LegacyBM25Similarity over the same eight documents in
// one segment.
class Scores : public EngineConformance {
 protected:
  void SetUp() override {
    items_ = create({{.path = "title", .type = FieldType::kText},
                     {.path = "body", .type = FieldType::kText},
                     {.path = "short", .type = FieldType::kText, .bm25 = {.k1 = 0.9F, .b = 0.4F}},
                     {.path = "plain", .type = FieldType::kText, .norms = false},
                     {.path = "kind"}});
    apply(*items_,
          {text("1", "the quick brown fox", "The quick brown fox jumps over the lazy dog"),
           text("2", "lazy dogs", "Lazy dogs sleep all day and the quick fox watches"),
           text("3", "quick start", "A quick start guide to the quick search engine, a quick read"),
           text("4", "brown bears", "Bears of the brown kind eat fish; the fish are not quick"),
           text("5", "search engines",
                "Full text search engines index text and score documents by relevance to the search terms "
                "of a query, with idf and tf"),
           text("6", "fox hunting", "Fox fox fox hunting is banned"), text("7", "empty", ""),
           text("8", "the dog the dog", "the dog and the dog and the other dog")});
  }

  static Row text(std::string_view key, std::string title, std::string body) {
    return row(key)
        .set("title", title)
        .set("body", body)
        .set("short", body)
        .set("plain", body)
        .set("kind", "doc");
  }

  static QueryPtr match(std::string field, std::string words) {
    return make_query(Match{.field = std::move(field), .text = std::move(words)});
  }
  static QueryPtr phrase(std::string words, std::uint32_t slop = 0) {
    return make_query(MatchPhrase{.field = "body", .text = std::move(words), .slop = slop});
  }

  std::shared_ptr<Collection> items_;
};
INSTANTIATE_TEST_SUITE_P(Engines, Scores, testing::ValuesIn(engines_under_test()),
                         [](const auto& tested) { return tested.param.name; });

TEST_P(Scores, TermsAsLucene) {
  EXPECT_EQ(scores(items_, match("body", "quick fox")), "1=1.5355 2=1.4776 6=1.4463 3=0.8946 4=0.5638");
  EXPECT_EQ(scores(items_, match("body", "fox")), "6=1.4463 1=0.9054 2=0.8712");
  EXPECT_EQ(scores(items_, match("title", "fox")), "6=1.3694 1=1.0008");
  EXPECT_EQ(scores(items_, make_query(Match{.field = "body", .text = "quick fox", .op = Operator::kAnd})),
            "1=1.5355 2=1.4776");
  EXPECT_EQ(scores(items_, make_query(Match{.field = "body",
                                            .text = "the quick brown fox",
                                            .minimum_should_match = *MinimumShouldMatch::parse("75%")})),
            "1=3.1131 4=1.9852 2=1.6964");
}

TEST_P(Scores, WithAFieldsOwnParameters) {
  EXPECT_EQ(scores(items_, match("short", "quick fox")), "1=1.4609 2=1.4361 6=1.2636 3=0.8371 4=0.5700");
}

TEST_P(Scores, FuzzyAsLucene) {
  const auto texts = create({{.path = "text", .type = FieldType::kText, .analyzer = "whitespace"}});
  const std::vector<std::string> values = {
      "search",    "serch engine", "saerch search search", "research paper now",
      "sea shell", "peach",        "each of us",           "search beach",
      "ab",        "cd b a",       "earch arch march",     "sear searc searching"};
  std::vector<Row> rows;
  for (std::size_t i = 0; i < values.size(); ++i)
    rows.push_back(row(std::to_string(i)).set("text", values[i]));
  apply(*texts, std::move(rows));
  const auto found = [&](std::string word, std::string edits, std::uint32_t prefix, std::uint32_t most,
                         bool exchange) {
    return scores(texts,
                  make_query(Fuzzy{"text", std::move(word), std::move(edits), prefix, most, exchange}));
  };
  EXPECT_EQ(found("search", "2", 0, 50, true),
            "2=2.6119 7=2.1995 10=2.1940 0=1.6981 11=1.5011 1=1.0997 5=1.0189 3=0.7698 6=0.5774");
  EXPECT_EQ(found("search", "1", 0, 50, true), "2=2.6119 0=1.6981 7=1.3747 1=1.0997 10=0.9238 11=0.9238");
  EXPECT_EQ(found("search", "2", 2, 50, true), "0=1.6981 2=1.6496 11=1.5011 7=1.3747 1=1.0997");
  EXPECT_EQ(found("search", "2", 0, 3, true), "2=2.6119 0=1.6981 7=1.3747 10=0.9238");
  EXPECT_EQ(found("saerch", "1", 0, 50, false), "2=1.9003 1=1.8099");
  EXPECT_EQ(found("ab", "2", 0, 50, true), "8=2.7946 6=0.0000 9=0.0000");
  EXPECT_EQ(found("each", "1", 0, 50, true), "5=2.0960 6=1.9003 7=1.6967 10=1.4253");
  EXPECT_EQ(found("serach", "2", 1, 50, true), "2=2.1445 0=1.4151 7=1.1456 1=1.0997 11=0.6928");
  // A match stands for one such query a term.
  EXPECT_EQ(scores(texts, make_query(Match{
                              .field = "text", .text = "serach", .fuzziness = "2", .prefix_length = 1})),
            found("serach", "2", 1, 50, true));
}

TEST_P(Scores, PhrasesAsLucene) {
  EXPECT_EQ(scores(items_, phrase("quick fox")), "2=1.4776");
  EXPECT_EQ(scores(items_, phrase("brown fox")), "1=2.1793");
  EXPECT_EQ(scores(items_, phrase("fox quick", 3)), "2=0.7236 1=0.6126");
  EXPECT_EQ(scores(items_, phrase("the dog", 2)), "8=2.1487 1=0.9994");
  EXPECT_EQ(scores(items_, phrase("the dog the dog", 4)), "8=3.0520");
  EXPECT_EQ(scores(items_, make_query(MatchPhrase{.field = "body", .text = "quick br", .prefix = true})),
            scores(items_, phrase("quick brown")));
}

TEST_P(Scores, CombinationsAsLucene) {
  EXPECT_EQ(
      scores(items_, make_query(MultiMatch{
                         .fields = {{"title", 3}, {"body", 1}}, .text = "quick dog", .tie_breaker = 0.3F})),
      "8=6.7728 3=4.3765 1=3.5736 2=0.6064 4=0.5638");
  EXPECT_EQ(scores(items_, make_query(Bool{.must = {match("body", "search")},
                                           .should = {match("body", "quick"), match("body", "text")},
                                           .must_not = {match("body", "fox")}})),
            "5=3.0957 3=2.0344");
}

// Statistics are the collection's, whatever number of segments its documents lie in.
TEST_P(Scores, OneTransactionADocumentScoresTheSame) {
  const auto singly = create({{.path = "body", .type = FieldType::kText}}, "singly");
  Request everything = text_request(make_query(MatchAll{}));
  for (const Hit& hit : found(items_, everything).hits)
    apply(*singly, {Row(hit.key).set("body", hit.document->fields[1].values[0])});
  const std::vector<QueryPtr> queries = {match("body", "quick fox"), phrase("the dog", 2)};
  for (const QueryPtr& query : queries) EXPECT_EQ(scores(singly, query), scores(items_, query));
  while (singly->maintain()) {
  }
  for (const QueryPtr& query : queries) EXPECT_EQ(scores(singly, query), scores(items_, query));
}

TEST_P(Scores, FilterContextAndConstants) {
  const QueryPtr fox = match("body", "fox");
  EXPECT_EQ(scores(items_, make_query(Bool{.filter = {fox}})), "1=0.0000 2=0.0000 6=0.0000");
  EXPECT_EQ(scores(items_, make_query(ConstantScore{fox}, 2.5F)), "1=2.5000 2=2.5000 6=2.5000");
  EXPECT_EQ(scores(items_, make_query(Bool{.filter = {fox}, .should = {match("body", "hunting")}})),
            "6=2.0777 1=0.0000 2=0.0000");
  EXPECT_EQ(scores(items_, make_query(Bool{.must_not = {match("body", "the"), match("body", "fish")}})),
            "6=0.0000 7=0.0000");
  EXPECT_EQ(scores(items_, make_query(Bool{})), scores(items_, make_query(MatchAll{})));
  EXPECT_EQ(scores(items_, make_query(Term{"kind", "doc"})).substr(0, 8), "1=0.0572");
  EXPECT_EQ(scores(items_, make_query(Terms{"kind", {"doc", "x"}})).substr(0, 8), "1=1.0000");
  EXPECT_EQ(scores(items_, make_query(Prefix{"body", "hunt"})), "6=1.0000");
}

TEST_P(Scores, BoostsMultiply) {
  EXPECT_EQ(scores(items_, make_query(Bool{.must = {make_query(Match{"title", "hunting"}, 2)}}, 3)),
            scores(items_, make_query(Match{"title", "hunting"}, 6)));
  EXPECT_EQ(scores(items_, make_query(Boosting{match("title", "fox"), match("title", "hunting"), 0.5F})),
            "1=1.0008 6=0.6847");
  EXPECT_EQ(
      scores(items_, make_query(DisMax{{match("title", "fox"), match("title", "hunting")}, 0})).substr(0, 8),
      "6=1.9155");
}

TEST_P(Scores, Functions) {
  const auto with = [&](ScoreFunction function, ScoreCombination boost_mode = ScoreCombination::kReplace) {
    return scores(items_, make_query(FunctionScore{.query = match("title", "fox"),
                                                   .functions = {std::move(function)},
                                                   .boost_mode = boost_mode}));
  };
  EXPECT_EQ(with({.filter = match("title", "hunting"), .weight = 5}), "6=5.0000 1=1.0000");
  EXPECT_EQ(with({.weight = 2}, ScoreCombination::kMultiply), "6=2.7388 1=2.0016");
  EXPECT_EQ(
      with({.kind = ScoreFunction::Kind::kFieldValueFactor, .field = "none", .factor = 3, .missing = 2}),
      "1=6.0000 6=6.0000");
}

}  // namespace
}  // namespace stele::engine
