#include "base/error.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/result.h"

namespace stele {
namespace {

Result<int> half(int n) {
  if (n % 2 != 0) return make_error(ErrorCode::kInvalidArgument, "odd").with("n", std::to_string(n));
  return n / 2;
}

Result<int> quarter(int n) {
  STELE_TRY(const int h, half(n));
  return half(h);
}

TEST(ErrorTest, TryPassesTheErrorOn) {
  EXPECT_EQ(*quarter(8), 2);
  const auto failed = quarter(6);
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().detail("n"), "3");
  EXPECT_EQ(failed.error().to_string(), "invalid argument: odd (n=3)");
}

TEST(BytesTest, ReadingPastTheEndIsRemembered) {
  std::string bytes;
  append_big_endian<std::uint16_t>(bytes, 0x0102);
  bytes += "ab";
  bytes += '\0';
  ByteReader reader(bytes);
  EXPECT_EQ(reader.big_endian<std::uint16_t>(), 0x0102);
  EXPECT_EQ(reader.c_string(), "ab");
  EXPECT_TRUE(reader.ok() && reader.empty());
  EXPECT_EQ(reader.big_endian<std::uint32_t>(), 0U);
  EXPECT_FALSE(reader.ok());
}

}  // namespace
}  // namespace stele
