#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "json/document.h"
#include "protocols/elastic/json_filter.h"
#include "protocols/elastic/memory_node_test.h"

namespace stele::elastic {
namespace {

using ::testing::HasSubstr;

// Requests that change the catalog, wholly or not at all.
class CatalogAdminTest : public testing::Test {
 protected:
  int status(std::string method, std::string target, std::string body = {}) {
    return node_.request(std::move(method), std::move(target), std::move(body)).status;
  }
  std::string shown(std::string target, std::vector<std::string> paths) {
    const net::HttpResponse response = node_.request("GET", std::move(target));
    Result<json::Document> parsed = json::Document::parse_borrowed(response.body);
    return parsed ? JsonFilter(std::move(paths), {}).apply(parsed->root()) : response.body;
  }
  std::string aliases() { return shown("/_alias", {"*.aliases"}); }

  MemoryNode node_;
};

TEST_F(CatalogAdminTest, ARefusedAliasKeepsTheIndexThatWasToGo) {
  ASSERT_EQ(status("PUT", "/old"), 200);
  ASSERT_EQ(status("PUT", "/new"), 200);
  ASSERT_EQ(status("PUT", "/old/_doc/1", R"({"a":1})"), 201);
  const std::string remove = R"({"actions":[{"remove_index":{"index":"old"}},)";
  EXPECT_EQ(status("POST", "/_aliases", remove + R"({"add":{"index":"new","alias":"Bad/Name"}}]})"), 400);
  EXPECT_EQ(status("POST", "/_aliases", remove + R"({"add":{"index":"new","alias":"new"}}]})"), 400);
  EXPECT_EQ(status("POST", "/_aliases", remove + R"({"add":{"index":"old","alias":"a"}}]})"), 404);
  EXPECT_EQ(status("POST", "/_aliases", remove + R"({"remove":{"index":"new","alias":"none"}}]})"), 404);
  ASSERT_EQ(status("PUT", "/third"), 200);
  EXPECT_EQ(status("POST", "/_aliases",
                   remove + R"({"add":{"index":"new","alias":"w","is_write_index":true}},)"
                            R"({"add":{"index":"third","alias":"w","is_write_index":true}}]})"),
            400);
  EXPECT_EQ(status("GET", "/old/_doc/1"), 200);
  EXPECT_EQ(aliases(), R"({"new":{"aliases":{}},"old":{"aliases":{}},"third":{"aliases":{}}})");
}

TEST_F(CatalogAdminTest, AnAliasTakesTheNameOfAnIndexThatGoes) {
  ASSERT_EQ(status("PUT", "/old", R"({"aliases":{"both":{},"only":{}}})"), 200);
  ASSERT_EQ(status("PUT", "/new", R"({"aliases":{"both":{}}})"), 200);
  ASSERT_EQ(status("PUT", "/new/_doc/1", R"({"a":1})"), 201);
  EXPECT_EQ(status("POST", "/_aliases",
                   R"({"actions":[{"add":{"index":"new","alias":"old"}},{"remove_index":{"index":"old"}}]})"),
            200);
  EXPECT_EQ(aliases(), R"({"new":{"aliases":{"both":{},"old":{}}}})");
  EXPECT_EQ(status("GET", "/old/_doc/1"), 200);
}

TEST_F(CatalogAdminTest, AnIndexWithARefusedAliasIsNotMade) {
  EXPECT_EQ(status("PUT", "/films", R"({"aliases":{"Bad/Name":{}}})"), 400);
  EXPECT_EQ(status("PUT", "/films", R"({"aliases":{"films":{}}})"), 400);
  EXPECT_EQ(status("HEAD", "/films"), 404);
  ASSERT_EQ(status("PUT", "/other", R"({"aliases":{"w":{"is_write_index":true}}})"), 200);
  EXPECT_EQ(status("PUT", "/films", R"({"aliases":{"w":{"is_write_index":true}}})"), 400);
  EXPECT_EQ(status("HEAD", "/films"), 404);
  EXPECT_EQ(status("PUT", "/films", R"({"aliases":{"w":{}}})"), 200);
}

TEST_F(CatalogAdminTest, AChangeOfManyIndicesIsOne) {
  ASSERT_EQ(status("PUT", "/a"), 200);
  ASSERT_EQ(status("PUT", "/b", R"({"mappings":{"properties":{"n":{"type":"long"}}}})"), 200);
  EXPECT_EQ(status("PUT", "/a,b/_mapping", R"({"properties":{"n":{"type":"text"}}})"), 400);
  EXPECT_EQ(shown("/a/_mapping", {}), R"({"a":{"mappings":{}}})");
  EXPECT_EQ(status("PUT", "/a,b/_mapping", R"({"properties":{"t":{"type":"text"}}})"), 200);
  EXPECT_EQ(shown("/*/_mapping", {"*.mappings.properties.t.type"}),
            R"({"a":{"mappings":{"properties":{"t":{"type":"text"}}}},)"
            R"("b":{"mappings":{"properties":{"t":{"type":"text"}}}}})");
  EXPECT_EQ(status("PUT", "/a,b/_settings", R"({"index":{"max_result_window":7}})"), 200);
  EXPECT_EQ(shown("/*/_settings", {"*.settings.index.max_result_window"}),
            R"({"a":{"settings":{"index":{"max_result_window":"7"}}},)"
            R"("b":{"settings":{"index":{"max_result_window":"7"}}}})");
}

// The other's change comes between what a request read and what it writes.
TEST_F(CatalogAdminTest, OfTwoChangesOfAnAliasNoneIsLost) {
  for (const char* index : {"/a", "/b", "/c"}) ASSERT_EQ(status("PUT", index), 200);
  node_.before_change([&] { node_.set_object("elastic.alias", "x", R"({"indices":{"a":{}}})"); });
  EXPECT_EQ(status("PUT", "/b/_alias/x"), 200);
  EXPECT_EQ(aliases(), R"({"a":{"aliases":{"x":{}}},"b":{"aliases":{"x":{}}},"c":{"aliases":{}}})");
  node_.before_change([&] {
    node_.set_object("elastic.alias", "x", R"({"indices":{"a":{},"b":{},"c":{"is_write_index":true}}})");
  });
  EXPECT_EQ(status("PUT", "/b/_alias/x", R"({"is_write_index":true})"), 400);
  node_.before_change([&] { node_.set_object("elastic.alias", "x", R"({"indices":{"a":{},"c":{}}})"); });
  EXPECT_EQ(status("DELETE", "/a"), 200);
  EXPECT_EQ(aliases(), R"({"b":{"aliases":{}},"c":{"aliases":{"x":{}}}})");
}

TEST_F(CatalogAdminTest, WhatIsNoObjectIsRefused) {
  EXPECT_EQ(status("PUT", "/films", R"({"aliases":["x"]})"), 400);
  EXPECT_EQ(status("PUT", "/films"), 200);
  EXPECT_EQ(status("POST", "/_aliases", R"({"actions":["x"]})"), 400);
  EXPECT_EQ(status("POST", "/_aliases", R"({"actions":[{"add":["x"]}]})"), 400);
}

TEST_F(CatalogAdminTest, WhoeverIsFasterMakesTheIndex) {
  node_.before_change([&] { node_.make_index("films"); });
  const net::HttpResponse second = node_.request("PUT", "/films", R"({"aliases":{"x":{}}})");
  EXPECT_EQ(second.status, 400);
  EXPECT_THAT(second.body, HasSubstr("index [films/uuid-of-films] already exists"));
  EXPECT_EQ(aliases(), R"({"films":{"aliases":{}}})");
}

TEST_F(CatalogAdminTest, SettingsAndMappingsOfTwoAreMerged) {
  ASSERT_EQ(status("PUT", "/films", R"({"settings":{"index":{"priority":3}}})"), 200);
  node_.before_change([&] {
    node_.widen("films", {.elastic = {{"settings", {{"index.max_result_window", "\"50\""}}},
                                      {"parameters", {{"t", R"({"type":"text","analyzer":"english"})"}}},
                                      {"root", {{"_meta", R"({"by":"another"})"}}}}});
  });
  EXPECT_EQ(status("PUT", "/films/_settings", R"({"index":{"refresh_interval":"5s","priority":null}})"), 200);
  EXPECT_EQ(status("PUT", "/films/_mapping",
                   R"({"date_detection":false,"properties":{"t":{"type":"text","analyzer":"english"}}})"),
            200);
  EXPECT_EQ(shown("/films/_settings", {"**.refresh_interval", "**.max_result_window", "**.priority"}),
            R"({"films":{"settings":{"index":{"max_result_window":"50","refresh_interval":"5s"}}}})");
  EXPECT_EQ(shown("/films/_mapping", {"*.mappings._meta", "*.mappings.date_detection", "**.analyzer"}),
            R"({"films":{"mappings":{"_meta":{"by":"another"},"date_detection":false,)"
            R"("properties":{"t":{"analyzer":"english"}}}}})");
  EXPECT_EQ(status("PUT", "/films/_settings?preserve_existing=true",
                   R"({"index":{"refresh_interval":"9s","max_terms_count":4}})"),
            200);
  EXPECT_EQ(shown("/films/_settings", {"**.refresh_interval", "**.max_terms_count"}),
            R"({"films":{"settings":{"index":{"max_terms_count":"4","refresh_interval":"5s"}}}})");
}

}  // namespace
}  // namespace stele::elastic
