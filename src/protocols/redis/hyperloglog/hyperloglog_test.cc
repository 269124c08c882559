#include "protocols/redis/hyperloglog/hyperloglog.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace stele::redis {
namespace {

TEST(HyperLogLog, CountsWithinItsError) {
  HyperLogLog log;
  EXPECT_EQ(log.count(), 0U);
  std::uint64_t added = 0;
  for (const std::uint64_t until : {1U, 10U, 100U, 1000U, 100'000U}) {
    for (; added < until; ++added) log.add("element " + std::to_string(added));
    EXPECT_NEAR(static_cast<double>(log.count()), static_cast<double>(until),
                0.03 * static_cast<double>(until));
  }
  EXPECT_FALSE(log.add("element 5"));
}

TEST(HyperLogLog, BothEncodingsHoldTheSame) {
  HyperLogLog log;
  for (int i = 0; i < 300; ++i) log.add(std::to_string(i));
  const std::string sparse = log.write(3000);
  EXPECT_LT(sparse.size(), 3016U);
  EXPECT_FALSE(log.is_dense());
  const std::string dense = log.write(100);
  EXPECT_EQ(dense.size(), HyperLogLog::kDenseBytes);
  EXPECT_TRUE(log.is_dense());
  for (const std::string& bytes : {sparse, dense}) {
    const auto read = HyperLogLog::read(bytes);
    ASSERT_TRUE(read.has_value());
    for (std::size_t i = 0; i < HyperLogLog::kRegisters; ++i) {
      ASSERT_EQ(read->register_at(i), log.register_at(i)) << i;
    }
    EXPECT_EQ(kept_count(bytes), std::nullopt);
  }
}

TEST(HyperLogLog, AnEmptyOneIsAsRedisWritesIt) {
  HyperLogLog log;
  EXPECT_EQ(log.write(3000), std::string("HYLL\x01\0\0\0\0\0\0\0\0\0\0\x80\x7f\xff", 18));
}

TEST(HyperLogLog, BrokenBytesAreRefused) {
  HyperLogLog log;
  for (int i = 0; i < 100; ++i) log.add(std::to_string(i));
  const std::string good = log.write(3000);
  std::mt19937 random(7);
  for (int i = 0; i < 2000; ++i) {
    std::string bytes = good;
    bytes[random() % bytes.size()] = static_cast<char>(random());
    if (random() % 2 == 0) bytes.resize(random() % bytes.size());
    const auto read = HyperLogLog::read(bytes);  // any answer but a crash
    if (read) EXPECT_LE(read->register_at(0), 63);
  }
  EXPECT_FALSE(HyperLogLog::read("").has_value());
  EXPECT_FALSE(HyperLogLog::read("HYLL").has_value());
}

}  // namespace
}  // namespace stele::redis
