#include "protocols/elastic/head.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocols/elastic/index/names.h"
#include "protocols/elastic/json_filter.h"
#include "protocols/elastic/memory_node_test.h"

namespace stele::elastic {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// What `filter_path` would leave of a reply.
std::string part(const net::HttpResponse& response, std::vector<std::string> paths) {
  Result<json::Document> document = json::Document::parse_borrowed(response.body);
  if (!document) return "not JSON: " + response.body;
  return JsonFilter(paths, {}).apply(document->root());
}

class HeadTest : public ::testing::Test {
 protected:
  // The ids of the hits, in order.
  std::string ids(const std::string& body) {
    const net::HttpResponse response = node_.request("POST", "/films/_search", body);
    if (response.status != 200) return response.body;
    Result<json::Document> document = json::Document::parse_borrowed(response.body);
    std::string text;
    for (const json::Value hit : document->root().find_path("hits", "hits")->elements())
      text += std::string(text.empty() ? "" : " ") + std::string(hit.find("_id")->string());
    return text;
  }
  void load_films() {
    node_.request("PUT", "/films",
                  R"({"mappings":{"properties":{"title":{"type":"text"},"genre":{"type":"keyword"},
      "year":{"type":"integer"},"seen":{"type":"date"},"v":{"type":"dense_vector","dims":2,"similarity":"l2_norm"}}}})");
    const net::HttpResponse loaded =
        node_.request("POST", "/films/_bulk?refresh",
                      "{\"index\":{\"_id\":\"1\"}}\n{\"title\":\"the quick "
                      "fox\",\"genre\":\"a\",\"year\":1990,\"seen\":\"2024-01-01\",\"v\":[0,0]}\n"
                      "{\"index\":{\"_id\":\"2\"}}\n{\"title\":\"the lazy "
                      "dog\",\"genre\":\"b\",\"year\":2000,\"seen\":\"2024-02-01\",\"v\":[0,1]}\n"
                      "{\"index\":{\"_id\":\"3\"}}\n{\"title\":\"quick quick "
                      "dog\",\"genre\":\"b\",\"year\":2010,\"v\":[5,5]}\n",
                      {{"Content-Type", "application/x-ndjson"}});
    ASSERT_EQ(loaded.status, 200) << loaded.body;
    ASSERT_THAT(loaded.body, HasSubstr("\"errors\":false"));
  }
  MemoryNode node_;
};

TEST_F(HeadTest, EveryReplyBearsTheProductHeader) {
  for (const char* target : {"/", "/nothing", "/a/b/c/d/e", "/_search?foo=1"}) {
    const net::HttpResponse response = node_.request("GET", target);
    EXPECT_EQ(response.headers.get("x-elastic-product"), "Elasticsearch") << target;
    EXPECT_TRUE(response.headers.contains("x-stele-lsn"));
  }
  const net::HttpResponse info = node_.request("GET", "/", "", {{"X-Opaque-Id", "me"}});
  EXPECT_EQ(info.headers.get("x-opaque-id"), "me");
  EXPECT_THAT(info.body, HasSubstr("\"tagline\":\"You Know, for Search\""));
  EXPECT_THAT(info.body, HasSubstr("\"number\":\"8.19"));
}

TEST_F(HeadTest, MethodsAndPathsAreRefusedAsByTheOriginal) {
  const net::HttpResponse wrong = node_.request("DELETE", "/films/_search");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.headers.get("allow"), "GET,POST");
  EXPECT_EQ(
      wrong.body,
      R"({"error":"Incorrect HTTP method for uri [/films/_search] and method [DELETE], allowed: [GET, POST]","status":405})");
  const net::HttpResponse none = node_.request("GET", "/a/b/c/d");
  EXPECT_EQ(none.status, 400);
  EXPECT_EQ(none.body, R"({"error":"no handler found for uri [/a/b/c/d] and method [GET]"})");
  const net::HttpResponse form = node_.request("POST", "/_search", "{}", {{"Content-Type", "text/xml"}});
  EXPECT_EQ(form.status, 406);
  EXPECT_EQ(form.body, R"({"error":"Content-Type header [text/xml] is not supported","status":406})");
}

TEST_F(HeadTest, FilterPathAndPrettyShapeReplies) {
  EXPECT_EQ(node_.request("GET", "/?filter_path=version.number,tagline").body,
            R"({"version":{"number":"8.19.0"},"tagline":"You Know, for Search"})");
  EXPECT_EQ(node_.request("GET", "/?filter_path=tagline&pretty").body,
            "{\n  \"tagline\" : \"You Know, for Search\"\n}\n");
}

TEST_F(HeadTest, DocumentsLiveAndDie) {
  const net::HttpResponse created = node_.request("PUT", "/films/_doc/1", R"({"title":"a","n":1})");
  EXPECT_EQ(created.status, 201) << created.body;
  EXPECT_EQ(
      created.body,
      R"({"_index":"films","_id":"1","_version":1,"result":"created","_shards":{"total":1,"successful":1,"failed":0},"_seq_no":1,"_primary_term":1})");
  EXPECT_EQ(created.headers.get("x-stele-applied"), "true");
  const net::HttpResponse got = node_.request("GET", "/films/_doc/1");
  EXPECT_EQ(
      got.body,
      R"({"_index":"films","_id":"1","_version":1,"_seq_no":1,"_primary_term":1,"found":true,"_source":{"title":"a","n":1}})");
  EXPECT_EQ(node_.request("GET", "/films/_doc/2").status, 404);
  EXPECT_EQ(node_.request("GET", "/films/_doc/2").body, R"({"_index":"films","_id":"2","found":false})");
  EXPECT_EQ(node_.request("PUT", "/films/_doc/1", R"({"title":"b"})").status, 200);
  const net::HttpResponse conflict = node_.request("PUT", "/films/_create/1", "{}");
  EXPECT_EQ(conflict.status, 409);
  EXPECT_THAT(conflict.body,
              HasSubstr("[1]: version conflict, document already exists (current version [2])"));
  const net::HttpResponse stale = node_.request("PUT", "/films/_doc/1?if_seq_no=1&if_primary_term=1", "{}");
  EXPECT_EQ(stale.status, 409);
  EXPECT_THAT(stale.body,
              HasSubstr("[1]: version conflict, required seqNo [1], primary term [1]. current document has "
                        "seqNo [2] and primary term [1]"));
  EXPECT_EQ(node_.request("PUT", "/films/_doc/1?if_seq_no=2&if_primary_term=1", R"({"title":"c"})").status,
            200);
  EXPECT_EQ(node_.request("GET", "/films/_source/1").body, R"({"title":"c"})");
  EXPECT_EQ(node_.request("HEAD", "/films/_doc/1").status, 200);
  EXPECT_THAT(node_.request("DELETE", "/films/_doc/1").body, HasSubstr(R"("result":"deleted")"));
  EXPECT_EQ(node_.request("DELETE", "/films/_doc/1").status, 404);
  const net::HttpResponse made = node_.request("POST", "/films/_doc", R"({"title":"d"})");
  EXPECT_EQ(made.status, 201);
  EXPECT_THAT(part(made, {"_id"}), ::testing::MatchesRegex(R"(\{"_id":"[A-Za-z0-9_-]{20}"\})"));
}

TEST_F(HeadTest, UpdatesMergeAndDetectNoops) {
  node_.request("PUT", "/films/_doc/1", R"({"a":{"b":1,"c":2},"d":3})");
  EXPECT_THAT(node_.request("POST", "/films/_update/1", R"({"doc":{"a":{"b":9},"e":[1]}})").body,
              HasSubstr(R"("result":"updated")"));
  EXPECT_EQ(node_.request("GET", "/films/_source/1").body, R"({"a":{"b":9,"c":2},"d":3,"e":[1]})");
  EXPECT_THAT(node_.request("POST", "/films/_update/1", R"({"doc":{"d":3}})").body,
              HasSubstr(R"("result":"noop")"));
  EXPECT_EQ(node_.request("POST", "/films/_update/2", R"({"doc":{"d":3}})").status, 404);
  EXPECT_EQ(node_.request("POST", "/films/_update/2", R"({"doc":{"d":3},"upsert":{"n":1}})").status, 201);
  EXPECT_EQ(node_.request("POST", "/films/_update/3", R"({"doc":{"d":3},"doc_as_upsert":true})").status, 201);
  const net::HttpResponse script =
      node_.request("POST", "/films/_update/1", R"({"script":"ctx._source.d++"})");
  EXPECT_EQ(script.status, 400);
  EXPECT_THAT(script.body, HasSubstr("[script] of an update is not supported by Stele yet"));
  EXPECT_THAT(node_.request("POST", "/films/_update/1", "{}").body, HasSubstr("script or doc is missing"));
}

TEST_F(HeadTest, BulkAnswersEachItem) {
  const net::HttpResponse response =
      node_.request("POST", "/_bulk",
                    "{\"index\":{\"_index\":\"films\",\"_id\":\"1\"}}\n{\"year\":1}\n"
                    "{\"create\":{\"_index\":\"films\",\"_id\":\"1\"}}\n{\"year\":2}\n"
                    "{\"update\":{\"_index\":\"films\",\"_id\":\"1\"}}\n{\"doc\":{\"year\":3}}\n"
                    "{\"index\":{\"_index\":\"films\",\"_id\":\"2\"}}\n{\"year\":\n"
                    "{\"index\":{\"_index\":\"films\",\"_id\":\"3\"}}\n{\"year\":\"x\"}\n"
                    "{\"delete\":{\"_index\":\"films\",\"_id\":\"1\"}}\n",
                    {{"Content-Type", "application/x-ndjson"}});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(
      part(response, {"errors", "items.*.status", "items.*.error.type"}),
      R"({"errors":true,"items":[{"index":{"status":201}},{"create":{"status":409,"error":{"type":"version_conflict_engine_exception"}}},{"update":{"status":200}},{"index":{"status":400,"error":{"type":"document_parsing_exception"}}},{"index":{"status":400,"error":{"type":"document_parsing_exception"}}},{"delete":{"status":200}}]})");
  EXPECT_THAT(response.body,
              HasSubstr("failed to parse field [year] of type [long] in document with id '3'. Preview "
                        "of field's value: 'x'"));
}

TEST_F(HeadTest, ABulkMapsANewFieldOnce) {
  std::string body;
  for (int i = 0; i < 100; ++i)
    body += "{\"index\":{}}\n{\"n\":" + std::to_string(i) + ",\"text\":\"one\"}\n";
  const net::HttpResponse response =
      node_.request("POST", "/new/_bulk", body, {{"Content-Type", "application/x-ndjson"}});
  EXPECT_EQ(part(response, {"errors"}), R"({"errors":false})");
  EXPECT_EQ(node_.definition_changes(), 1);
}

TEST_F(HeadTest, ALargeBulkLetsOthersHaveTheirTurn) {
  constexpr std::size_t kItems = 5'120;
  std::string body;
  for (std::size_t i = 0; i < kItems; ++i) body += "{\"index\":{}}\n{\"n\":1}\n";
  const std::size_t turns =
      node_.turns_during("POST", "/new/_bulk", body, {{"Content-Type", "application/x-ndjson"}});
  // Reading, looking up, telling outcomes and writing the reply by 256, checking documents by 64.
  EXPECT_GE(turns, 4 * (kItems / 256) + kItems / 64 - 10);
}

TEST_F(HeadTest, SearchesMatchSortAndPage) {
  load_films();
  EXPECT_EQ(ids(R"({"query":{"match":{"title":"quick"}}})"), "3 1");
  EXPECT_EQ(ids(R"({"query":{"match":{"title":{"query":"quick dog","operator":"and"}}}})"), "3");
  EXPECT_EQ(ids(R"({"query":{"bool":{"filter":[{"term":{"genre":"b"}},{"range":{"year":{"gte":2005}}}]}}})"),
            "3");
  EXPECT_EQ(ids(R"({"sort":[{"year":"desc"}]})"), "3 2 1");
  EXPECT_EQ(ids(R"({"sort":["year"],"from":1,"size":1})"), "2");
  EXPECT_EQ(ids(R"({"sort":["year"],"search_after":[1990]})"), "2 3");
  EXPECT_EQ(ids(R"({"query":{"range":{"seen":{"gte":"2024-01-15"}}}})"), "2");
  EXPECT_EQ(ids(R"({"knn":{"field":"v","query_vector":[0,0.2],"k":2,"num_candidates":10}})"), "1 2");
  EXPECT_EQ(ids(R"({"query":{"ids":{"values":["2"]}}})"), "2");
  EXPECT_EQ(ids(R"({"query":{"exists":{"field":"seen"}},"sort":"year"})"), "1 2");
  EXPECT_EQ(ids(R"({"query":{"match_all":{}},"post_filter":{"term":{"genre":"a"}}})"), "1");
}

TEST_F(HeadTest, NearWordsAndPatternsMatch) {
  load_films();
  EXPECT_EQ(ids(R"({"query":{"match":{"title":{"query":"quikc","fuzziness":"AUTO"}}}})"), "3 1");
  EXPECT_EQ(
      ids(R"({"query":{"match":{"title":{"query":"quikc","fuzziness":1,"fuzzy_transpositions":false}}}})"),
      "");
  EXPECT_EQ(ids(R"({"query":{"match":{"title":{"query":"xuick","fuzziness":1,"prefix_length":1}}}})"), "");
  EXPECT_EQ(ids(R"({"query":{"multi_match":{"query":"lasy","fields":["title"],"fuzziness":1}}})"), "2");
  EXPECT_EQ(ids(R"({"query":{"fuzzy":{"title":{"value":"lasy"}}}})"), "2");
  EXPECT_EQ(ids(R"({"query":{"regexp":{"title":"(la|f).{1,2}y?"}},"sort":"year"})"), "1 2");
  EXPECT_EQ(ids(R"({"query":{"wildcard":{"title":{"value":"Q*k","case_insensitive":true}}},"sort":"year"})"),
            "1 3");
  EXPECT_EQ(node_.request("POST", "/films/_search", R"({"query":{"regexp":{"title":"a("}}})").status, 400);
}

TEST_F(HeadTest, ScoresAreToldWhereTheyAreAskedFor) {
  load_films();
  const auto told = [&](std::string_view more) {
    const std::string body =
        R"({"query":{"match":{"title":"quick"}},"sort":["year"])" + std::string(more) + "}";
    const net::HttpResponse response = node_.request("POST", "/films/_search", body);
    return std::pair(response.body.contains("\"max_score\":null"), response.body.contains("\"_score\":null"));
  };
  EXPECT_EQ(told(""), std::pair(true, true));
  EXPECT_EQ(told(R"(,"track_scores":true)"), std::pair(false, false));
  EXPECT_EQ(
      part(
          node_.request(
              "POST", "/films/_search",
              R"({"query":{"bool":{"filter":{"match":{"title":"quick"}}}},"sort":["_doc"],"track_scores":true})"),
          {"hits.max_score", "hits.hits._score"}),
      R"({"hits":{"max_score":0.0,"hits":[{"_score":0.0},{"_score":0.0}]}})");
}

TEST_F(HeadTest, SearchRepliesAreInElasticsearchsForm) {
  load_films();
  net::HttpResponse response = node_.request(
      "POST", "/films/_search", R"({"query":{"term":{"genre":"a"}},"_source":["title"],"version":true})");
  EXPECT_EQ(
      part(response, {"timed_out", "_shards", "hits.total", "hits.hits._id", "hits.hits._version",
                      "hits.hits._source", "hits.hits._index"}),
      R"({"timed_out":false,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0},"hits":{"total":{"value":1,"relation":"eq"},"hits":[{"_index":"films","_id":"1","_version":1,"_source":{"title":"the quick fox"}}]}})");
  response =
      node_.request("GET", "/films/_search?sort=seen:desc&size=1&_source=false&rest_total_hits_as_int=true");
  EXPECT_EQ(
      part(response, {"hits"}),
      R"({"hits":{"total":3,"max_score":null,"hits":[{"_index":"films","_id":"2","_score":null,"sort":[1706745600000]}]}})");
  response = node_.request("GET", "/films/_search?size=0&track_total_hits=2");
  EXPECT_EQ(part(response, {"hits"}),
            R"({"hits":{"total":{"value":2,"relation":"gte"},"max_score":null,"hits":[]}})");
  response = node_.request("GET", "/films/_search?size=0&track_total_hits=false");
  EXPECT_EQ(part(response, {"hits"}), R"({"hits":{"max_score":null,"hits":[]}})");
  EXPECT_EQ(part(node_.request("GET", "/films/_count?q=genre:b"), {"count"}), R"({"count":2})");
}

TEST_F(HeadTest, SearchFailuresAreTold) {
  load_films();
  net::HttpResponse response = node_.request("GET", "/films/_search?from=10000");
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body,
              HasSubstr("Result window is too large, from + size must be less than or equal to: [10000] "
                        "but was [10010]."));
  EXPECT_THAT(response.body, HasSubstr("search_phase_execution_exception"));
  response = node_.request("POST", "/films/_search", R"({"aggs":{"a":{"terms":{"field":"genre"}}}})");
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body, HasSubstr("[aggs] in a search request is not supported by Stele yet"));
  response =
      node_.request("POST", "/films/_search",
                    R"({"query":{"multi_match":{"query":"a","fields":["title"],"type":"cross_fields"}}})");
  EXPECT_EQ(part(response, {"error.type", "status"}),
            R"({"error":{"type":"unsupported_operation_exception"},"status":400})");
  response = node_.request("POST", "/films/_search", R"({"foo":1})");
  EXPECT_THAT(response.body, HasSubstr("Unknown key for a VALUE_NUMBER in [foo]."));
  response = node_.request("POST", "/films/_search", R"({"sort":"title"})");
  EXPECT_THAT(response.body, HasSubstr("Fielddata is disabled on [title]"));
  response = node_.request("POST", "/films/_search", R"({"sort":"nothing"})");
  EXPECT_THAT(response.body, HasSubstr("No mapping found for [nothing] in order to sort on"));
  EXPECT_EQ(node_.request("GET", "/nothing/_search").status, 404);
  EXPECT_EQ(node_.request("GET", "/nothing/_search?ignore_unavailable=true").status, 200);
  EXPECT_EQ(node_.request("GET", "/noth*/_search").status, 200);
  EXPECT_EQ(node_.request("GET", "/noth*/_search?allow_no_indices=false").status, 404);
  EXPECT_EQ(node_.request("POST", "/films/_search", "{\"query\":").status, 400);
}

TEST_F(HeadTest, AnIndexThatIsBeingBuiltIsNotSearchedByAMappingThatIsNotThereYet) {
  load_films();
  node_.begin_building("films");
  for (const char* body :
       {R"({"sort":"year"})", R"({"query":{"term":{"genre":"a"}}})", R"({"query":{"nonsense":{}}})"}) {
    const net::HttpResponse response = node_.request("POST", "/films/_search", body);
    EXPECT_EQ(response.status, 503) << response.body;
    EXPECT_THAT(response.body, HasSubstr("no_shard_available_action_exception"));
  }
  EXPECT_EQ(node_.request("POST", "/films/_count", R"({"query":{"term":{"genre":"a"}}})").status, 503);
  EXPECT_EQ(node_.request("POST", "/films/_validate/query", R"({"query":{"match_all":{}}})").status, 503);
}

TEST_F(HeadTest, IndicesHaveMappingsSettingsAndAliases) {
  const net::HttpResponse created =
      node_.request("PUT", "/films", R"({"settings":{"number_of_shards":3,"index":{"refresh_interval":"5s"}},
      "mappings":{"dynamic":"strict","properties":{"t":{"type":"text","analyzer":"english"}}},
      "aliases":{"movies":{"filter":{"term":{"t":"x"}}}}})");
  EXPECT_EQ(created.body, R"({"acknowledged":true,"shards_acknowledged":true,"index":"films"})");
  EXPECT_THAT(node_.request("PUT", "/films").body, HasSubstr("index [films/uuid-of-films] already exists"));
  EXPECT_EQ(
      part(node_.request("GET", "/films"), {"*.mappings", "*.aliases", "*.settings.index.number_of_shards"}),
      R"({"films":{"aliases":{"movies":{"filter":{"term":{"t":"x"}}}},"mappings":{"dynamic":"strict","properties":{"t":{"type":"text","analyzer":"english"}}},"settings":{"index":{"number_of_shards":"3"}}}})");
  EXPECT_EQ(node_.request("HEAD", "/films").status, 200);
  EXPECT_EQ(node_.request("HEAD", "/nothing").status, 404);
  EXPECT_EQ(node_.request("HEAD", "/movies").status, 200);
  const net::HttpResponse strict = node_.request("PUT", "/films/_doc/1", R"({"u":1})");
  EXPECT_EQ(strict.status, 400);
  EXPECT_THAT(
      strict.body,
      HasSubstr("[1:6] mapping set to strict, dynamic introduction of [u] within [_doc] is not allowed"));
  EXPECT_EQ(node_.request("PUT", "/films/_mapping", R"({"properties":{"u":{"type":"long"}}})").body,
            R"({"acknowledged":true})");
  EXPECT_EQ(node_.request("PUT", "/movies/_doc/1", R"({"t":"x","u":1})").status, 201);
  const net::HttpResponse changed =
      node_.request("PUT", "/films/_mapping", R"({"properties":{"u":{"type":"keyword"}}})");
  EXPECT_EQ(changed.status, 400);
  EXPECT_THAT(changed.body, HasSubstr("mapper [u] cannot be changed from type [long] to [keyword]"));
  EXPECT_EQ(part(node_.request("GET", "/films/_mapping/field/u"), {"**.type"}),
            R"({"films":{"mappings":{"u":{"mapping":{"u":{"type":"long"}}}}}})");
  EXPECT_EQ(node_.request("GET", "/_cat/aliases?h=alias,index,filter").body, "movies films *\n");
  EXPECT_THAT(node_.request("DELETE", "/movies").body, HasSubstr("matches an alias"));
  EXPECT_EQ(node_.request("DELETE", "/films").body, R"({"acknowledged":true})");
  EXPECT_EQ(node_.request("GET", "/_alias/movies").status, 404);
}

TEST_F(HeadTest, NamesAreChecked) {
  EXPECT_THAT(node_.request("PUT", "/Films").body,
              HasSubstr("Invalid index name [Films], must be lowercase"));
  EXPECT_THAT(node_.request("PUT", "/_films").body, HasSubstr("must not start with '_', '-', or '+'"));
  EXPECT_THAT(node_.request("PUT", "/a%20b").body, HasSubstr("must not contain the following characters"));
  EXPECT_THAT(node_.request("PUT", "/a", R"({"mappings":{"properties":{"x":{"type":"nonsense"}}}})").body,
              HasSubstr("The mapper type [nonsense] declared on field [x] does not exist."));
  EXPECT_THAT(node_.request("PUT", "/a", R"({"settings":{"nonsense":1}})").body,
              HasSubstr("unknown setting [index.nonsense]"));
  EXPECT_THAT(node_.request("PUT", "/a", R"({"nonsense":1})").body,
              HasSubstr("unknown key [nonsense] for create index"));
}

TEST_F(HeadTest, RefreshByHandPinsSearches) {
  node_.request("PUT", "/films", R"({"settings":{"refresh_interval":-1}})");
  EXPECT_EQ(part(node_.request("GET", "/films/_count"), {"count"}), R"({"count":0})");
  node_.request("PUT", "/films/_doc/1", R"({"a":1})");
  EXPECT_EQ(part(node_.request("GET", "/films/_count"), {"count"}), R"({"count":0})");
  EXPECT_EQ(node_.request("GET", "/films/_doc/1?realtime=false").status, 404);
  EXPECT_EQ(node_.request("GET", "/films/_doc/1").status, 200);
  node_.request("POST", "/films/_refresh");
  EXPECT_EQ(part(node_.request("GET", "/films/_count"), {"count"}), R"({"count":1})");
  node_.request("PUT", "/films/_settings", R"({"index":{"refresh_interval":"1s"}})");
  node_.request("PUT", "/films/_doc/2", R"({"a":1})");
  EXPECT_EQ(part(node_.request("GET", "/films/_count"), {"count"}), R"({"count":2})");
}

TEST_F(HeadTest, ManyAtOnce) {
  load_films();
  const net::HttpResponse got = node_.request(
      "POST", "/_mget",
      R"({"docs":[{"_index":"films","_id":"1","_source":["year"]},{"_index":"films","_id":"9"},{"_index":"nothing","_id":"1"}]})");
  EXPECT_EQ(
      part(got, {"docs._id", "docs.found", "docs._source", "docs.error.type"}),
      R"({"docs":[{"_id":"1","found":true,"_source":{"year":1990}},{"_id":"9","found":false},{"_id":"1","error":{"type":"index_not_found_exception"}}]})");
  const net::HttpResponse searched =
      node_.request("POST", "/films/_msearch", "{}\n{\"size\":0}\n{\"index\":\"nothing\"}\n{}\n",
                    {{"Content-Type", "application/x-ndjson"}});
  EXPECT_EQ(
      part(searched, {"responses.status", "responses.hits.total.value", "responses.error.type"}),
      R"({"responses":[{"hits":{"total":{"value":3}},"status":200},{"error":{"type":"index_not_found_exception"},"status":404}]})");
}

TEST_F(HeadTest, CatAndHealthTellOfIndices) {
  load_films();
  node_.request("PUT", "/zebra", R"({"settings":{"number_of_replicas":1}})");
  EXPECT_EQ(node_.request("GET", "/_cat/indices?h=index,docs.count,health&s=index:desc&v").body,
            "index docs.count health\nzebra          0 yellow\nfilms          3 green\n");
  EXPECT_EQ(node_.request("GET", "/_cat/indices/films?format=json&h=index,docs.count").body,
            R"([{"index":"films","docs.count":"3"}])");
  EXPECT_EQ(part(node_.request("GET", "/_cluster/health?level=indices"), {"status", "indices.*.status"}),
            R"({"status":"yellow","indices":{"films":{"status":"green"},"zebra":{"status":"yellow"}}})");
  EXPECT_EQ(node_.request("GET", "/_cluster/health/zebra?wait_for_status=green&timeout=50ms").status, 408);
  EXPECT_EQ(node_.request("GET", "/_cluster/health/films?wait_for_status=green&timeout=5s").status, 200);
}

TEST_F(HeadTest, WhatIsMissingSaysSo) {
  for (const char* target : {"/_search/scroll", "/_template/x", "/_ingest/pipeline/p"}) {
    const net::HttpResponse response = node_.request("GET", target);
    EXPECT_EQ(response.status, 400) << target;
    EXPECT_THAT(response.body, HasSubstr("not supported by Stele yet"));
  }
}

}  // namespace
}  // namespace stele::elastic
