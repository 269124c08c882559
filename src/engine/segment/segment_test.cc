#include <fmt/format.h>
#include <gtest/gtest.h>

#include "engine/segment/document_record.h"
#include "engine/segment/sections.h"
#include "engine/segment/versions.h"

namespace stele::engine {
namespace {

TEST(Versions, BirthsAndDeaths) {
  Versions versions({10, 10, 12, 15});
  EXPECT_TRUE(versions.all_visible(Lsn(15)));
  EXPECT_FALSE(versions.all_visible(Lsn(14)));
  EXPECT_TRUE(versions.is_visible(2, Lsn(12)));
  EXPECT_FALSE(versions.is_visible(2, Lsn(11)));
  versions.kill(1, Lsn(20));
  EXPECT_TRUE(versions.is_visible(1, Lsn(19)));
  EXPECT_FALSE(versions.is_visible(1, Lsn(20)));
  EXPECT_FALSE(versions.all_visible(Lsn(20)));
  EXPECT_EQ(versions.droppable_count(Lsn(19)), 0U);
  EXPECT_EQ(versions.droppable_count(Lsn(20)), 1U);
  EXPECT_EQ(versions.dead_count(), 1U);
  // Not while somebody can look at what was before.
  versions.forget_births(Lsn(14));
  EXPECT_FALSE(versions.is_visible(3, Lsn(14)));
  const std::size_t before = versions.memory_bytes();
  versions.forget_births(Lsn(15));
  EXPECT_LT(versions.memory_bytes(), before);
  EXPECT_TRUE(versions.is_visible(3, Lsn(15)));
}

TEST(Versions, ManyDeaths) {
  Versions versions(std::vector<std::uint64_t>(5000, 1));
  for (DocOrdinal i = 3000; i < 5000; i += 2) versions.kill(i, Lsn(2));
  EXPECT_EQ(versions.droppable_count(Lsn(2)), 1000U);
  for (DocOrdinal i = 0; i < 5000; ++i) ASSERT_EQ(versions.is_alive(i), i < 3000 || i % 2 == 1) << i;
}

TEST(DocumentRecord, ComesBackAndIsRefusedWhenCut) {
  Document document;
  document.key = DocKey::from_text("seven");
  document.version = -3;
  document.seq_no = 1234567890123;
  document.routing = "r";
  document.source = R"({"a":1})";
  document.lsn = Lsn(99);
  document.fields = {{FieldId(0), {Value(), Value(true), Value(std::int64_t{-5}), Value(2.5), Value("text")}},
                     {FieldId(7), {Value(false)}}};
  std::string record;
  append_record(record, document);
  EXPECT_EQ(record_key(record), document.key.bytes());
  const auto back = read_record(record);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->key, document.key);
  EXPECT_EQ(back->version, -3);
  EXPECT_EQ(back->seq_no, 1234567890123);
  EXPECT_EQ(back->routing, "r");
  EXPECT_EQ(back->source, document.source);
  EXPECT_EQ(back->lsn, document.lsn);
  ASSERT_EQ(back->fields.size(), 2U);
  EXPECT_EQ(back->fields[0].values, document.fields[0].values);
  EXPECT_EQ(back->fields[1].field, FieldId(7));
  for (std::size_t size = 0; size < record.size(); ++size)
    (void)read_record(std::string_view(record).substr(0, size));
  EXPECT_FALSE(read_record("").has_value());
}

TEST(Sections, AFlippedByteOfTheDirectoryIsFound) {
  SectionWriter writer;
  writer.add(3, SectionKind::kTerms, "terms");
  writer.add(kSegmentSections, SectionKind::kDocuments, std::string(1000, 'd'));
  const std::string bytes = writer.finish();
  const auto sections = SectionReader::open(bytes);
  ASSERT_TRUE(sections.has_value());
  EXPECT_EQ(sections->find(3, SectionKind::kTerms), "terms");
  EXPECT_EQ(sections->find(kSegmentSections, SectionKind::kDocuments).size(), 1000U);
  EXPECT_EQ(sections->find(4, SectionKind::kTerms), "");
  EXPECT_EQ(sections->find(kSegmentSections, SectionKind::kDocuments).data() - bytes.data(), 64);
  const std::size_t directory = 64 + 1000;
  for (std::size_t at = directory; at < bytes.size(); ++at) {
    std::string flipped = bytes;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
    const auto opened = SectionReader::open(flipped);
    ASSERT_FALSE(opened.has_value()) << at;
    EXPECT_EQ(opened.error().code, ErrorCode::kCorruption);
  }
  for (std::size_t size = 0; size < bytes.size(); size += 13)
    EXPECT_FALSE(SectionReader::open(std::string_view(bytes).substr(0, size)).has_value());
}

}  // namespace
}  // namespace stele::engine
