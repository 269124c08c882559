#include "protocols/elastic/media_type.h"

#include <gtest/gtest.h>

namespace stele::elastic {
namespace {

Outcome<MediaTypes> negotiated(std::string_view accept, std::string_view content, bool body = true) {
  return negotiate({accept, content, body, {}});
}

TEST(MediaType, PlainJsonIsTheDefault) {
  EXPECT_EQ(negotiated("", "application/json")->json, "application/json");
  EXPECT_EQ(negotiated("*/*", "application/json; charset=UTF-8")->json, "application/json");
  EXPECT_EQ(negotiated("", "", false)->json, "application/json");
}

TEST(MediaType, VersionsAreEchoed) {
  for (const std::string version : {"7", "8", "9"}) {
    const std::string type = "application/vnd.elasticsearch+json; compatible-with=" + version;
    EXPECT_EQ(negotiated(type, type)->json, "application/vnd.elasticsearch+json;compatible-with=" + version);
  }
  // One of them alone is enough, and the client of JavaScript asks for text too.
  EXPECT_EQ(negotiated("application/vnd.elasticsearch+json; compatible-with=9,text/plain", "application/json")
                ->json,
            "application/vnd.elasticsearch+json;compatible-with=9");
  EXPECT_EQ(negotiated("", "application/vnd.elasticsearch+x-ndjson;compatible-with=8")->json,
            "application/vnd.elasticsearch+json;compatible-with=8");
}

TEST(MediaType, OtherVersionsAreRefused) {
  const Outcome<MediaTypes> refused =
      negotiated("application/vnd.elasticsearch+json;compatible-with=6", "application/json");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().type, "media_type_header_exception");
  EXPECT_EQ(refused.error().status, 400);
}

TEST(MediaType, UnknownBodiesAreNotAcceptable) {
  const Outcome<MediaTypes> form = negotiated("*/*", "application/x-www-form-urlencoded");
  ASSERT_FALSE(form.has_value());
  EXPECT_EQ(form.error().status, 406);
  EXPECT_EQ(form.error().reason, "Content-Type header [application/x-www-form-urlencoded] is not supported");
  EXPECT_EQ(negotiated("*/*", "").error().status, 406);
  EXPECT_TRUE(negotiated("*/*", "text/xml", false).has_value());
}

TEST(MediaType, CatFollowsAcceptAndFormat) {
  EXPECT_EQ(negotiate({"*/*", "", false, ""})->cat, Body::kText);
  EXPECT_EQ(negotiate({"application/json", "", false, ""})->cat, Body::kJson);
  EXPECT_EQ(negotiate({"*/*", "", false, "json"})->cat, Body::kJson);
  EXPECT_EQ(negotiate({"text/plain,application/json", "", false, ""})->cat, Body::kText);
}

}  // namespace
}  // namespace stele::elastic
