#include "engine/conformance.h"

namespace stele::engine {
namespace {

class Queries : public EngineConformance {
 protected:
  void SetUp() override {
    items_ = create({{.path = "name", .normalizer = "lowercase"},
                     {.path = "tags"},
                     {.path = "price", .type = FieldType::kDouble},
                     {.path = "rating", .type = FieldType::kFloat},
                     {.path = "stock", .type = FieldType::kLong},
                     {.path = "sold", .type = FieldType::kBoolean},
                     {.path = "made", .type = FieldType::kDate},
                     {.path = "id", .type = FieldType::kUuid},
                     {.path = "address.city"},
                     {.path = "hidden", .indexed = false},
                     {.path = "default", .null_value = "none"},
                     {.path = "text", .type = FieldType::kText, .analyzer = "english"}});
    apply(*items_, {row("1")
                        .set("name", "Anna")
                        .set("tags", List{"a", "b"})
                        .set("price", 1.5)
                        .set("stock", 10)
                        .set("sold", true)
                        .set("made", "2024-01-15")
                        .set("address.city", "Rome")
                        .set("text", "The cats are running"),
                    row("2")
                        .set("name", "bert")
                        .set("tags", List{"b", "c"})
                        .set("price", 2.5)
                        .set("stock", -5)
                        .set("sold", false)
                        .set("made", "2024-02-15T12:00:00Z")
                        .set("rating", 0.1)
                        .set("text", "cats and dogs"),
                    row("3")
                        .set("name", "Cäsar")
                        .set("tags", List{})
                        .set("price", 3)
                        .set("stock", List{1, 100})
                        .set("id", "{A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11}")
                        .set("text", "dogs cats")
                        .set("hidden", "x"),
                    row("4").set("name", Value()).set("tags", List{"a", Value()}).set("default", Value())});
  }
  std::string find(auto node) { return keys(items_, make_query(std::move(node))); }
  ErrorCode error(auto node) {
    const auto result = search(items_, text_request(make_query(std::move(node))));
    return result ? ErrorCode::kInternal : result.error().code;
  }
  std::shared_ptr<Collection> items_;
};
INSTANTIATE_TEST_SUITE_P(Engines, Queries, testing::ValuesIn(engines_under_test()),
                         [](const auto& tested) { return tested.param.name; });

TEST_P(Queries, TermByType) {
  EXPECT_EQ(find(Term{"name", "ANNA"}), "1");
  EXPECT_EQ(find(Term{"tags", "b"}), "1 2");
  EXPECT_EQ(find(Term{"tags", "B"}), "");
  EXPECT_EQ(find(Term{.field = "tags", .value = "B", .case_insensitive = true}), "1 2");
  EXPECT_EQ(find(Term{"price", "2.5"}), "2");
  EXPECT_EQ(find(Term{"price", 3}), "3");
  EXPECT_EQ(find(Term{"stock", 100}), "3");
  EXPECT_EQ(find(Term{"stock", 10.5}), "");
  EXPECT_EQ(find(Term{"sold", "false"}), "2");
  EXPECT_EQ(find(Term{"made", "2024-02-15T13:00:00+01:00"}), "2");
  EXPECT_EQ(find(Term{"rating", 0.1}), "2");
  EXPECT_EQ(find(Term{"id", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"}), "3");
  EXPECT_EQ(find(Term{"text", "run"}), "1");
  EXPECT_EQ(find(Term{"nowhere", "x"}), "");
  EXPECT_EQ(find(Term{"default", "none"}), "4");
  EXPECT_EQ(error(Term{"stock", "many"}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(error(Term{"hidden", "x"}), ErrorCode::kInvalidArgument);
}

TEST_P(Queries, TermsAndExcept) {
  EXPECT_EQ(find(Terms{"tags", {"a", "c"}}), "1 2 4");
  EXPECT_EQ(find(Terms{"tags", {}}), "");
  EXPECT_EQ(find(Terms{"stock", {1, 10}}), "1 3");
  EXPECT_EQ(find(TermsExcept{"tags", {"a"}}), "1 2");
  EXPECT_EQ(find(TermsExcept{"stock", {1, 10}}), "2 3");
  EXPECT_EQ(find(TermsExcept{"tags", {}}), "1 2 4");
}

TEST_P(Queries, RangeByType) {
  EXPECT_EQ(find(Range{.field = "price", .gt = 1.5}), "2 3");
  EXPECT_EQ(find(Range{.field = "price", .gte = 1.5, .lt = 3}), "1 2");
  EXPECT_EQ(find(Range{.field = "stock", .gt = 9.5, .lte = 10.5}), "1");
  EXPECT_EQ(find(Range{.field = "stock", .gte = -5.5, .lt = 0.5}), "2");
  EXPECT_EQ(find(Range{.field = "stock", .gt = 1e30}), "");
  EXPECT_EQ(find(Range{.field = "stock", .lt = 1e30}), "1 2 3");
  EXPECT_EQ(find(Range{.field = "stock", .lte = -1e30}), "");
  EXPECT_EQ(find(Range{.field = "made", .gte = "2024-02", .lt = "2025"}), "2");
  EXPECT_EQ(find(Range{.field = "name", .gte = "anna", .lt = "c"}), "1 2");
  EXPECT_EQ(find(Range{.field = "name", .gt = "anna"}), "2 3");
  EXPECT_EQ(find(Range{.field = "price"}), "1 2 3");
  EXPECT_EQ(error(Range{.field = "made", .gte = "soon"}), ErrorCode::kInvalidArgument);
}

TEST_P(Queries, PresenceAndCounts) {
  EXPECT_EQ(find(Exists{"tags"}), "1 2 4");
  EXPECT_EQ(find(Exists{"address"}), "1");
  EXPECT_EQ(find(Exists{"addr"}), "");
  EXPECT_EQ(find(Exists{"name"}), "1 2 3");
  EXPECT_EQ(find(Exists{"default"}), "4");
  EXPECT_EQ(find(Exists{"hidden"}), "3");
  EXPECT_EQ(find(IsEmpty{"tags"}), "3");
  EXPECT_EQ(find(IsNull{"name"}), "4");
  EXPECT_EQ(find(IsNull{"tags"}), "4");
  EXPECT_EQ(find(ValuesCount{.field = "tags", .gte = 2}), "1 2 4");
  EXPECT_EQ(find(ValuesCount{.field = "stock", .lt = 1}), "4");
  EXPECT_EQ(find(ValuesCount{.field = "nowhere", .lt = 1}), "1 2 3 4");
}

TEST_P(Queries, PatternsOfTerms) {
  EXPECT_EQ(find(Prefix{"name", "AN"}), "1");
  EXPECT_EQ(find(Prefix{.field = "tags", .value = "A", .case_insensitive = true}), "1 4");
  EXPECT_EQ(find(Wildcard{"name", "?e*t"}), "2");
  EXPECT_EQ(find(Wildcard{"name", "c?sar"}), "3");
  EXPECT_EQ(find(Wildcard{"name", "*a*a*"}), "1");
  EXPECT_EQ(find(Wildcard{"name", "*"}), "1 2 3");
  EXPECT_EQ(find(Wildcard{"name", "\\*"}), "");
  EXPECT_EQ(find(Regexp{"name", "[ab].+"}), "1 2");
  EXPECT_EQ(find(Regexp{"name", "c.s.r|~(.*e.*)"}), "1 3");
  EXPECT_EQ(find(Regexp{.field = "tags", .pattern = "B", .case_insensitive = true}), "1 2");
  EXPECT_EQ(error(Regexp{"name", "a(b"}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(error(Regexp{"stock", "1"}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(find(Fuzzy{.field = "name", .value = "ana", .fuzziness = "1"}), "1");
  EXPECT_EQ(find(Fuzzy{.field = "name", .value = "ebrt", .fuzziness = "1"}), "2");
  EXPECT_EQ(find(Fuzzy{.field = "name", .value = "ebrt", .fuzziness = "1", .transpositions = false}), "");
  EXPECT_EQ(find(Fuzzy{.field = "name", .value = "cesar"}), "3");
  EXPECT_EQ(find(Fuzzy{.field = "name", .value = "cesar", .prefix_length = 2}), "");
  EXPECT_EQ(error(Fuzzy{.field = "name", .value = "a", .fuzziness = "far"}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(error(Fuzzy{.field = "stock", .value = "1"}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(find(Match{.field = "text", .text = "catz dgo", .op = Operator::kAnd, .fuzziness = "AUTO"}),
            "2 3");
  EXPECT_EQ(error(Prefix{"stock", "1"}), ErrorCode::kInvalidArgument);
}

TEST_P(Queries, TextIsAnalyzed) {
  EXPECT_EQ(find(Match{.field = "text", .text = "running CATS", .op = Operator::kAnd}), "1");
  EXPECT_EQ(find(Match{.field = "text", .text = "the of"}), "");
  EXPECT_EQ(find(Match{.field = "text", .text = "the of", .all_if_no_terms = true}), "1 2 3 4");
  EXPECT_EQ(find(Match{.field = "text", .text = "running", .analyzer = "standard"}), "");
  EXPECT_EQ(find(Match{.field = "stock", .text = "10"}), "1");
  EXPECT_EQ(find(Match{.field = "stock", .text = "ten", .lenient = true}), "");
  EXPECT_EQ(error(Match{.field = "stock", .text = "ten"}), ErrorCode::kInvalidArgument);
  EXPECT_EQ(find(MatchPhrase{.field = "text", .text = "cats dogs"}), "");
  // The stop word between them leaves its place empty.
  EXPECT_EQ(find(MatchPhrase{.field = "text", .text = "cats and dogs"}), "2");
  EXPECT_EQ(find(MatchPhrase{.field = "text", .text = "cats dogs", .slop = 2}), "2 3");
  EXPECT_EQ(find(MatchPhrase{.field = "text", .text = "dogs ca", .prefix = true}), "3");
  EXPECT_EQ(find(MatchText{.field = "text", .text = "dog cat"}), "2 3");
  EXPECT_EQ(find(MatchText{.field = "text", .text = "dog run", .mode = MatchText::Mode::kAny}), "1 2 3");
  EXPECT_EQ(find(MatchText{.field = "text", .text = "dogs cats", .mode = MatchText::Mode::kPhrase}), "3");
}

TEST_P(Queries, BoolOfFilters) {
  const QueryPtr a = make_query(Term{"tags", "a"});
  const QueryPtr b = make_query(Term{"tags", "b"});
  const QueryPtr c = make_query(Term{"tags", "c"});
  EXPECT_EQ(find(Bool{.filter = {a, b}}), "1");
  EXPECT_EQ(find(Bool{.should = {a, c}}), "2 1 4");
  EXPECT_EQ(find(Bool{.filter = {b}, .must_not = {c}}), "1");
  EXPECT_EQ(find(Bool{.filter = {b}, .should = {c}, .minimum_should_match = MinimumShouldMatch::count(1)}),
            "2");
  EXPECT_EQ(find(Bool{.should = {a, b, c}, .minimum_should_match = MinimumShouldMatch::count(2)}), "2 1");
  EXPECT_EQ(find(Bool{.should = {a, b}, .minimum_should_match = MinimumShouldMatch::count(3)}), "");
  EXPECT_EQ(find(MinShould{{a, b, c}, 2}), "1 2");
  EXPECT_EQ(find(MinShould{{a}, 0}), "1 2 3 4");
  EXPECT_EQ(find(Bool{.filter = {make_query(MatchNone{})}, .should = {a}}), "");
  EXPECT_EQ(find(Ids{{DocKey::from_text("4"), DocKey::from_text("1"), DocKey::from_text("9")}}), "1 4");
}

TEST_P(Queries, WhatIsMissingSaysSo) {
  EXPECT_EQ(error(Nested{.path = "tags", .query = make_query(MatchAll{})}), ErrorCode::kUnsupported);
  QueryPtr deep = make_query(MatchAll{});
  for (int i = 0; i < 200; ++i) deep = make_query(Bool{.must = {deep}});
  EXPECT_EQ(search(items_, text_request(deep)).error().code, ErrorCode::kInvalidArgument);
}

TEST_P(Queries, TargetsCarryAccess) {
  Request request = text_request(make_query(MatchAll{}));
  request.targets[0].access_filter = make_query(Term{"tags", "b"});
  request.targets[0].alias_filter = make_query(Range{.field = "stock", .gt = 0});
  EXPECT_EQ(keys_of(found(items_, request)), "1");
  // A masked field is not there for the asker, while the access filter may well use it.
  request.targets[0].visible_fields = {"address", "stock"};
  EXPECT_EQ(keys_of(found(items_, request)), "1");
  request.root = text_request(make_query(Term{"name", "anna"})).root;
  EXPECT_EQ(keys_of(found(items_, request)), "");
  request.root = text_request(make_query(Exists{"address.city"})).root;
  EXPECT_EQ(keys_of(found(items_, request)), "1");
  std::get<Select>(request.root.step).sort = {{.field = "name"}};
  EXPECT_EQ(search(items_, request).error().code, ErrorCode::kInvalidArgument);
}

TEST_P(Queries, MatchedNamesAndFields) {
  Request request = text_request(make_query(
      Bool{.should = {make_query(Term{"tags", "a"}, 1, "has a"), make_query(Term{"stock", 10}, 1, "ten")}}));
  request.fetch = {.document = false, .fields = {"stock", "sold", "tags", "nowhere"}, .matched_names = true};
  const SearchResult result = found(items_, request);
  ASSERT_EQ(keys_of(result), "1 4");
  EXPECT_EQ(result.hits[0].matched_names, (std::vector<std::string>{"has a", "ten"}));
  EXPECT_EQ(result.hits[1].matched_names, (std::vector<std::string>{"has a"}));
  EXPECT_EQ(result.hits[0].document, nullptr);
  ASSERT_EQ(result.hits[0].fields.size(), 3U);
  EXPECT_EQ(result.hits[0].fields[1].second, (std::vector<Value>{true}));
  EXPECT_EQ(result.hits[0].fields[2].second, (std::vector<Value>{"a", "b"}));
}

TEST_P(Queries, DeadlinesAndMemoryAreLimits) {
  Request request = text_request(make_query(MatchAll{}));
  request.deadline = TimePoint();
  EXPECT_EQ(search(items_, request).error().code, ErrorCode::kDeadlineExceeded);
  request.deadline = kNoDeadline;
  request.memory_bytes_max = 8;
  EXPECT_EQ(search(items_, request).error().code, ErrorCode::kResourceExhausted);
}

}  // namespace
}  // namespace stele::engine
