#include "protocols/redis/lua/fiber.h"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace stele::redis::lua {
namespace {

TEST(Fiber, PausesAndGoesOnWhereItWas) {
  std::vector<int> steps;
  Fiber fiber([&] {
    EXPECT_TRUE(Fiber::is_inside());
    const std::string kept = "kept on its own stack";
    steps.push_back(1);
    Fiber::pause();
    steps.push_back(3);
    Fiber::pause();
    EXPECT_EQ(kept, "kept on its own stack");
  });
  EXPECT_FALSE(Fiber::is_inside());
  EXPECT_FALSE(fiber.resume());
  steps.push_back(2);
  EXPECT_FALSE(fiber.resume());
  EXPECT_FALSE(Fiber::is_inside());
  EXPECT_TRUE(fiber.resume());
  EXPECT_EQ(steps, (std::vector<int>{1, 2, 3}));
}

TEST(Fiber, ExceptionsUnwindWithinIt) {
  std::string caught;
  Fiber outer([&] {
    Fiber inner([&] {
      try {
        Fiber::pause();
        throw std::runtime_error("inner");
      } catch (const std::runtime_error& error) {
        caught = error.what();
      }
    });
    EXPECT_FALSE(inner.resume());
    Fiber::pause();
    EXPECT_TRUE(inner.resume());
  });
  EXPECT_FALSE(outer.resume());
  EXPECT_TRUE(outer.resume());
  EXPECT_EQ(caught, "inner");
}

}  // namespace
}  // namespace stele::redis::lua
