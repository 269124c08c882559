#include "protocols/redis/commands/glob.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace stele::redis {
namespace {

TEST(Glob, FitsAsRedisDoes) {
  EXPECT_TRUE(fits_glob("*", ""));
  EXPECT_TRUE(fits_glob("h?llo", "hello"));
  EXPECT_FALSE(fits_glob("h?llo", "hllo"));
  EXPECT_TRUE(fits_glob("h*llo", "heeeello"));
  EXPECT_TRUE(fits_glob("h[ae]llo", "hallo"));
  EXPECT_FALSE(fits_glob("h[ae]llo", "hillo"));
  EXPECT_TRUE(fits_glob("h[^e]llo", "hbllo"));
  EXPECT_FALSE(fits_glob("h[^e]llo", "hello"));
  EXPECT_TRUE(fits_glob("h[b-a]llo", "hallo"));
  EXPECT_TRUE(fits_glob("a\\*b", "a*b"));
  EXPECT_FALSE(fits_glob("a\\*b", "axb"));
  EXPECT_TRUE(fits_glob("[\\]]", "]"));
  EXPECT_TRUE(fits_glob("[abc", "a"));
  EXPECT_FALSE(fits_glob("a", ""));
  EXPECT_FALSE(fits_glob("", "a"));
  EXPECT_TRUE(fits_glob("*:*:c", "a:b:b:c"));
  EXPECT_TRUE(fits_glob_ignoring_case("MAX*", "maxmemory"));
}

TEST(Glob, ManyStarsCostLittle) {
  std::string pattern;
  for (int i = 0; i < 100; ++i) pattern += "a*";
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(fits_glob(pattern + "b", std::string(10'000, 'a')));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

}  // namespace
}  // namespace stele::redis
