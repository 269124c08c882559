#include "protocols/elastic/query/query_parser.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "protocols/elastic/index/mapping.h"
#include "protocols/elastic/query/date_math.h"
#include "protocols/elastic/query/query_text.h"

namespace stele::elastic {
namespace {

// 2024-05-15T12:30:00Z, a Wednesday.
constexpr std::int64_t kNow = 1715776200LL * 1'000'000'000;

QueryScope scope() {
  constexpr std::string_view kMapping = R"({"properties":{
    "title":{"type":"text","fields":{"raw":{"type":"keyword"}}}, "body":{"type":"text","analyzer":"english"},
    "status":{"type":"keyword"}, "views":{"type":"long"}, "price":{"type":"double"}, "ok":{"type":"boolean"},
    "at":{"type":"date"}, "day":{"type":"date","format":"dd/MM/yyyy"},
    "v":{"type":"dense_vector","dims":3,"similarity":"l2_norm"}}})";
  Result<json::Document> document = json::Document::parse(std::string(kMapping));
  Outcome<MappingChange> mapping = parse_mapping(document->root());
  EXPECT_TRUE(mapping.has_value());
  QueryScope result;
  result.definitions.push_back(std::make_shared<const views::CollectionDefinition>(
      *views::CollectionDefinition{}.with(std::move(mapping->change))));
  result.key_layouts.push_back({engine::KeyType::kText});
  result.now_ns = kNow;
  return result;
}

std::string parsed(std::string_view text) {
  const QueryScope fields = scope();
  Result<json::Document> document = json::Document::parse_borrowed(text);
  if (!document) return "not JSON: " + document.error().message;
  QueryParser parser(fields, text);
  Outcome<engine::QueryPtr> query = parser.parse(document->root());
  if (query) return query_text(**query);
  const Failure& failure = query.error();
  return fmt::format("{} {}: {}", failure.status, failure.type, failure.reason);
}

struct Case {
  std::string_view query;
  std::string_view expected;
};

class QueryTree : public ::testing::TestWithParam<Case> {};

TEST_P(QueryTree, IsAsExpected) {
  EXPECT_EQ(parsed(GetParam().query), GetParam().expected);
}

constexpr Case kFullText[] = {
    {R"({"match":{"title":"quick fox"}})", R"(match(title "quick fox" or))"},
    {R"({"match":{"title":{"query":"quick fox","operator":"AND","boost":2,"_name":"m"}}})",
     R"(match(title "quick fox" and)^2#m)"},
    {R"({"match":{"title":{"query":"a b c","minimum_should_match":"2"}}})", R"(match(title "a b c" or min))"},
    {R"({"match":{"title":{"query":"a","fuzziness":"AUTO"}}})", R"(match(title "a" or ~AUTO))"},
    {R"({"match":{"status":"open"}})", R"(term(status "open"))"},
    {R"({"match":{"views":"12"}})", R"(term(views "12"))"},
    {R"({"match":{"views":{"query":"x","lenient":true}}})", "none"},
    {R"({"match_phrase":{"title":{"query":"quick fox","slop":2}}})", R"(phrase(title "quick fox" ~2))"},
    {R"({"match_phrase_prefix":{"title":"quick f"}})", R"(phrase_prefix(title "quick f" ~0 50))"},
    {R"({"multi_match":{"query":"fox","fields":["title^3","body"]}})",
     R"(multi_match(best_fields "fox" title^3 body^1))"},
    {R"({"multi_match":{"query":"fox","fields":"ti*","type":"phrase"}})",
     R"(multi_match(phrase "fox" title^1 title.raw^1))"},
    {R"({"multi_match":{"query":"fox","fields":["title"],"type":"most_fields","operator":"and"}})",
     R"(multi_match(most_fields "fox" title^1 and))"},
};
INSTANTIATE_TEST_SUITE_P(FullText, QueryTree, ::testing::ValuesIn(kFullText));

constexpr Case kTermLevel[] = {
    {R"({"term":{"status":"open"}})", R"(term(status "open"))"},
    {R"({"term":{"status":{"value":"OPEN","case_insensitive":true,"boost":1.5}}})",
     R"(term(status "OPEN" ignoring_case)^1.5)"},
    {R"({"term":{"_id":"7"}})", "ids(7)"},
    {R"({"terms":{"status":["open","shut"],"boost":2}})", R"(terms(status "open" "shut")^2)"},
    {R"({"terms":{"status":[]}})", "none"},
    {R"({"terms":{"_id":["1","2"]}})", "ids(1 2)"},
    {R"({"ids":{"values":["b","a"]}})", "ids(b a)"},
    {R"({"exists":{"field":"title"}})", "exists(title)"},
    {R"({"prefix":{"status":"op"}})", R"(prefix(status "op"))"},
    {R"({"wildcard":{"status":{"value":"o*n","case_insensitive":true}}})",
     R"(wildcard(status "o*n" ignoring_case))"},
    {R"({"range":{"views":{"gte":1,"lt":10}}})", "range(views >=1 <10)"},
    {R"({"range":{"views":{"gt":"1","lte":"10.5","boost":2}}})", "range(views >1 <=10.5)^2"},
    {R"({"range":{"views":{"from":1,"to":2,"include_lower":false}}})", "range(views >1 <=2)"},
    {R"({"range":{"status":{"gte":"a"}}})", R"(range(status >="a"))"},
};
INSTANTIATE_TEST_SUITE_P(TermLevel, QueryTree, ::testing::ValuesIn(kTermLevel));

constexpr Case kDates[] = {
    {R"({"range":{"at":{"gte":"2024-05-01","lt":"2024-06-01"}}})",
     "range(at >=2024-05-01T00:00:00.000Z <2024-06-01T00:00:00.000Z)"},
    // lte and gt take the last instant of what the text leaves open.
    {R"({"range":{"at":{"lte":"2024-05"}}})", "range(at <=2024-05-31T23:59:59.999999999Z)"},
    {R"({"range":{"at":{"gt":"2024-05-01"}}})", "range(at >2024-05-01T23:59:59.999999999Z)"},
    {R"({"range":{"at":{"gte":"now-1d/d"}}})", "range(at >=2024-05-14T00:00:00.000Z)"},
    {R"({"range":{"at":{"lte":"now/d"}}})", "range(at <=2024-05-15T23:59:59.999999999Z)"},
    {R"({"range":{"at":{"gte":"now/w"}}})", "range(at >=2024-05-13T00:00:00.000Z)"},
    {R"({"range":{"at":{"gte":"2024-01-31||+1M"}}})", "range(at >=2024-02-29T00:00:00.000Z)"},
    {R"({"range":{"at":{"gte":"2024-05-15||/y"}}})", "range(at >=2024-01-01T00:00:00.000Z)"},
    {R"({"range":{"at":{"gte":"2024-05-01","time_zone":"+02:00"}}})", "range(at >=2024-04-30T22:00:00.000Z)"},
    {R"({"range":{"at":{"gte":"now/d","time_zone":"+14:00"}}})", "range(at >=2024-05-15T10:00:00.000Z)"},
    {R"({"range":{"at":{"gte":1715776200000}}})", "range(at >=2024-05-15T12:30:00.000Z)"},
    {R"({"range":{"at":{"gte":"15/05/2024","format":"dd/MM/yyyy"}}})",
     "range(at >=2024-05-15T00:00:00.000Z)"},
    {R"({"range":{"day":{"lte":"15/05/2024"}}})", "range(day <=2024-05-15T23:59:59.999999999Z)"},
    // Beyond what instants can be: the last one there is.
    {R"({"range":{"at":{"lt":"2024-05-01||+9999y"}}})", "range(at <2262-04-11T23:47:16.854775807Z)"},
    {R"({"term":{"at":"2024-05-15"}})",
     "range(at >=2024-05-15T00:00:00.000Z <=2024-05-15T23:59:59.999999999Z)"},
};
INSTANTIATE_TEST_SUITE_P(Dates, QueryTree, ::testing::ValuesIn(kDates));

constexpr Case kCompound[] = {
    {R"({"match_all":{}})", "all"},
    {R"({"match_all":{"boost":1.2}})", "all^1.2"},
    {R"({"bool":{}})", "all"},
    {R"({"bool":{"must":{"match_all":{}},"filter":[{"term":{"status":"open"}}],"should":[{"match_none":{}}],)"
     R"("must_not":[{"exists":{"field":"price"}}],"minimum_should_match":1}})",
     R"(bool(must[all] filter[term(status "open")] should[none] must_not[exists(price)] min))"},
    {R"({"constant_score":{"filter":{"term":{"status":"open"}},"boost":3}})",
     R"(constant(term(status "open"))^3)"},
    {R"({"dis_max":{"queries":[{"match_all":{}},{"match_none":{}}],"tie_breaker":0.5}})",
     "dis_max(all none 0.5)"},
    {R"({"boosting":{"positive":{"match_all":{}},"negative":{"match_none":{}},"negative_boost":0.2}})",
     "boosting(all none 0.2)"},
    {R"({"knn":{"field":"v","query_vector":[1,2,3],"k":5,"num_candidates":50}})", "knn(v 3 5 50)"},
};
INSTANTIATE_TEST_SUITE_P(Compound, QueryTree, ::testing::ValuesIn(kCompound));

constexpr Case kFailures[] = {
    {R"({"matc":{"a":1}})", "400 parsing_exception: unknown query [matc] did you mean [match]?"},
    {R"({})", "400 illegal_argument_exception: query malformed, empty clause found at [1:2]"},
    {R"({"match":"x"})", "400 parsing_exception: [match] query malformed, no start_object after query name"},
    {R"({"match_all":{},"match_none":{}})",
     "400 parsing_exception: [match_all] malformed query, expected [END_OBJECT] but found [FIELD_NAME]"},
    {R"({"match":{"title":{"query":"a","foo":1}}})",
     "400 parsing_exception: [match] query does not support [foo]"},
    {R"({"match":{"a":"x","b":"y"}})",
     "400 parsing_exception: [match] query doesn't support multiple fields, found [a] and [b]"},
    {R"({"term":{"status":["a"]}})", "400 parsing_exception: [term] query does not support array of values"},
    {R"({"bool":{"mus":[]}})",
     "400 x_content_parse_exception: [1:16] [bool] unknown field [mus] did you mean [must]?"},
    {R"({"exists":{}})", "400 parsing_exception: [exists] must be provided with a [field]"},
    {R"({"terms":{"boost":1}})",
     "400 parsing_exception: [terms] query requires a field name, followed by array of terms or a document "
     "lookup "
     "specification"},
    {R"({"query_string":{"query":"a"}})",
     "400 unsupported_operation_exception: [query_string] query is not supported by Stele yet"},
    {R"({"term":{"views":"many"}})", R"(400 query_shard_exception: failed to create query: )"},
    {R"({"range":{"at":{"gte":"yesterday"}}})",
     "400 parse_exception: failed to parse date field [yesterday]"},
    {R"({"range":{"at":{"gte":"now/x"}}})", "400 parse_exception: unit [x] not supported in date math [/x]"},
    {R"({"range":{"views":{"gte":1,"foo":2}}})",
     "400 parsing_exception: [range] query does not support [foo]"},
};

TEST(QueryFailures, AreWordedAsElasticsearchDoes) {
  for (const Case& one : kFailures) {
    const std::string told = parsed(one.query);
    EXPECT_TRUE(told.starts_with(one.expected))
        << one.query << "\n  told: " << told << "\n  want: " << one.expected;
  }
}

TEST(QueryDepth, IsBounded) {
  std::string query = R"({"match_all":{}})";
  for (int i = 0; i < QueryParser::kDepthMax - 1; ++i) query = R"({"bool":{"must":)" + query + "}}";
  EXPECT_TRUE(parsed(query).starts_with("bool"));
  query = R"({"bool":{"must":)" + query + "}}";
  EXPECT_NE(parsed(query).find("exceeds the maximum nested depth"), std::string::npos);
}

TEST(UriQuery, TakesFieldsAndValues) {
  const QueryScope fields = scope();
  const auto told = [&](std::string_view q) {
    Outcome<engine::QueryPtr> query = parse_uri_query(fields, q);
    return query ? query_text(**query) : query.error().reason;
  };
  EXPECT_EQ(told("*"), "all");
  EXPECT_EQ(told("title:fox"), R"(match(title "fox" or))");
  EXPECT_EQ(told("status:o*"), R"(wildcard(status "o*"))");
  EXPECT_EQ(told("_exists_:title"), "exists(title)");
  EXPECT_NE(told("a AND b").find("not supported"), std::string::npos);
  EXPECT_NE(told("title:\"a b\"").find("not supported"), std::string::npos);
}

}  // namespace
}  // namespace stele::elastic
