#include "io/spill_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "io/checksum.h"
#include "io/faulty_directory.h"

namespace stele::io {
namespace {

constexpr std::uint64_t kPlenty = 1 << 30;

std::vector<std::string> all(const SpillFile& file) {
  std::vector<std::string> records;
  SpillFile::Reader reader = file.read();
  while (true) {
    const auto record = reader.next();
    EXPECT_TRUE(record.has_value()) << record.error().message;
    if (!record.has_value() || !*record) return records;
    records.emplace_back(**record);
  }
}

TEST(Checksum, is_xxh3) {
  EXPECT_EQ(checksum(""), 0x2D06800538D394C2u);  // xxHash's own test vector
  EXPECT_NE(checksum("a"), checksum("b"));
}

TEST(SpillFile, gives_records_back_in_order_as_often_as_asked) {
  const auto directory = memory_directory();
  auto file = *SpillFile::create(*directory, "spill", kPlenty);
  const std::vector<std::string> records = {"one", "", std::string(300, 'x'), std::string("\0\n", 2)};
  for (const std::string& record : records) ASSERT_TRUE(file.append(record).has_value());
  EXPECT_EQ(all(file), records);
  EXPECT_EQ(all(file), records);
  EXPECT_EQ(file.records(), 4u);
  EXPECT_EQ(file.bytes(), 3u + 0 + 300 + 2 + 4 * 8);
}

TEST(SpillFile, spans_many_buffers_and_records_greater_than_one) {
  const auto directory = memory_directory();
  auto file = *SpillFile::create(*directory, "spill", kPlenty);
  std::vector<std::string> records;
  for (std::size_t i = 0; i < 3000; ++i) records.emplace_back(i * 7 % 1999, static_cast<char>('a' + i % 26));
  records.emplace_back(3 * SpillFile::kBufferBytes, 'L');
  records.emplace_back("last");
  for (const std::string& record : records) ASSERT_TRUE(file.append(record).has_value());
  EXPECT_EQ(all(file), records);
}

TEST(SpillFile, reads_what_is_appended_between_reads) {
  const auto directory = memory_directory();
  auto file = *SpillFile::create(*directory, "spill", kPlenty);
  SpillFile::Reader reader = file.read();
  for (int i = 0; i < 2000; ++i) {
    const std::string record = std::to_string(i) + std::string(400, '.');
    ASSERT_TRUE(file.append(record).has_value());
    const auto next = reader.next();
    ASSERT_TRUE(next.has_value() && next->has_value());
    ASSERT_EQ(**next, record);
    const auto none = reader.next();
    ASSERT_TRUE(none.has_value() && !none->has_value());
  }
}

TEST(SpillFile, is_bounded) {
  const auto directory = memory_directory();
  auto file = *SpillFile::create(*directory, "spill", 30);
  ASSERT_TRUE(file.append("1234567890").has_value());
  const auto refused = file.append("12345");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kResourceExhausted);
  ASSERT_TRUE(file.append("1234").has_value());
  EXPECT_EQ(all(file), (std::vector<std::string>{"1234567890", "1234"}));
}

TEST(SpillFile, leaves_no_name_behind) {
  const std::string path = std::filesystem::temp_directory_path() / "stele-spill-test";
  auto directory = *open_directory(path);
  auto file = *SpillFile::create(*directory, "spill", kPlenty);
  ASSERT_TRUE(file.append(std::string(2 * SpillFile::kBufferBytes, 'x')).has_value());
  EXPECT_TRUE(directory->list()->empty());
  const SpillFile moved = std::move(file);
  EXPECT_EQ(all(moved).size(), 1u);
  std::filesystem::remove_all(path);
}

TEST(SpillFile, reports_a_failed_write_and_goes_on) {
  const auto disk = memory_directory();
  FaultyDirectory faulty(*disk);
  auto file = *SpillFile::create(faulty.directory(), "spill", kPlenty);  // operations 1 and 2
  faulty.set_fault({.at = 3, .kind = Fault::Kind::kTorn});
  const std::string big(SpillFile::kBufferBytes, 'x');
  ASSERT_TRUE(file.append(big).has_value());
  EXPECT_EQ(file.append("next").error().code, ErrorCode::kIo);
  ASSERT_TRUE(file.append("later").has_value());
  EXPECT_EQ(all(file), (std::vector<std::string>{big, "later"}));
}

// Passes everything on but the reads, in which it turns one bit.
class BitRot final : public File {
 public:
  BitRot(std::unique_ptr<File> inner, std::uint64_t at) : inner_(std::move(inner)), at_(at) {}
  Result<std::size_t> read_at(std::uint64_t offset, char* buffer, std::size_t size) const override {
    auto got = inner_->read_at(offset, buffer, size);
    if (got.has_value() && at_ >= offset && at_ < offset + *got) buffer[at_ - offset] ^= 1;
    return got;
  }
  Result<> write_at(std::uint64_t offset, std::string_view bytes) override {
    return inner_->write_at(offset, bytes);
  }
  Result<> append(std::string_view bytes) override { return inner_->append(bytes); }
  Result<std::uint64_t> size() const override { return inner_->size(); }
  Result<> truncate(std::uint64_t size) override { return inner_->truncate(size); }
  Result<> sync() override { return inner_->sync(); }

 private:
  std::unique_ptr<File> inner_;
  std::uint64_t at_;
};

class RottenDirectory final : public Directory {
 public:
  explicit RottenDirectory(std::uint64_t at) : at_(at) {}
  Result<std::unique_ptr<File>> open(std::string_view name, OpenMode mode) override {
    return std::make_unique<BitRot>(*inner_->open(name, mode), at_);
  }
  Result<std::unique_ptr<Directory>> subdirectory(std::string_view name) override {
    return inner_->subdirectory(name);
  }
  Result<> rename(std::string_view from, std::string_view to) override { return inner_->rename(from, to); }
  Result<> remove(std::string_view name) override { return inner_->remove(name); }
  Result<std::vector<Entry>> list() const override { return inner_->list(); }
  Result<> sync() override { return inner_->sync(); }
  Result<std::unique_ptr<Lock>> lock(std::string_view name) override { return inner_->lock(name); }
  std::string path() const override { return inner_->path(); }

 private:
  std::unique_ptr<Directory> inner_ = memory_directory();
  std::uint64_t at_;
};

TEST(SpillFile, finds_every_flipped_bit) {
  for (std::uint64_t at = 0; at < 18; ++at) {  // the header and the content of the first record
    RottenDirectory directory(at);
    auto file = *SpillFile::create(directory, "spill", kPlenty);
    ASSERT_TRUE(file.append("0123456789").has_value());
    ASSERT_TRUE(file.append(std::string(SpillFile::kBufferBytes, 'x')).has_value());
    SpillFile::Reader reader = file.read();
    const auto record = reader.next();
    ASSERT_FALSE(record.has_value()) << at;
    EXPECT_EQ(record.error().code, ErrorCode::kCorruption);
  }
}

}  // namespace
}  // namespace stele::io
