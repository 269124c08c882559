#include "protocols/elastic/json_filter.h"

#include <gtest/gtest.h>

namespace stele::elastic {
namespace {

std::string kept(std::string_view json, std::vector<std::string> includes,
                 std::vector<std::string> excludes = {}) {
  Result<json::Document> document = json::Document::parse_borrowed(json);
  return JsonFilter(includes, excludes).apply(document->root());
}

constexpr std::string_view kReply =
    R"({"took":1,"hits":{"total":2,"hits":[{"_id":"1","_source":{"a":{"b":1,"c":2},"d":[{"e":1},{"f":2}]}},{"_id":"2"}]}})";

TEST(JsonFilter, IncludesPaths) {
  EXPECT_EQ(kept(kReply, {"took"}), R"({"took":1})");
  EXPECT_EQ(kept(kReply, {"hits.hits._id"}), R"({"hits":{"hits":[{"_id":"1"},{"_id":"2"}]}})");
  EXPECT_EQ(kept(kReply, {"took", "hits.total"}), R"({"took":1,"hits":{"total":2}})");
  EXPECT_EQ(kept(kReply, {"hits.hits._source.a"}), R"({"hits":{"hits":[{"_source":{"a":{"b":1,"c":2}}}]}})");
  EXPECT_EQ(kept(kReply, {"nothing"}), "{}");
}

TEST(JsonFilter, KnowsWildcards) {
  EXPECT_EQ(kept(kReply, {"t*k"}), R"({"took":1})");
  EXPECT_EQ(kept(kReply, {"hits.*.*._id"}), "{}");
  EXPECT_EQ(kept(kReply, {"hits.*._id"}), R"({"hits":{"hits":[{"_id":"1"},{"_id":"2"}]}})");
  EXPECT_EQ(kept(kReply, {"**.c"}), R"({"hits":{"hits":[{"_source":{"a":{"c":2}}}]}})");
  EXPECT_EQ(kept(kReply, {"hits.**.e"}), R"({"hits":{"hits":[{"_source":{"d":[{"e":1}]}}]}})");
}

TEST(JsonFilter, ExcludesPaths) {
  EXPECT_EQ(kept(kReply, {}, {"hits"}), R"({"took":1})");
  EXPECT_EQ(kept(R"({"a":{"b":1,"c":2}})", {"a"}, {"a.b"}), R"({"a":{"c":2}})");
  EXPECT_EQ(kept(R"({"a":[{"b":1,"c":2}]})", {}, {"*.b"}), R"({"a":[{"c":2}]})");
  EXPECT_EQ(kept(R"({"a":{"secret":1},"b":{"c":{"secret":2,"d":3}}})", {}, {"**.secret"}),
            R"({"a":{},"b":{"c":{"d":3}}})");
}

TEST(JsonFilter, KeepsBytesBelowAMatch) {
  EXPECT_EQ(kept(R"({"a": { "b" : 1.50 } })", {"a"}), R"({"a":{ "b" : 1.50 }})");
}

}  // namespace
}  // namespace stele::elastic
