#include "protocols/redis/wire/look_ahead.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace stele::redis::wire {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(LookAhead, TakesTheSecondWordOfWholeRequests) {
  std::vector<std::string_view> keys;
  const std::string input =
      "*2\r\n$3\r\nGET\r\n$1\r\na\r\n*1\r\n$4\r\nPING\r\n*3\r\n$3\r\nSET\r\n$2\r\nbc\r\n$0\r\n\r\n*2\r\n$"
      "3\r\nGET\r\n$5\r\nabc";
  EXPECT_EQ(look_ahead(input, 10, keys), 3u);
  EXPECT_THAT(keys, ElementsAre("a", "bc"));
  keys.clear();
  EXPECT_EQ(look_ahead(input, 1, keys), 1u);
  EXPECT_THAT(keys, ElementsAre("a"));
}

TEST(LookAhead, StopsAtWhatItDoesNotUnderstand) {
  std::vector<std::string_view> keys;
  for (const std::string_view input :
       {"", "*", "*2\r", "*2\r\n$", "*2\r\n$x\r\n", "GET a\r\n", "*-1\r\n", "*99999999999\r\n",
        "*2\r\n$3\r\nGET\r\n$99999999999999999999\r\na\r\n", "*\r\n", "*2\r\n$-1\r\n"}) {
    EXPECT_EQ(look_ahead(input, 10, keys), 0u) << input;
  }
  EXPECT_THAT(keys, IsEmpty());
}

}  // namespace
}  // namespace stele::redis::wire
