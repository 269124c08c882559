#include "io/faulty_directory.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace stele::io {
namespace {

class Faulty : public testing::Test {
 protected:
  std::unique_ptr<File> create(std::string_view name) { return *dir().open(name, OpenMode::kCreate); }
  Directory& dir() { return faulty_.directory(); }

  std::unique_ptr<Directory> disk_ = memory_directory();
  FaultyDirectory faulty_{*disk_};
};

TEST_F(Faulty, fails_one_operation) {
  faulty_.set_fault({.at = 3, .kind = Fault::Kind::kError});
  const auto file = create("a");                 // 1
  EXPECT_TRUE(file->append("one").has_value());  // 2
  EXPECT_EQ(file->append("two").error().code, ErrorCode::kIo);
  EXPECT_TRUE(file->append("three").has_value());
  EXPECT_EQ(*read_all(dir(), "a"), "onethree");
  EXPECT_EQ(faulty_.operations(), 4u);
}

TEST_F(Faulty, tears_one_write) {
  faulty_.set_fault({.at = 2, .kind = Fault::Kind::kTorn});
  const auto file = create("a");
  EXPECT_EQ(file->append("abcdef").error().code, ErrorCode::kIo);
  EXPECT_EQ(*read_all(dir(), "a"), "abc");
}

TEST_F(Faulty, is_dead_after_a_crash_until_it_recovers) {
  const auto file = create("a");
  faulty_.crash();
  EXPECT_FALSE(file->append("x").has_value());
  EXPECT_FALSE(dir().list().has_value());
  ASSERT_TRUE(faulty_.recover(1).has_value());
  EXPECT_TRUE(dir().list().has_value());
  EXPECT_FALSE(file->append("x").has_value());
}

TEST_F(Faulty, keeps_what_was_synced_and_any_part_of_the_rest) {
  std::set<std::string> contents;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    ASSERT_TRUE(remove_content(dir()).has_value());
    const auto file = create("a");
    ASSERT_TRUE(file->append("safe").has_value());
    ASSERT_TRUE(file->sync().has_value());
    ASSERT_TRUE(dir().sync().has_value());
    ASSERT_TRUE(file->append("12").has_value());
    ASSERT_TRUE(file->append("34").has_value());
    faulty_.crash();
    ASSERT_TRUE(faulty_.recover(seed).has_value());
    contents.insert(*read_all(dir(), "a"));
  }
  EXPECT_EQ(contents, (std::set<std::string>{"safe", "safe1", "safe12", "safe123", "safe1234"}));
}

TEST_F(Faulty, loses_names_that_were_not_synced) {
  std::set<std::string> seen;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    ASSERT_TRUE(remove_content(dir()).has_value());
    ASSERT_TRUE(dir().sync().has_value());
    const auto file = create("a");
    ASSERT_TRUE(file->sync().has_value());
    ASSERT_TRUE(dir().rename("a", "b").has_value());
    ASSERT_TRUE(faulty_.recover(seed).has_value());
    const auto entries = *dir().list();
    seen.insert(entries.empty() ? "" : entries[0].name);
  }
  EXPECT_EQ(seen, (std::set<std::string>{"", "a", "b"}));
}

TEST_F(Faulty, the_same_seed_leaves_the_same) {
  const auto run = [&](std::uint64_t seed) {
    EXPECT_TRUE(remove_content(dir()).has_value());
    EXPECT_TRUE(dir().sync().has_value());
    const auto file = create("a");
    EXPECT_TRUE(dir().sync().has_value());
    EXPECT_TRUE(file->append(std::string(1000, 'x')).has_value());
    EXPECT_TRUE(faulty_.recover(seed).has_value());
    return *read_all(dir(), "a");
  };
  EXPECT_EQ(run(7), run(7));
}

// At whichever operation the power goes: the reader finds the old content or the new one.
TEST_F(Faulty, replace_content_waits_for_no_disk) {
  ASSERT_TRUE(replace_content(dir(), "ready", "one").has_value());
  // Create, write, rename: no sync.
  EXPECT_EQ(faulty_.operations(), 3u);
}

TEST_F(Faulty, write_atomically_survives_a_crash_at_every_operation) {
  for (std::uint64_t at = 1; at <= 6; ++at) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
      ASSERT_TRUE(write_atomically(dir(), "meta", "old").has_value());
      ASSERT_TRUE(faulty_.recover(seed).has_value());
      ASSERT_EQ(*read_all(dir(), "meta"), "old");
      faulty_.set_fault({.at = at, .kind = Fault::Kind::kCrash});
      const bool written = write_atomically(dir(), "meta", "new").has_value();
      ASSERT_TRUE(faulty_.recover(seed).has_value());
      const std::string content = *read_all(dir(), "meta");
      ASSERT_TRUE(content == "new" || (content == "old" && !written)) << "at " << at << " seed " << seed;
    }
  }
}

}  // namespace
}  // namespace stele::io
