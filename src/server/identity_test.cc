#include "server/identity.h"

#include <gtest/gtest.h>

namespace stele::server {
namespace {

TEST(IdentityTest, IsDrawnOnceAndKept) {
  const auto directory = io::memory_directory();
  const auto first = Identity::of(*directory);
  ASSERT_TRUE(first.has_value()) << first.error().message;
  EXPECT_EQ(first->node_id.size(), 12U);
  EXPECT_EQ(first->cluster_uuid.size(), 22U);
  const auto again = Identity::of(*directory);
  EXPECT_EQ(again->node_id, first->node_id);
  EXPECT_EQ(again->cluster_uuid, first->cluster_uuid);
  EXPECT_NE(Identity::of(*io::memory_directory())->node_id, first->node_id);
}

TEST(IdentityTest, ADamagedFileIsNamed) {
  const auto directory = io::memory_directory();
  ASSERT_TRUE(io::write_atomically(*directory, "identity", "short").has_value());
  EXPECT_EQ(Identity::of(*directory).error().code, ErrorCode::kCorruption);
}

}  // namespace
}  // namespace stele::server
