#include "protocols/qdrant/filter/payload_filter.h"

#include <gtest/gtest.h>

#include "protocols/qdrant/collection_fixture_test.h"

namespace stele::qdrant {
namespace {

class Filters : public testing::Test {
 protected:
  void SetUp() override {
    test_.add(
        1, R"({"city":"Berlin","count":10,"price":1.5,"at":"2024-01-01T00:00:00Z","about":"Old town walk"})",
        {1, 0, 0, 0});
    test_.add(2, R"({"city":["Berlin","London"],"count":20,"flag":true,"about":"a river boat"})");
    test_.add(3, R"({"city":["Berlin","Moscow"],"price":3.5,"about":"walk along the river"})");
    test_.add(4,
              R"({"city":["London","Moscow"],"count":[30,5],"n":{"a":[{"b":1,"c":"x"},{"b":2,"c":"y"}]}})");
    test_.add(5, R"({"count":0,"at":"2024-02-01","n":{"a":[{"b":1,"c":"y"},{"b":5}]}})");
    test_.add(6, R"({"city":null,"price":"3.5","count":2.0,"place":{"lon":13.4,"lat":52.5}})");
    test_.add(7, R"({"city":[],"price":[null,1],"a.b":1})");
  }
  // The ids that match, or what is wrong.
  std::string find(const std::string& json) {
    const auto body = json::Document::parse_borrowed(json);
    if (!body) return body.error().message;
    const auto filter = parse_filter(body->root());
    if (!filter) return std::to_string(filter.error().status) + " " + filter.error().message;
    const std::shared_ptr<engine::Collection> collections[] = {test_.collection()->entry->collection};
    engine::Request request;
    request.targets.push_back({});
    engine::Stage all{engine::Retrieve{.source = engine::TextSearch{engine::make_query(engine::MatchAll{})},
                                       .filter = as_query(*test_.collection(), *filter)}};
    request.root = {engine::Select{.sort = {{.kind = engine::SortKey::Kind::kKey}}, .limit = 100}, {all}};
    const auto found = test_.engine().search(engine::Snapshot::take(test_.visible(), collections), request);
    if (!found) return found.error().message;
    std::string ids;
    for (const engine::Hit& hit : found->hits) ids += (ids.empty() ? "" : " ") + hit.key.to_string();
    return ids;
  }
  std::string must(const std::string& condition) { return find("{\"must\":[" + condition + "]}"); }
  TestCollection test_;
};

TEST_F(Filters, MatchesValues) {
  EXPECT_EQ(must(R"({"key":"city","match":{"value":"Berlin"}})"), "1 2 3");
  EXPECT_EQ(must(R"({"key":"city","match":{"value":"berlin"}})"), "");
  EXPECT_EQ(must(R"({"key":"count","match":{"value":20}})"), "2");
  EXPECT_EQ(must(R"({"key":"count","match":{"value":2}})"), "");  // 2.0 is no integer
  EXPECT_EQ(must(R"({"key":"count","match":{"value":5}})"), "4");
  EXPECT_EQ(must(R"({"key":"flag","match":{"value":true}})"), "2");
  EXPECT_EQ(must(R"({"key":"city","match":{"any":["London","Paris"]}})"), "2 4");
  EXPECT_EQ(must(R"({"key":"count","match":{"any":[0,10]}})"), "1 5");
  EXPECT_EQ(must(R"({"key":"count","match":{"any":[]}})"), "");
  EXPECT_EQ(must(R"({"key":"city","match":{"except":["Berlin"]}})"), "2 3 4");
}

TEST_F(Filters, Texts) {
  // "about" has an index of tokens, "city" none: then substrings count.
  EXPECT_EQ(must(R"({"key":"about","match":{"text":"river WALK"}})"), "3");
  EXPECT_EQ(must(R"({"key":"about","match":{"text_any":"boat town"}})"), "1 2");
  EXPECT_EQ(must(R"({"key":"about","match":{"phrase":"the river"}})"), "3");
  EXPECT_EQ(must(R"({"key":"about","match":{"text":"riv"}})"), "");
  EXPECT_EQ(must(R"({"key":"city","match":{"text":"osco"}})"), "3 4");
  EXPECT_EQ(must(R"({"key":"city","match":{"text_any":"osco ndon"}})"), "2 3 4");
}

TEST_F(Filters, Ranges) {
  EXPECT_EQ(must(R"({"key":"count","range":{"gte":10,"lt":30}})"), "1 2");
  EXPECT_EQ(must(R"({"key":"count","range":{"gt":1.5,"lte":2}})"), "6");
  EXPECT_EQ(must(R"({"key":"price","range":{"gte":3.5}})"), "3");  // "3.5" is a text
  EXPECT_EQ(must(R"({"key":"price","range":{"lt":1.5}})"), "7");
  EXPECT_EQ(must(R"({"key":"at","range":{"gte":"2024-01-15T00:00:00+01:00"}})"), "5");
  EXPECT_EQ(must(R"({"key":"city","values_count":{"gte":2}})"), "2 3 4");
  EXPECT_EQ(must(R"({"key":"city","values_count":{"lt":1}})"),
            "6 7");  // no value at all counts as none there
}

TEST_F(Filters, EmptyAndNull) {
  EXPECT_EQ(must(R"({"is_empty":{"key":"city"}})"), "5 6 7");
  EXPECT_EQ(must(R"({"is_null":{"key":"city"}})"), "6");
  EXPECT_EQ(must(R"({"is_null":{"key":"price"}})"), "");  // a list with a null in it is none
  EXPECT_EQ(must(R"({"is_null":{"key":"price[]"}})"), "7");
  EXPECT_EQ(must(R"({"key":"city","is_empty":false})"), "1 2 3 4");
  EXPECT_EQ(must(R"({"key":"city","is_null":false})"), "1 2 3 4 5 7");
}

TEST_F(Filters, PathsAndNested) {
  EXPECT_EQ(must(R"({"key":"n.a[].b","match":{"value":1}})"), "4 5");
  EXPECT_EQ(must(R"({"key":"n.a[1].b","match":{"value":5}})"), "5");
  EXPECT_EQ(must(R"({"key":"n.a.b","match":{"value":1}})"), "");  // arrays are entered by [] alone
  EXPECT_EQ(must(R"({"key":"\"a.b\"","match":{"value":1}})"), "7");
  EXPECT_EQ(must(R"({"nested":{"key":"n.a","filter":{"must":[{"key":"b","match":{"value":1}},
      {"key":"c","match":{"value":"y"}}]}}})"),
            "5");
  EXPECT_EQ(must(R"({"key":"place","geo_radius":{"center":{"lon":13.4,"lat":52.51},"radius":2000}})"), "6");
}

TEST_F(Filters, Clauses) {
  EXPECT_EQ(find(R"({"must":{"has_id":[1,3,9]},"must_not":[{"key":"count","match":{"value":10}}]})"), "3");
  EXPECT_EQ(find(R"({"should":[{"key":"count","match":{"value":0}},{"has_vector":""}]})"), "1 5");
  EXPECT_EQ(find(R"({"min_should":{"conditions":[{"key":"city","match":{"value":"Berlin"}},
      {"key":"city","match":{"value":"Moscow"}},{"has_id":[2,4]}],"min_count":2}})"),
            "2 3 4");
  EXPECT_EQ(
      find(
          R"({"must":[{"should":[{"has_id":[1]},{"has_id":[2]}]},{"key":"city","match":{"value":"London"}}]})"),
      "2");
  EXPECT_EQ(find("{}"), "1 2 3 4 5 6 7");
  EXPECT_EQ(find("null"), "1 2 3 4 5 6 7");
}

TEST_F(Filters, WhatIsWrong) {
  for (const std::string_view wrong :
       {R"({"must":[{"key":"city"}]})", R"({"most":[]})", R"({"must":[5]})", R"([])", R"({"must":[{}]}x)",
        R"({"must":[{"key":"a..b","match":{"value":1}}]})", R"({"must":[{"key":"a","match":{"value":[1]}}]})",
        R"({"must":[{"key":"a","match":{"any":[1,"x"]}}]})", R"({"must":[{"key":"a","range":{"gt":true}}]})",
        R"({"must":[{"key":"a","range":{"gt":"20240101"}}]})", R"({"must":[{"has_id":[-1]}]})",
        R"({"must":[{"has_id":["x"]}]})", R"({"min_should":{"conditions":[]}})"})
    EXPECT_TRUE(find(std::string(wrong)).find_first_of("0123456789") != 0 ||
                find(std::string(wrong)).starts_with("4"))
        << wrong << " → " << find(std::string(wrong));
  EXPECT_EQ(must(R"({"key":"city"})"),
            "422 Validation error in JSON body: [filter: At least one field condition must be specified]");
}

}  // namespace
}  // namespace stele::qdrant
