#include <fmt/format.h>

#include "engine/conformance.h"

namespace stele::engine {
namespace {

class Selects : public EngineConformance {
 protected:
  void SetUp() override {
    items_ = create({{.path = "group"},
                     {.path = "size", .type = FieldType::kLong},
                     {.path = "weight", .type = FieldType::kDouble},
                     {.path = "text", .type = FieldType::kText}});
    for (int i = 0; i < 40; ++i) {
      Row item = row(fmt::format("{:02}", i));
      item.set("group", std::string(1, static_cast<char>('a' + i % 4))).set("text", "word");
      if (i % 5 != 0) item.set("size", (i * 7) % 10);
      if (i % 2 == 0) item.set("weight", List{0.5 * i, 100.0 - i});
      apply(*items_, {item});
    }
  }
  static QueryPtr all() { return make_query(MatchAll{}); }
  SearchResult sorted(std::vector<SortKey> sort, std::size_t limit = 5) {
    return found(items_, text_request(all(), {.sort = std::move(sort), .limit = limit}));
  }
  std::shared_ptr<Collection> items_;
};
INSTANTIATE_TEST_SUITE_P(Engines, Selects, testing::ValuesIn(engines_under_test()),
                         [](const auto& tested) { return tested.param.name; });

TEST_P(Selects, SortsByFieldsMissingLastOrFirst) {
  EXPECT_EQ(keys_of(sorted({{.field = "size"}, {.field = "group", .direction = Direction::kDescending}})),
            "03 23 13 33 06");
  const SearchResult last = sorted({{.field = "size"}}, 40);
  EXPECT_EQ(last.hits[39].key.to_string(), "35");
  EXPECT_TRUE(last.hits[39].sort_values[0].is_null());
  EXPECT_FALSE(last.hits[0].score.has_value());
  EXPECT_FALSE(last.max_score.has_value());
  EXPECT_EQ(keys_of(sorted({{.field = "size", .missing = SortKey::Missing::kFirst}})), "00 05 10 15 20");
  EXPECT_EQ(keys_of(sorted({{.field = "size", .missing = SortKey::Missing::kValue, .missing_value = -1}}, 3)),
            "00 05 10");
  EXPECT_EQ(keys_of(sorted({{.kind = SortKey::Kind::kKey, .direction = Direction::kDescending}}, 3)),
            "39 38 37");
  EXPECT_EQ(keys_of(sorted({{.kind = SortKey::Kind::kDoc}}, 3)), "00 01 02");
}

TEST_P(Selects, SortModes) {
  EXPECT_EQ(keys_of(sorted({{.field = "weight"}}, 2)), "00 02");
  EXPECT_EQ(keys_of(sorted({{.field = "weight", .direction = Direction::kDescending}}, 2)), "00 02");
  EXPECT_EQ(
      keys_of(sorted({{.field = "weight", .direction = Direction::kAscending, .mode = SortMode::kMax}}, 2)),
      "38 36");
  EXPECT_EQ(sorted({{.field = "weight", .mode = SortMode::kSum}}, 1).hits[0].sort_values[0], Value(81.0));
  EXPECT_EQ(sorted({{.field = "weight", .mode = SortMode::kAverage}}, 1).hits[0].sort_values[0], Value(40.5));
  EXPECT_EQ(sorted({{.field = "weight", .mode = SortMode::kMedian}}, 1).hits[0].sort_values[0], Value(40.5));
}

// Pages through everything by search_after and by offset, and finds the same.
TEST_P(Selects, PagesJoinWithoutGapOrRepeat) {
  const std::vector<std::vector<SortKey>> orders = {
      {{.field = "size"}, {.kind = SortKey::Kind::kKey}},
      {{.field = "size", .missing = SortKey::Missing::kFirst}, {.kind = SortKey::Kind::kDoc}},
      {{.field = "group", .direction = Direction::kDescending}, {.kind = SortKey::Kind::kDoc}},
      {{.kind = SortKey::Kind::kScore, .direction = Direction::kDescending}, {.kind = SortKey::Kind::kKey}}};
  for (const auto& order : orders) {
    const std::string whole = keys_of(sorted(order, 1000));
    std::string by_after;
    std::string by_offset;
    Select page{.sort = order, .limit = 7};
    for (std::size_t offset = 0; offset < 40; offset += 7) {
      const SearchResult after = found(items_, text_request(all(), page));
      ASSERT_FALSE(after.hits.empty());
      by_after += (by_after.empty() ? "" : " ") + keys_of(after);
      page.search_after = after.hits.back().sort_values;
      by_offset += (by_offset.empty() ? "" : " ") +
                   keys_of(found(items_, text_request(all(), {.sort = order, .offset = offset, .limit = 7})));
    }
    EXPECT_EQ(by_after, whole);
    EXPECT_EQ(by_offset, whole);
    EXPECT_EQ(found(items_, text_request(all(), page)).hits.size(), 0U);
  }
}

TEST_P(Selects, BadSortsAreRefused) {
  const auto refused = [&](Select select) {
    return search(items_, text_request(all(), std::move(select))).error().code;
  };
  EXPECT_EQ(refused({.sort = {{.field = "text"}}}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(refused({.sort = {{.field = "nowhere"}}}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(refused({.sort = {{.field = "group", .mode = SortMode::kSum}}}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(refused({.sort = {{.field = "size"}}, .search_after = {1, 2}}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(refused({.sort = {{.field = "size"}}, .search_after = {"x"}}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(keys_of(sorted({{.field = "nowhere", .unmapped_ok = true}}, 2)), "00 01");
}

TEST_P(Selects, TotalsAreCountedUpToTheirLimit) {
  Request request = text_request(all(), {.post_filter = make_query(Term{"group", "a"}), .limit = 3});
  request.totals = {{"query", 25}, {"hits", std::nullopt}};
  const SearchResult result = found(items_, request);
  EXPECT_EQ(result.totals.at("query").value, 25U);
  EXPECT_TRUE(result.totals.at("query").at_least);
  EXPECT_EQ(result.totals.at("hits").value, 10U);
  EXPECT_FALSE(result.totals.at("hits").at_least);
  EXPECT_EQ(keys_of(result), "00 04 08");
  request.totals = {{"nowhere"}};
  EXPECT_EQ(search(items_, request).error().code, ErrorCode::kInvalidArgument);
}

TEST_P(Selects, MinScoreAndMaxScore) {
  const QueryPtr query =
      make_query(Bool{.should = {make_query(ConstantScore{make_query(Term{"group", "a"})}, 3),
                                 make_query(ConstantScore{make_query(Term{"size", 7})}, 2)}});
  const SearchResult result = found(items_, text_request(query, {.min_score = 2.5F, .limit = 100}));
  EXPECT_EQ(result.hits.size(), 10U);
  EXPECT_EQ(*result.max_score, 3.0F);
  EXPECT_EQ(result.totals.at("hits").value, 10U);
}

TEST_P(Selects, CollapseKeepsTheBestOfEachGroup) {
  Select select{.collapse = Collapse{"group"},
                .sort = {{.kind = SortKey::Kind::kKey, .direction = Direction::kDescending}}};
  const SearchResult result = found(items_, text_request(all(), select));
  EXPECT_EQ(keys_of(result), "39 38 37 36");
  EXPECT_EQ(result.hits[0].group, Value("d"));
  EXPECT_EQ(result.totals.at("hits").value, 40U);
  select.collapse = Collapse{.field = "size", .group_size = 2, .skip_missing = true};
  select.limit = 2;
  EXPECT_EQ(keys_of(found(items_, text_request(all(), select))), "39 29 38 28");
  select.collapse = Collapse{"text"};
  EXPECT_EQ(search(items_, text_request(all(), select)).error().code, ErrorCode::kInvalidArgument);
}

TEST_P(Selects, RescoreTouchesTheWindowOnly) {
  const QueryPtr first = make_query(FunctionScore{
      .query = all(),
      .functions = {{.kind = ScoreFunction::Kind::kFieldValueFactor, .field = "size", .missing = 0}}});
  const QueryPtr second = make_query(ConstantScore{make_query(Term{"group", "c"})}, 5);
  Request request = text_request(first, {.limit = 6});
  request.root.inputs[0] =
      Stage{Rescore{.query = second, .window = 4, .rescore_weight = 2}, {retrieve(first, "query")}};
  const SearchResult plain = found(items_, text_request(first, {.limit = 6}));
  EXPECT_EQ(keys_of(plain), "07 17 27 37 04 14");
  EXPECT_EQ(keys_of(found(items_, request)), "07 17 27 37 04 14");
  std::get<Rescore>(request.root.inputs[0].step).window = 6;
  const SearchResult rescored = found(items_, request);
  EXPECT_EQ(keys_of(rescored), "14 07 17 27 37 04");
  EXPECT_EQ(*rescored.hits[0].score, 18.0F);
}

TEST_P(Selects, AggregationsHangOnTheirStage) {
  Request request = text_request(all(), {.post_filter = make_query(Term{"group", "a"}), .limit = 0});
  request.aggregations = {
      {.name = "groups",
       .kind = TermsBuckets{.field = "group", .size = 2},
       .stage = "query",
       .inner = {{.name = "sizes", .kind = Metric{Metric::Kind::kStats, "size"}}}},
      {.name = "shown", .kind = TermsBuckets{.field = "group"}, .stage = "hits"},
      {.name = "ranges", .kind = RangeBuckets{"size", {{.key = "low", .to = 3}, {.key = "high", .from = 3}}}},
      {.name = "steps", .kind = HistogramBuckets{.field = "size", .interval = 5}},
      {.name = "heavy", .kind = FilterBuckets{{{"any", make_query(Exists{"weight"})}}}},
      {.name = "different", .kind = Metric{Metric::Kind::kCardinality, "group"}}};
  const SearchResult result = found(items_, request);
  const AggregationResult& groups = result.aggregations.at("groups");
  ASSERT_EQ(groups.buckets.size(), 2U);
  EXPECT_EQ(groups.buckets[0].key, Value("a"));
  EXPECT_EQ(groups.buckets[0].documents, 10U);
  EXPECT_EQ(groups.buckets[0].inner.at("sizes").metric.count, 8U);
  EXPECT_EQ(groups.documents_elsewhere, 20U);
  EXPECT_EQ(result.aggregations.at("shown").buckets.size(), 1U);
  EXPECT_EQ(result.aggregations.at("ranges").buckets[0].documents, 8U);
  EXPECT_EQ(result.aggregations.at("steps").buckets.size(), 2U);
  EXPECT_EQ(result.aggregations.at("heavy").buckets[0].documents, 20U);
  EXPECT_EQ(result.aggregations.at("different").metric.distinct.size(), 4U);
  request.aggregations = {{.name = "bad", .kind = TermsBuckets{.field = "text"}}};
  EXPECT_EQ(search(items_, request).error().code, ErrorCode::kInvalidArgument);
}

TEST_P(Selects, PartialResultsMergeToTheWhole) {
  Request request = text_request(
      all(), {.sort = {{.field = "size", .direction = Direction::kDescending}, {.kind = SortKey::Kind::kKey}},
              .offset = 3,
              .limit = 10});
  request.totals = {{"hits", 30}};
  request.aggregations = {{.name = "groups", .kind = TermsBuckets{.field = "group", .size = 3}}};
  const SearchResult whole = found(items_, request);
  request.partial = true;
  std::vector<SearchResult> parts;
  for (const bool even : {true, false}) {
    Request part = request;
    const QueryPtr heavy = make_query(Exists{"weight"});
    part.targets[0].alias_filter = even ? heavy : make_query(Bool{.must_not = {heavy}});
    parts.push_back(found(items_, part));
  }
  const auto merged = merge_results(request, std::move(parts));
  ASSERT_TRUE(merged.has_value());
  EXPECT_EQ(keys_of(*merged), keys_of(whole));
  EXPECT_EQ(merged->totals.at("hits").value, 30U);
  EXPECT_TRUE(merged->totals.at("hits").at_least);
  ASSERT_EQ(merged->aggregations.at("groups").buckets.size(), 3U);
  EXPECT_EQ(merged->aggregations.at("groups").buckets[2].documents, 10U);
  EXPECT_EQ(merged->aggregations.at("groups").documents_elsewhere, 10U);
}

}  // namespace
}  // namespace stele::engine
