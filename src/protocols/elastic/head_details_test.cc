// Details of replies that Elasticsearch's own REST tests look at.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocols/elastic/json_filter.h"
#include "protocols/elastic/memory_node_test.h"

namespace stele::elastic {
namespace {

using ::testing::HasSubstr;

class HeadDetailsTest : public ::testing::Test {
 protected:
  std::string part(const net::HttpResponse& response, std::vector<std::string> paths) {
    Result<json::Document> document = json::Document::parse_borrowed(response.body);
    if (!document) return "not JSON: " + response.body;
    return JsonFilter(paths, {}).apply(document->root());
  }
  std::string get(std::string target, std::vector<std::string> paths) {
    return part(node_.request("GET", std::move(target)), std::move(paths));
  }
  std::string post(std::string target, std::string body, std::vector<std::string> paths) {
    return part(node_.request("POST", std::move(target), std::move(body)), std::move(paths));
  }
  net::HttpResponse put(std::string target, std::string body) {
    return node_.request("PUT", std::move(target), std::move(body));
  }
  MemoryNode node_;
};

TEST_F(HeadDetailsTest, AliasesAreExcludedBehindPatternsAndMissedByName) {
  put("/i", R"({"aliases":{"a1":{},"a2":{},"b1":{}}})");
  EXPECT_EQ(get("/_alias/b1,a*,-a1", {}), R"({"i":{"aliases":{"a2":{},"b1":{}}}})");
  EXPECT_EQ(get("/_alias/a1,b1,-a*", {}), R"({"i":{"aliases":{"b1":{}}}})");
  EXPECT_EQ(get("/_alias/a*,-nothing", {}), R"({"i":{"aliases":{"a1":{},"a2":{}}}})");
  const net::HttpResponse one = node_.request("GET", "/_alias/-a1,a*");
  EXPECT_EQ(one.status, 404);
  EXPECT_EQ(part(one, {"error"}), R"({"error":"alias [-a1] missing"})");
  EXPECT_EQ(get("/_alias/z,a1,y", {"error", "status", "i"}),
            R"({"error":"aliases [y,z] missing","status":404,"i":{"aliases":{"a1":{}}}})");
}

TEST_F(HeadDetailsTest, NarrowRoutingOfAnAliasWins) {
  put("/i", "{}");
  put("/i/_alias/a", R"({"routing":"both","index_routing":"index"})");
  EXPECT_EQ(get("/_alias/a", {}),
            R"({"i":{"aliases":{"a":{"search_routing":"both","index_routing":"index"}}}})");
}

TEST_F(HeadDetailsTest, DeletingIndicesKnowsNoAliases) {
  put("/index", R"({"aliases":{"alias":{}}})");
  put("/other", "{}");
  EXPECT_EQ(node_.request("DELETE", "/alia*").status, 200);
  EXPECT_EQ(node_.request("DELETE", "/alia*?allow_no_indices=false").status, 404);
  EXPECT_EQ(node_.request("DELETE", "/alias").status, 400);
  EXPECT_EQ(node_.request("HEAD", "/index").status, 200);
  EXPECT_EQ(node_.request("DELETE", "/alias,other?ignore_unavailable=true").status, 200);
  EXPECT_EQ(node_.request("HEAD", "/index").status, 200);
  EXPECT_EQ(node_.request("HEAD", "/other").status, 404);
}

TEST_F(HeadDetailsTest, HiddenIndicesAndAliasesAreNamedOnRequest) {
  put("/hidden", R"({"settings":{"hidden":true},"aliases":{"seen":{"is_hidden":true}}})");
  EXPECT_EQ(node_.request("GET", "/_cat/indices?h=index").body, "");
  EXPECT_EQ(node_.request("GET", "/_cat/indices/hidden?h=index").body, "hidden\n");
  EXPECT_EQ(node_.request("GET", "/_cat/indices?h=index&expand_wildcards=all").body, "hidden\n");
  EXPECT_EQ(node_.request("GET", "/_cat/aliases?h=alias").body, "seen\n");
  EXPECT_EQ(node_.request("GET", "/_cat/aliases?h=alias&expand_wildcards=open").body, "");
  EXPECT_EQ(get("/_alias/seen", {}), R"({"hidden":{"aliases":{"seen":{"is_hidden":true}}}})");
  EXPECT_EQ(node_.request("GET", "/_cat/indices?health=blue").status, 400);
}

TEST_F(HeadDetailsTest, UpdatesAndMultiGetsReadTheirBodies) {
  put("/i/_doc/1", R"({"a":1})");
  EXPECT_EQ(
      post("/i/_update/9?if_seq_no=1&if_primary_term=1", R"({"doc":{"a":2}})", {"status", "error.type"}),
      R"({"error":{"type":"document_missing_exception"},"status":404})");
  EXPECT_THAT(node_
                  .request("POST", "/i/_update/9?if_seq_no=1&if_primary_term=1",
                           R"({"doc":{"a":2},"doc_as_upsert":true})")
                  .body,
              HasSubstr("upsert requests don't support `if_seq_no` and `if_primary_term`"));
  const net::HttpResponse bulk = node_.request(
      "POST", "/i/_bulk", "{\"update\":{\"_id\":\"1\"}}\n{\"_source\":true,\"doc\":{\"b\":2}}\n",
      {{"Content-Type", "application/x-ndjson"}});
  EXPECT_EQ(part(bulk, {"items.update.get._source"}),
            R"({"items":[{"update":{"get":{"_source":{"a":1,"b":2}}}}]})");
  EXPECT_EQ(post("/i/_mget", R"({"ids":[1,"2"]})", {"docs._id", "docs.found"}),
            R"({"docs":[{"_id":"1","found":true},{"_id":"2","found":false}]})");
  EXPECT_THAT(node_.request("POST", "/i/_mget", R"({"docs":["1"]})").body,
              HasSubstr("docs array element should include an object"));
  EXPECT_THAT(node_.request("POST", "/i/_mget", R"({"docs":[{"_id":1,"_routing":"x"}]})").body,
              HasSubstr("failed to parse multi get request. unknown field [_routing]"));
}

TEST_F(HeadDetailsTest, TotalsAsIntegersAreExactOrOff) {
  put("/i/_doc/1", R"({"a":1})");
  EXPECT_EQ(get("/i/_search?rest_total_hits_as_int=true&size=0", {"hits.total"}), R"({"hits":{"total":1}})");
  EXPECT_EQ(get("/i/_search?rest_total_hits_as_int=true&size=0&track_total_hits=false", {"hits.total"}),
            R"({"hits":{"total":-1}})");
  EXPECT_THAT(node_.request("GET", "/i/_search?rest_total_hits_as_int=true&track_total_hits=100").body,
              HasSubstr("[rest_total_hits_as_int] cannot be used if the tracking of total hits is not "
                        "accurate, got 100"));
  EXPECT_THAT(node_.request("GET", "/i/_search?batched_reduce_size=1").body,
              HasSubstr("batchedReduceSize must be >= 2"));
  EXPECT_THAT(node_.request("GET", "/nothing/_search?pre_filter_shard_size=0").body,
              HasSubstr("preFilterShardSize must be >= 1"));
}

TEST_F(HeadDetailsTest, TheFirstBoostOfAnIndexCounts) {
  put("/one", R"({"aliases":{"alias":{}}})");
  put("/one/_doc/1", R"({"a":"x"})");
  put("/two/_doc/2", R"({"a":"x"})");
  const auto first = [&](const std::string& boosts) {
    return post("/_search", R"({"query":{"match":{"a":"x"}},"size":1,"indices_boost":)" + boosts + "}",
                {"hits.hits._index"});
  };
  const std::string one = R"({"hits":{"hits":[{"_index":"one"}]}})";
  const std::string two = R"({"hits":{"hits":[{"_index":"two"}]}})";
  EXPECT_EQ(first(R"({"one":3,"two":2})"), one);
  EXPECT_EQ(first(R"({"one":2,"two":3})"), two);
  EXPECT_EQ(first(R"([{"alias":3},{"*":2}])"), one);
  EXPECT_EQ(first(R"([{"two":3},{"*":2}])"), two);
  EXPECT_EQ(node_.request("POST", "/_search", R"({"indices_boost":[{"no":2}]})").status, 404);
  EXPECT_EQ(
      node_.request("POST", "/_search?ignore_unavailable=true", R"({"indices_boost":[{"no":2}]})").status,
      200);
}

TEST_F(HeadDetailsTest, LimitsOfAnIndexCount) {
  put("/i",
      R"({"settings":{"max_terms_count":2,"max_regex_length":3,"max_docvalue_fields_search":1,"max_script_fields":2},
          "mappings":{"properties":{"k":{"type":"keyword"},"l":{"type":"keyword"}}}})");
  EXPECT_THAT(node_.request("POST", "/i/_search", R"({"query":{"terms":{"k":["a","b","c"]}}})").body,
              HasSubstr("The number of terms [3] used in the Terms Query request has exceeded the allowed "
                        "maximum of [2]."));
  EXPECT_EQ(node_.request("POST", "/i/_search", R"({"query":{"terms":{"k":["a","b"]}}})").status, 200);
  EXPECT_THAT(node_.request("POST", "/i/_search", R"({"query":{"regexp":{"k":"abcd"}}})").body,
              HasSubstr("The length of regex [4] used in the Regexp Query request has exceeded the allowed "
                        "maximum of [3]."));
  EXPECT_THAT(node_.request("POST", "/i/_search", R"({"docvalue_fields":["k","l"]})").body,
              HasSubstr("Trying to retrieve too many docvalue_fields. Must be less than or equal to: [1]"));
  EXPECT_EQ(get("/_settings/index.max_terms_count", {}),
            R"({"i":{"settings":{"index":{"max_terms_count":"2"}}}})");
}

TEST_F(HeadDetailsTest, NanosecondsSortAsNanoseconds) {
  put("/i", R"({"mappings":{"properties":{"n":{"type":"date_nanos"}}}})");
  put("/i/_doc/1", R"({"n":"2018-10-29T12:12:12.123456789Z"})");
  put("/i/_doc/2", R"({"n":"2018-10-29T12:12:12Z"})");
  EXPECT_EQ(post("/i/_search", R"({"sort":"n"})", {"hits.hits.sort"}),
            R"({"hits":{"hits":[{"sort":[1540815132000000000]},{"sort":[1540815132123456789]}]}})");
  EXPECT_EQ(post("/i/_search", R"({"sort":"n","search_after":[1540815132000000000]})", {"hits.hits._id"}),
            R"({"hits":{"hits":[{"_id":"1"}]}})");
}

TEST_F(HeadDetailsTest, FieldCapsTellWhereIndicesDiffer) {
  put("/a", R"({"mappings":{"properties":{"f":{"type":"long","meta":{"unit":"ms"}},"t":{"type":"date"}}}})");
  put("/b",
      R"({"mappings":{"properties":{"f":{"type":"long","doc_values":false,"meta":{"unit":"ns"}},"t":{"type":"date"}}}})");
  put("/c", R"({"mappings":{"properties":{"f":{"type":"keyword"}}}})");
  put("/a/_doc/1", R"({"t":"2019-01-01"})");
  put("/b/_doc/1", R"({"t":"2021-01-01"})");
  EXPECT_EQ(
      get("/a,b/_field_caps?fields=f", {}),
      R"({"indices":["a","b"],"fields":{"f":{"long":{"type":"long","metadata_field":false,"searchable":true,"aggregatable":false,"non_aggregatable_indices":["b"],"meta":{"unit":["ms","ns"]}}}}})");
  EXPECT_EQ(get("/*/_field_caps?fields=f", {"fields.f.*.indices"}),
            R"({"fields":{"f":{"keyword":{"indices":["c"]},"long":{"indices":["a","b"]}}}})");
  EXPECT_EQ(get("/*/_field_caps?fields=t&include_unmapped", {"fields.t.*.indices"}),
            R"({"fields":{"t":{"date":{"indices":["a","b"]},"unmapped":{"indices":["c"]}}}})");
  EXPECT_EQ(
      post("/*/_field_caps?fields=t", R"({"index_filter":{"range":{"t":{"gte":"2020"}}}})", {"indices"}),
      R"({"indices":["b"]})");
}

TEST_F(HeadDetailsTest, HealthCountsShards) {
  put("/i", R"({"settings":{"number_of_shards":2}})");
  EXPECT_EQ(get("/_cluster/health?level=shards", {"indices.i.shards.*.primary_active"}),
            R"({"indices":{"i":{"shards":{"0":{"primary_active":true},"1":{"primary_active":true}}}}})");
  EXPECT_EQ(node_.request("GET", "/_cluster/health?wait_for_active_shards=2&timeout=5s").status, 200);
  EXPECT_EQ(node_.request("GET", "/_cluster/health?wait_for_active_shards=5&timeout=1ms").status, 408);
  EXPECT_EQ(node_.request("GET", "/_cat/health?ts=false").body.find("stele"), 0U);
}

TEST_F(HeadDetailsTest, WhatIsInvalidIsNamedAndWhatIsMissingIsRefused) {
  put("/i", "{}");
  EXPECT_EQ(post("/i/_validate/query?explain=true", R"({"query":{"nonsense":{}}})", {"valid", "error"}),
            R"({"valid":false,"error":"ParsingException[unknown query [nonsense]]"})");
  EXPECT_THAT(node_.request("POST", "/i/_validate/query", R"({"query":{"intervals":{}}})").body,
              HasSubstr("[intervals] query is not supported by Stele yet"));
  EXPECT_THAT(put("/j", R"({"mappings":{"_doc":{"properties":{}}}})").body,
              HasSubstr("The mapping definition cannot be nested under a type"));
  EXPECT_THAT(put("/i/_mapping", R"({"_doc":{"properties":{}}})").body,
              HasSubstr("Types cannot be provided in put mapping requests"));
  EXPECT_EQ(
      part(put("/j", R"({"mappings":{"properties":{"":{"type":"keyword"}}}})"), {"error.caused_by.type"}),
      R"({"error":{"caused_by":{"type":"illegal_argument_exception"}}})");
  EXPECT_EQ(put("/j", R"({"mappings":{"properties":{"t":{"type":"text","analyzer":"default"}}}})").status,
            200);
  EXPECT_THAT(node_.request("POST", "/i/_flush?force=true&wait_if_ongoing=false").body,
              HasSubstr("wait_if_ongoing must be true for a force flush"));
}

TEST_F(HeadDetailsTest, OffsetsOfTokensAreCodeUnits) {
  EXPECT_EQ(
      post("/_analyze", R"({"text":["привет 𝄞 b","c"]})", {"tokens.start_offset", "tokens.end_offset"}),
      R"({"tokens":[{"start_offset":0,"end_offset":6},{"start_offset":10,"end_offset":11},{"start_offset":12,"end_offset":13}]})");
}

TEST_F(HeadDetailsTest, StoredFieldsAreAnsweredOnRequest) {
  put("/i",
      R"({"mappings":{"properties":{"a":{"type":"keyword","store":true},"o":{"properties":{"b":{"type":"long","store":true}}},"c":{"type":"long"}}}})");
  put("/i/_doc/1", R"({"a":"x","o":{"b":[1,2]},"c":3})");
  EXPECT_EQ(get("/i/_doc/1?stored_fields=a,o.*,c", {"fields", "_source"}),
            R"({"fields":{"a":["x"],"o.b":[1,2]}})");
  EXPECT_EQ(get("/i/_doc/1?stored_fields=a&_source=c", {"fields", "_source"}),
            R"({"fields":{"a":["x"]},"_source":{"c":3}})");
  EXPECT_EQ(
      post("/i/_mget", R"({"docs":[{"_id":1,"stored_fields":"a"},{"_id":1,"stored_fields":["_source"]}]})",
           {"docs.fields", "docs._source.c"}),
      R"({"docs":[{"fields":{"a":["x"]}},{"_source":{"c":3}}]})");
  EXPECT_EQ(post("/i/_search", R"({"stored_fields":["a"]})", {"hits.hits.fields", "hits.hits._source"}),
            R"({"hits":{"hits":[{"fields":{"a":["x"]}}]}})");
  EXPECT_EQ(get("/i/_search?stored_fields=_source,o.b", {"hits.hits.fields", "hits.hits._source.c"}),
            R"({"hits":{"hits":[{"_source":{"c":3},"fields":{"o.b":[1,2]}}]}})");
}

TEST_F(HeadDetailsTest, ParametersOfTheWholeRequestReachItsParts) {
  put("/i", R"({"settings":{"refresh_interval":-1,"analyze":{"max_token_count":2}}})");
  put("/i/_doc/1", R"({"a":1})");
  const net::HttpResponse bulk = node_.request("POST", "/i/_bulk?_source_includes=b",
                                               "{\"update\":{\"_id\":\"1\"}}\n{\"doc\":{\"b\":2}}\n",
                                               {{"Content-Type", "application/x-ndjson"}});
  EXPECT_EQ(part(bulk, {"items.update.get._source"}),
            R"({"items":[{"update":{"get":{"_source":{"b":2}}}}]})");
  EXPECT_EQ(post("/i/_mget?realtime=false", R"({"ids":["1"]})", {"docs.found"}),
            R"({"docs":[{"found":false}]})");
  EXPECT_EQ(post("/i/_mget?realtime=false&refresh=true", R"({"ids":["1"]})", {"docs.found"}),
            R"({"docs":[{"found":true}]})");
  EXPECT_EQ(node_.request("POST", "/i/_analyze", R"({"text":"a b"})").status, 200);
  EXPECT_THAT(node_.request("POST", "/i/_analyze", R"({"text":["a b","c"]})").body,
              HasSubstr("has exceeded the allowed maximum of [2]"));
  EXPECT_EQ(get("/i/_settings?include_defaults=true",
                {"i.defaults.index.refresh_interval", "i.defaults.index.max_result_window"}),
            R"({"i":{"defaults":{"index":{"max_result_window":"10000"}}}})");
}

}  // namespace
}  // namespace stele::elastic
