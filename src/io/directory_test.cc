// The same contract for every directory.
#include "io/directory.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>

#include "io/faulty_directory.h"

namespace stele::io {
namespace {

// A temporary directory of the machine.
class Scratch {
 public:
  Scratch() {
    std::string pattern = std::filesystem::temp_directory_path() / "stele-io-XXXXXX";
    path_ = ::mkdtemp(pattern.data());
  }
  ~Scratch() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class DirectoryContract : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    const std::string kind = GetParam();
    if (kind == "posix") {
      owned_ = *open_directory(scratch_.path() + "/data");
    } else {
      owned_ = memory_directory();
    }
    if (kind == "faulty") faulty_ = std::make_unique<FaultyDirectory>(*owned_);
  }

  Directory& dir() { return faulty_ ? faulty_->directory() : *owned_; }

  void put(std::string_view name, std::string_view content) {
    auto file = dir().open(name, OpenMode::kCreate);
    ASSERT_TRUE(file.has_value()) << file.error().message;
    ASSERT_TRUE((*file)->append(content).has_value());
  }

 private:
  Scratch scratch_;
  std::unique_ptr<Directory> owned_;
  std::unique_ptr<FaultyDirectory> faulty_;
};

TEST_P(DirectoryContract, reads_what_was_written) {
  auto file = *dir().open("a", OpenMode::kReadWrite);
  ASSERT_TRUE(file->append("hello").has_value());
  ASSERT_TRUE(file->append(" world").has_value());
  ASSERT_TRUE(file->write_at(0, "J").has_value());
  ASSERT_TRUE(file->sync().has_value());
  EXPECT_EQ(*file->size(), 11u);
  EXPECT_EQ(*read_all(dir(), "a"), "Jello world");
  char buffer[4] = {};
  EXPECT_EQ(*file->read_at(9, buffer, 4), 2u);
  EXPECT_EQ(std::string_view(buffer, 2), "ld");
  EXPECT_EQ(*file->read_at(11, buffer, 4), 0u);
  EXPECT_EQ(*file->read_at(99, buffer, 4), 0u);
}

TEST_P(DirectoryContract, fills_gaps_with_zeros) {
  auto file = *dir().open("a", OpenMode::kReadWrite);
  ASSERT_TRUE(file->write_at(3, "x").has_value());
  EXPECT_EQ(*read_all(dir(), "a"), std::string("\0\0\0x", 4));
  ASSERT_TRUE(file->truncate(1).has_value());
  ASSERT_TRUE(file->truncate(2).has_value());
  EXPECT_EQ(*read_all(dir(), "a"), std::string("\0\0", 2));
}

TEST_P(DirectoryContract, opens_by_mode) {
  EXPECT_EQ(dir().open("a", OpenMode::kRead).error().code, ErrorCode::kNotFound);
  put("a", "one");
  {
    auto again = *dir().open("a", OpenMode::kReadWrite);
  }
  EXPECT_EQ(*read_all(dir(), "a"), "one");
  auto reader = *dir().open("a", OpenMode::kRead);
  EXPECT_EQ(reader->append("x").error().code, ErrorCode::kIo);
  {
    auto emptied = *dir().open("a", OpenMode::kCreate);
  }
  EXPECT_EQ(*read_all(dir(), "a"), "");
}

TEST_P(DirectoryContract, renames_over_what_is_there) {
  put("a", "one");
  put("b", "two");
  auto old = *dir().open("b", OpenMode::kRead);
  ASSERT_TRUE(dir().rename("a", "b").has_value());
  EXPECT_EQ(*read_all(dir(), "b"), "one");
  EXPECT_EQ(dir().open("a", OpenMode::kRead).error().code, ErrorCode::kNotFound);
  char buffer[3] = {};
  EXPECT_EQ(*old->read_at(0, buffer, 3), 3u);
  EXPECT_EQ(std::string_view(buffer, 3), "two");
  EXPECT_EQ(dir().rename("a", "c").error().code, ErrorCode::kNotFound);
}

TEST_P(DirectoryContract, removes_and_lists) {
  put("b", "");
  put("a", "");
  ASSERT_TRUE(dir().subdirectory("c").has_value());
  EXPECT_EQ(*dir().list(), (std::vector<Entry>{{"a", false}, {"b", false}, {"c", true}}));
  ASSERT_TRUE(dir().remove("a").has_value());
  EXPECT_EQ(dir().remove("a").error().code, ErrorCode::kNotFound);
  ASSERT_TRUE(dir().remove("c").has_value());
  EXPECT_EQ(*dir().list(), (std::vector<Entry>{{"b", false}}));
}

TEST_P(DirectoryContract, keeps_removed_files_for_their_handles) {
  auto file = *dir().open("a", OpenMode::kReadWrite);
  ASSERT_TRUE(dir().remove("a").has_value());
  ASSERT_TRUE(file->append("still here").has_value());
  char buffer[5] = {};
  EXPECT_EQ(*file->read_at(0, buffer, 5), 5u);
  EXPECT_TRUE(dir().list()->empty());
}

TEST_P(DirectoryContract, has_directories_within) {
  auto inner = *dir().subdirectory("segments");
  auto file = *inner->open("1", OpenMode::kCreate);
  ASSERT_TRUE(file->append("x").has_value());
  auto again = *dir().subdirectory("segments");
  EXPECT_EQ(*read_all(*again, "1"), "x");
  EXPECT_FALSE(dir().remove("segments").has_value());
  ASSERT_TRUE(remove_content(dir()).has_value());
  EXPECT_TRUE(dir().list()->empty());
}

TEST_P(DirectoryContract, refuses_names_that_are_paths) {
  for (const char* name : {"", ".", "..", "a/b", "/etc/passwd"}) {
    EXPECT_EQ(dir().open(name, OpenMode::kReadWrite).error().code, ErrorCode::kInvalidArgument) << name;
    EXPECT_EQ(dir().subdirectory(name).error().code, ErrorCode::kInvalidArgument) << name;
    EXPECT_EQ(dir().remove(name).error().code, ErrorCode::kInvalidArgument) << name;
    EXPECT_EQ(dir().rename("a", name).error().code, ErrorCode::kInvalidArgument) << name;
  }
}

TEST_P(DirectoryContract, writes_atomically) {
  ASSERT_TRUE(write_atomically(dir(), "meta", "one").has_value());
  ASSERT_TRUE(write_atomically(dir(), "meta", "two").has_value());
  EXPECT_EQ(*read_all(dir(), "meta"), "two");
  EXPECT_EQ(dir().list()->size(), 1u);
}

TEST_P(DirectoryContract, replaces_content) {
  ASSERT_TRUE(replace_content(dir(), "ready", "one").has_value());
  ASSERT_TRUE(replace_content(dir(), "ready", "two").has_value());
  EXPECT_EQ(*read_all(dir(), "ready"), "two");
  EXPECT_EQ(dir().list()->size(), 1u);
}

TEST_P(DirectoryContract, is_locked_once) {
  auto lock = dir().lock("lock");
  ASSERT_TRUE(lock.has_value()) << lock.error().message;
  const auto second = dir().lock("lock");
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, ErrorCode::kFailedPrecondition);
  EXPECT_EQ(second.error().detail("pid"), std::to_string(::getpid()));
  lock->reset();
  EXPECT_TRUE(dir().lock("lock").has_value());
}

INSTANTIATE_TEST_SUITE_P(All, DirectoryContract, testing::Values("posix", "memory", "faulty"),
                         [](const auto& info) { return std::string(info.param); });

TEST(PosixDirectory, names_the_process_that_holds_the_lock) {
  const Scratch scratch;
  int ready[2];
  int done[2];
  ASSERT_EQ(::pipe(ready), 0);
  ASSERT_EQ(::pipe(done), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    ::close(done[1]);
    auto directory = open_directory(scratch.path());
    const auto lock = (*directory)->lock("lock");
    const char byte = lock.has_value() ? 'y' : 'n';
    char end = 0;
    const bool told = ::write(ready[1], &byte, 1) == 1 && ::read(done[0], &end, 1) == 0;
    ::_exit(told ? 0 : 1);
  }
  ::close(done[0]);
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  ASSERT_EQ(byte, 'y');
  auto directory = *open_directory(scratch.path());
  const auto refused = directory->lock("lock");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().message, scratch.path() + " is in use by process " + std::to_string(child));
  ::close(done[1]);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(directory->lock("lock").has_value());
}

TEST(PosixDirectory, says_what_cannot_be_created) {
  const auto directory = open_directory("/proc/none/data");
  ASSERT_FALSE(directory.has_value());
  EXPECT_NE(directory.error().message.find("/proc/none/data"), std::string::npos);
}

}  // namespace
}  // namespace stele::io
