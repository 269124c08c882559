#include "base/lsn.h"

#include <gtest/gtest.h>

namespace stele {
namespace {

TEST(LsnTest, TextFormRoundTrips) {
  for (const char* text : {"0/0", "0/2A", "16/B374D848", "FFFFFFFF/FFFFFFFF"}) {
    const auto lsn = Lsn::parse(text);
    ASSERT_TRUE(lsn.has_value()) << text;
    EXPECT_EQ(lsn->to_string(), text);
  }
  EXPECT_EQ(Lsn::parse("1/0")->value(), 1ULL << 32);
}

TEST(LsnTest, RefusesWhatIsNoLsn) {
  for (const char* text : {"", "/", "1", "1/", "/1", "123456789/0", "0/-1", "0x1/0", "0/1 ", "g/0"}) {
    EXPECT_FALSE(Lsn::parse(text).has_value()) << text;
  }
}

TEST(LsnTest, OrdersByPosition) {
  EXPECT_LT(*Lsn::parse("0/FFFFFFFF"), *Lsn::parse("1/0"));
}

}  // namespace
}  // namespace stele
