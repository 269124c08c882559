#include "protocols/elastic/endpoint.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace stele::elastic {
namespace {

std::string routed(std::string_view method, std::string_view path) {
  static const Router router(endpoints());
  const Route route = router.find(method, path);
  if (route.endpoint == nullptr)
    return route.allowed.empty() ? "none" : fmt::format("allowed {}", fmt::join(route.allowed, ","));
  std::string text(route.endpoint->pattern);
  for (const auto& [name, value] : route.parts) text += fmt::format(" {}={}", name, value);
  return text;
}

TEST(Router, FindsPatternsAndParts) {
  EXPECT_EQ(routed("GET", "/"), "/");
  EXPECT_EQ(routed("GET", "/films/_search"), "/{index}/_search index=films");
  EXPECT_EQ(routed("POST", "/_search"), "/_search");
  EXPECT_EQ(routed("PUT", "/films/_doc/a%2Fb"), "/{index}/_doc/{id} index=films id=a/b");
  EXPECT_EQ(routed("PUT", "/films/_doc/a+b"), "/{index}/_doc/{id} index=films id=a+b");
  EXPECT_EQ(routed("GET", "/a,b*/_count"), "/{index}/_count index=a,b*");
  EXPECT_EQ(routed("DELETE", "/films"), "/{index} index=films");
}

TEST(Router, PrefersLiteralSegments) {
  EXPECT_EQ(routed("GET", "/_cat/indices"), "/_cat/indices");
  EXPECT_EQ(routed("GET", "/_cat/shards"), "/_cat/{table} table=shards");
  EXPECT_EQ(routed("GET", "/_cluster/health"), "/_cluster/health");
  EXPECT_EQ(routed("GET", "/_alias/x"), "/_alias/{name} name=x");
}

TEST(Router, TellsAllowedMethods) {
  EXPECT_EQ(routed("DELETE", "/films/_search"), "allowed GET,POST");
  EXPECT_EQ(routed("PATCH", "/films"), "allowed PUT,GET,DELETE,HEAD");
  EXPECT_EQ(routed("GET", "/a/b/c/d/e/f"), "none");
  EXPECT_EQ(routed("GET", "/films/nonsense/x"), "none");
}

std::string complaint(std::string_view method, std::string_view path, std::string_view query) {
  static const Router router(endpoints());
  const Route route = router.find(method, path);
  const Outcome<Parameters> parameters = Parameters::parse(query);
  const auto failure = check_parameters(*route.endpoint, path, *parameters);
  return failure ? failure->reason : "";
}

TEST(Parameters, UnknownOnesAreNamedWithASuggestion) {
  EXPECT_EQ(complaint("GET", "/x/_search", "size=1&pretty&filter_path=a&human=false&error_trace&format=json"),
            "");
  EXPECT_EQ(complaint("GET", "/x/_search", "foo=1"),
            "request [/x/_search] contains unrecognized parameter: [foo]");
  EXPECT_EQ(complaint("GET", "/x/_search", "siez=1"),
            "request [/x/_search] contains unrecognized parameter: [siez]");
  EXPECT_EQ(complaint("GET", "/x/_search", "sizes=1"),
            "request [/x/_search] contains unrecognized parameter: [sizes] -> did you mean [size]?");
  EXPECT_EQ(complaint("PUT", "/x/_doc/1", "b=1&a=2"),
            "request [/x/_doc/1] contains unrecognized parameters: [a], [b]");
}

TEST(Parameters, AreDecodedAndTyped) {
  const Outcome<Parameters> parameters = Parameters::parse("a=x%20y+z&b&c=5&c=6&d=1,,2");
  ASSERT_TRUE(parameters.has_value());
  EXPECT_EQ(parameters->text("a"), "x y z");
  EXPECT_EQ(parameters->boolean("b", false).value_or(false), true);
  EXPECT_EQ(parameters->integer("c", 0).value_or(0), 6);
  EXPECT_EQ(parameters->list("d"), (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(parameters->integer("a", 0).error().reason,
            "Failed to parse int parameter [a] with value [x y z]");
  EXPECT_EQ(parameters->boolean("c", false).error().reason,
            "Failed to parse value [6] as only [true] or [false] are allowed.");
  EXPECT_FALSE(Parameters::parse("a=%zz").has_value());
}

TEST(Endpoints, HaveEveryParameterOnce) {
  for (const Endpoint& endpoint : endpoints()) {
    EXPECT_NE(endpoint.handler, nullptr) << endpoint.pattern;
    EXPECT_TRUE(endpoint.pattern.starts_with('/')) << endpoint.pattern;
    EXPECT_FALSE(endpoint.methods.empty()) << endpoint.pattern;
  }
}

TEST(WildcardMatch, KnowsStars) {
  EXPECT_TRUE(wildcard_match("*", ""));
  EXPECT_TRUE(wildcard_match("a*c", "abc"));
  EXPECT_TRUE(wildcard_match("a*", "a"));
  EXPECT_TRUE(wildcard_match("*b*", "abc"));
  EXPECT_FALSE(wildcard_match("a*c", "abd"));
  EXPECT_FALSE(wildcard_match("", "a"));
  EXPECT_TRUE(wildcard_match("a*b*c*d", "axxbxxcxxd"));
}

TEST(TimeValue, ReadsUnits) {
  EXPECT_EQ(parse_time_value("30s", "t")->count(), 30'000'000'000);
  EXPECT_EQ(parse_time_value("500ms", "t")->count(), 500'000'000);
  EXPECT_EQ(parse_time_value("1.5h", "t")->count(), 5'400'000'000'000);
  EXPECT_EQ(parse_time_value("-1", "t")->count(), -1);
  EXPECT_FALSE(parse_time_value("30", "t").has_value());
  EXPECT_FALSE(parse_time_value("x", "t").has_value());
}

}  // namespace
}  // namespace stele::elastic
