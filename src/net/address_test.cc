#include "net/address.h"

#include <gtest/gtest.h>

#include <string_view>

namespace stele::net {
namespace {

TEST(Address, ParsesAndPrints) {
  for (const std::string_view text :
       {"127.0.0.1:9200", "[::1]:80", "db.example.org:5432", "/run/pg/.s.PGSQL.5432"}) {
    const auto address = Address::parse(text);
    ASSERT_TRUE(address.has_value()) << text;
    EXPECT_EQ(address->to_string(), text);
  }
  EXPECT_EQ(Address::parse("[::1]:80")->host, "::1");
  EXPECT_EQ(Address::parse("a:65535")->port, 65535);
}

TEST(Address, RefusesWhatIsNone) {
  for (const std::string_view text :
       {"", "host", ":80", "host:", "host:x", "host:65536", "host:1x", "[::1]80", "[::1"}) {
    const auto address = Address::parse(text);
    ASSERT_FALSE(address.has_value()) << text;
    EXPECT_EQ(address.error().code, ErrorCode::kInvalidArgument);
  }
}

TEST(Address, KnowsLoopback) {
  EXPECT_TRUE(Address::parse("127.8.8.8:1")->is_loopback());
  EXPECT_TRUE(Address::parse("[::1]:1")->is_loopback());
  EXPECT_TRUE(Address::parse("localhost:1")->is_loopback());
  EXPECT_TRUE(Address::parse("/tmp/x")->is_loopback());
  EXPECT_FALSE(Address::parse("0.0.0.0:1")->is_loopback());
  EXPECT_FALSE(Address::parse("128.0.0.1:1")->is_loopback());
  EXPECT_FALSE(Address::parse("127.0.0.1.example.org:1")->is_loopback());
}

}  // namespace
}  // namespace stele::net
