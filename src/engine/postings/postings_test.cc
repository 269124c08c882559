#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "engine/postings/length.h"
#include "engine/postings/postings_list.h"
#include "engine/postings/postings_writer.h"
#include "engine/postings/term_dictionary.h"
#include "engine/query/bm25.h"

namespace stele::engine {
namespace {

TEST(BitPacking, EveryWidthComesBack) {
  std::mt19937 random(1);
  for (unsigned bits = 0; bits <= 32; ++bits) {
    std::array<std::uint32_t, kPackedBlock> values;
    for (std::uint32_t& value : values)
      value = bits == 0 ? 0 : static_cast<std::uint32_t>(random()) >> (32 - bits);
    if (bits > 0) values[random() % kPackedBlock] |= 1U << (bits - 1);
    EXPECT_EQ(bits_needed(values.data()), bits);
    std::string bytes;
    append_packed(bytes, values.data(), bits);
    ASSERT_EQ(bytes.size(), packed_bytes(bits));
    std::array<std::uint32_t, kPackedBlock> back;
    unpack(bytes.data(), bits, back.data());
    EXPECT_EQ(values, back) << bits;
  }
}

TEST(Varint, EndsEarly) {
  std::string bytes;
  append_varint(bytes, 0xFFFFFFFFFFFFFFFF);
  std::string_view whole = bytes;
  EXPECT_EQ(take_varint(whole), 0xFFFFFFFFFFFFFFFF);
  EXPECT_TRUE(whole.empty());
  std::string_view cut = std::string_view(bytes).substr(0, 4);
  EXPECT_EQ(take_varint(cut), 0U);
}

// A field's postings as plain lists.
struct Plain {
  PostingsScratch lists;
  Postings view() const { return {lists.documents, lists.begin, lists.positions}; }
};

Plain random_postings(std::mt19937& random, std::size_t count, std::uint32_t gap) {
  Plain plain;
  DocOrdinal document = random() % gap;
  plain.lists.begin.push_back(0);
  for (std::size_t i = 0; i < count; ++i, document += 1 + random() % gap) {
    plain.lists.documents.push_back(document);
    std::uint32_t position = 0;
    for (std::size_t frequency = 1 + (random() % 4 == 0 ? random() % 300 : 0); frequency > 0; --frequency)
      plain.lists.positions.push_back(position += random() % 50);
    plain.lists.begin.push_back(static_cast<std::uint32_t>(plain.lists.positions.size()));
  }
  return plain;
}

TEST(PostingsList, ReadsWhatWasWritten) {
  std::mt19937 random(2);
  std::vector<std::uint8_t> lengths(200'000);
  for (std::uint8_t& length : lengths) length = static_cast<std::uint8_t>(1 + random() % 200);
  PostingsWriter writer(lengths);
  std::vector<Plain> written;
  std::vector<TermEntry> entries;
  for (const std::size_t count : {1U, 2U, 127U, 128U, 129U, 256U, 1000U, 3U, 5000U}) {
    written.push_back(random_postings(random, count, count > 1000 ? 3 : 30));
    entries.push_back(writer.add(written.back().view()));
  }
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const PostingsList list(entries[i], writer.postings(), writer.positions(), true);
    const PostingsScratch& expected = written[i].lists;
    std::vector<DocOrdinal> documents;
    std::vector<std::uint32_t> begin;
    list.read_all(documents, begin);
    EXPECT_EQ(documents, expected.documents);
    EXPECT_EQ(begin, expected.begin);
    // Positions from any block on, some documents skipped.
    for (std::size_t block = 0; block < list.block_count(); ++block) {
      PositionsReader reader(list);
      reader.enter_block(block);
      PostingsBlock postings;
      list.read(block, postings);
      for (std::size_t j = 0; j < postings.count; ++j) {
        if (j % 3 == 1) {
          reader.skip(postings.frequencies[j]);
          continue;
        }
        std::vector<std::uint32_t> positions;
        reader.read(postings.frequencies[j], positions);
        const auto right = written[i].view().positions_of(block * kPackedBlock + j);
        ASSERT_EQ(positions, std::vector<std::uint32_t>(right.begin(), right.end())) << block << " " << j;
      }
    }
  }
}

TEST(PostingsList, BlocksAreFoundAndBounded) {
  std::mt19937 random(3);
  std::vector<std::uint8_t> lengths(100'000);
  for (std::uint8_t& length : lengths) length = static_cast<std::uint8_t>(1 + random() % 200);
  const Plain plain = random_postings(random, 4000, 20);
  PostingsWriter writer(lengths);
  const PostingsList list(writer.add(plain.view()), writer.postings(), writer.positions(), true);
  // Whatever the averages are when it is read.
  for (const std::uint64_t total : {1'000U, 50'000U, 5'000'000U}) {
    for (const Bm25Parameters parameters : {Bm25Parameters{}, {.k1 = 0.9F, .b = 0.4F}, {.k1 = 0, .b = 1}}) {
      const Bm25 bm25({1000, total}, parameters, 2.0F, 1.0F, true);
      PostingsBlock postings;
      float highest = 0;
      for (std::size_t block = 0; block < list.block_count(); ++block) {
        list.read(block, postings);
        for (std::size_t i = 0; i < postings.count; ++i) {
          const float score =
              bm25.score(static_cast<float>(postings.frequencies[i]), lengths[postings.documents[i]]);
          ASSERT_LE(score, bm25.bound(list.impacts(block)));
          highest = std::max(highest, score);
        }
      }
      EXPECT_LE(highest, bm25.bound(list.impacts()));
      EXPECT_LE(bm25.bound(list.impacts()), bm25.bound());
    }
  }
  for (DocOrdinal document = 0; document < plain.lists.documents.back() + 10; document += 7) {
    const std::size_t block = list.find_block(document % 3, document);
    const auto right = std::lower_bound(plain.lists.documents.begin(), plain.lists.documents.end(), document);
    const auto index = static_cast<std::size_t>(right - plain.lists.documents.begin());
    const std::size_t expected =
        right == plain.lists.documents.end() ? list.block_count() : index / kPackedBlock;
    ASSERT_EQ(block, std::max<std::size_t>(document % 3, expected));
  }
}

TEST(PostingsList, KeywordsHaveDocumentsAlone) {
  std::mt19937 random(4);
  Plain plain = random_postings(random, 700, 5);
  PostingsWriter writer({});
  const Postings postings{plain.lists.documents, {}, {}};
  const PostingsList list(writer.add(postings), writer.postings(), writer.positions(), false);
  std::vector<DocOrdinal> documents;
  list.read_all_documents(documents);
  EXPECT_EQ(documents, plain.lists.documents);
  EXPECT_TRUE(writer.positions().empty());
}

TEST(Impacts, FrequencyAndLengthAreCovered) {
  std::mt19937 random(5);
  for (int round = 0; round < 200; ++round) {
    ImpactsBuilder builder;
    std::vector<std::pair<std::uint32_t, std::uint8_t>> documents;
    for (std::size_t i = 0; i < 1 + random() % 128; ++i) {
      documents.emplace_back(1 + random() % (round % 2 == 0 ? 300 : 9), static_cast<std::uint8_t>(random()));
      builder.add(documents.back().first, documents.back().second);
    }
    const Impacts impacts = builder.finish();
    for (const auto& [frequency, length] : documents)
      ASSERT_TRUE(std::any_of(impacts.begin(), impacts.end(), [&](const Impact& impact) {
        return (impact.frequency == 255 || impact.frequency >= frequency) && impact.length <= length;
      }));
  }
}

TEST(TermDictionary, FindsEveryTermAndNoOther) {
  std::mt19937 random(6);
  std::map<std::string, TermEntry> terms;
  for (int i = 0; i < 3000; ++i) {
    std::string term = fmt::format("{}{}", random() % 3 == 0 ? "prefix" : "", random() % 100'000);
    if (i % 100 == 0) term.append(3, static_cast<char>(0xFF));
    terms[term] = {};
  }
  terms[""] = {};
  TermDictionaryWriter writer(true);
  std::uint64_t postings = 7;
  std::uint64_t positions = 9;
  for (auto& [term, entry] : terms) {
    entry = {.document_count = 1 + static_cast<std::uint32_t>(random() % 5000),
             .total_frequency = 0,
             .postings_offset = postings,
             .postings_bytes = random() % 1000,
             .positions_offset = positions,
             .positions_bytes = random() % 1000};
    entry.total_frequency = entry.document_count + random() % 100;
    postings += entry.postings_bytes;
    positions += entry.positions_bytes;
    writer.add(term, entry);
  }
  const std::string section = writer.finish();
  const TermDictionary dictionary(section, true);
  ASSERT_EQ(dictionary.size(), terms.size());
  TermRank rank = 0;
  std::string scratch;
  for (const auto& [term, entry] : terms) {
    EXPECT_EQ(dictionary.lower_bound(term), rank);
    EXPECT_EQ(dictionary.term(rank, scratch), term);
    const auto found = dictionary.find(term);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->document_count, entry.document_count);
    EXPECT_EQ(found->total_frequency, entry.total_frequency);
    EXPECT_EQ(found->postings_offset, entry.postings_offset);
    EXPECT_EQ(found->positions_offset, entry.positions_offset);
    const std::string beside = term + '\0';
    EXPECT_EQ(dictionary.lower_bound(beside), rank + 1);
    EXPECT_FALSE(dictionary.find(beside).has_value());
    ++rank;
  }
}

// Bytes that are no such thing: less comes out, and nothing is read that is not there (ASan looks).
TEST(Postings, BadBytesAreSurvived) {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    std::string bytes(random() % 600, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random() % 3 == 0 ? random() : random() % 4);
    const TermEntry entry{.document_count = static_cast<std::uint32_t>(random() % 700),
                          .total_frequency = random() % 1000,
                          .postings_offset = random() % 700,
                          .postings_bytes = 0,
                          .positions_offset = random() % 700,
                          .positions_bytes = 0};
    const PostingsList list(entry, bytes, bytes, true);
    PostingsBlock postings;
    for (std::size_t block = 0; block < list.block_count(); ++block) {
      list.read(block, postings);
      PositionsReader reader(list);
      reader.enter_block(block);
      std::vector<std::uint32_t> positions;
      reader.read(static_cast<std::uint32_t>(random() % 300), positions);
      ASSERT_LE(postings.count, kPackedBlock);
    }
    (void)list.find_block(0, static_cast<DocOrdinal>(random()));
    const TermDictionary dictionary(bytes, round % 2 == 0);
    std::string scratch;
    for (TermRank rank = 0; rank < std::min<std::size_t>(dictionary.size(), 50); ++rank)
      (void)dictionary.term(rank, scratch);
    (void)dictionary.lower_bound("abc");
  }
}

}  // namespace
}  // namespace stele::engine
