#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>

#include "engine/columns/column.h"
#include "engine/columns/column_filter.h"

namespace stele::engine {
namespace {

TEST(PackedIntegers, EveryWidthComesBack) {
  std::mt19937_64 random(1);
  for (unsigned bits = 0; bits <= 64; ++bits) {
    std::vector<std::uint64_t> values(77);
    const std::uint64_t least = bits == 64 ? 0 : random() >> (bits == 0 ? 1 : bits);
    for (std::uint64_t& value : values) value = least + (bits == 0 ? 0 : random() >> (64 - bits));
    std::string section;
    PackedIntegers::append(section, values);
    const PackedIntegers packed(section, values.size());
    ASSERT_EQ(packed.size(), values.size()) << bits;
    EXPECT_EQ(packed.section_bytes(), section.size());
    for (std::size_t i = 0; i < values.size(); ++i) ASSERT_EQ(packed[i], values[i]) << bits;
    // A byte short: nothing rather than bytes that are not its own.
    EXPECT_EQ(PackedIntegers(std::string_view(section).substr(0, section.size() - 1), values.size()).size(),
              0U);
  }
}

TEST(PackedIntegers, OrderOfNumbersIsKept) {
  const std::vector<double> reals = {
      -std::numeric_limits<double>::infinity(), -1e300, -1.5, -0.0, 0.0, 1e-300, 2.5,
      std::numeric_limits<double>::infinity()};
  for (std::size_t i = 0; i < reals.size(); ++i) {
    EXPECT_EQ(real_from_ordered(to_ordered(reals[i])), reals[i]);
    if (i > 0) EXPECT_LT(to_ordered(reals[i - 1]), to_ordered(reals[i]));
  }
  const std::vector<std::int64_t> integers = {std::numeric_limits<std::int64_t>::min(), -1, 0, 1,
                                              std::numeric_limits<std::int64_t>::max()};
  for (std::size_t i = 0; i < integers.size(); ++i) {
    EXPECT_EQ(integer_from_ordered(to_ordered(integers[i])), integers[i]);
    if (i > 0) EXPECT_LT(to_ordered(integers[i - 1]), to_ordered(integers[i]));
  }
}

std::vector<DocOrdinal> random_members(std::mt19937& random, std::size_t documents, std::size_t one_in) {
  std::vector<DocOrdinal> members;
  for (DocOrdinal i = 0; i < documents; ++i)
    if (one_in != 0 && random() % one_in == 0) members.push_back(i);
  return members;
}

TEST(DocumentSet, MembersAndRanks) {
  std::mt19937 random(2);
  for (const std::size_t documents : {1U, 63U, 64U, 65U, 1000U}) {
    for (const std::size_t one_in : {0U, 1U, 2U, 40U}) {
      const std::vector<DocOrdinal> members = random_members(random, documents, one_in);
      std::string section;
      DocumentSet::append(section, members, documents);
      const DocumentSet set(section, documents);
      EXPECT_EQ(set.section_bytes(), section.size());
      std::vector<DocOrdinal> back;
      set.append_members(back);
      ASSERT_EQ(back, members);
      std::size_t rank = 0;
      for (DocOrdinal i = 0; i < documents; ++i) {
        const bool in = rank < members.size() && members[rank] == i;
        ASSERT_EQ(set.contains(i), in);
        if (in) ASSERT_EQ(set.rank(i), rank++);
      }
    }
  }
}

TEST(Column, SingleAndSeveralValues) {
  std::mt19937 random(3);
  for (const std::size_t most : {1U, 3U}) {
    constexpr std::size_t kDocuments = 500;
    std::vector<std::vector<std::uint64_t>> values(kDocuments);
    ColumnWriter writer;
    for (DocOrdinal i = 0; i < kDocuments; ++i) {
      for (std::size_t count = random() % (most + 1); count > 0; --count)
        values[i].push_back(random() % 1000);
      for (const std::uint64_t value : values[i]) writer.add(i, value);
    }
    const std::string section = writer.finish(kDocuments);
    const ColumnReader column(section, kDocuments);
    EXPECT_EQ(column.is_single(), most == 1);
    for (DocOrdinal i = 0; i < kDocuments; ++i) {
      const auto [begin, end] = column.range(i);
      std::vector<std::uint64_t> back;
      for (std::size_t j = begin; j < end; ++j) back.push_back(column.value(j));
      ASSERT_EQ(back, values[i]);
    }
    // Cut anywhere: a column without values.
    for (std::size_t size = 0; size < section.size(); size += 7) {
      const ColumnReader cut(std::string_view(section).substr(0, size), kDocuments);
      EXPECT_EQ(cut.range(5).first, cut.range(5).second);
    }
  }
}

TEST(ColumnFilter, AsOneByOne) {
  std::mt19937 random(4);
  for (const std::size_t most : {1U, 3U}) {
    for (const std::size_t documents : {1U, 64U, 700U}) {
      ColumnWriter writer;
      std::vector<std::vector<std::uint64_t>> values(documents);
      for (DocOrdinal i = 0; i < documents; ++i) {
        for (std::size_t count = random() % (most + 1); count > 0; --count)
          values[i].push_back(random() % 100);
        for (const std::uint64_t value : values[i]) writer.add(i, value);
      }
      const std::string section = writer.finish(documents);
      const ColumnReader column(section, documents);
      for (int round = 0; round < 20; ++round) {
        std::vector<OrderedInterval> intervals;
        for (std::size_t count = random() % 3; count > 0; --count) {
          intervals.push_back({random() % 100, random() % 100});
        }
        const bool outside = random() % 2 == 0;
        std::vector<DocOrdinal> expected;
        for (DocOrdinal i = 0; i < documents; ++i)
          if (std::any_of(values[i].begin(), values[i].end(), [&](std::uint64_t value) {
                const bool inside = std::any_of(
                    intervals.begin(), intervals.end(),
                    [&](const auto& interval) { return interval.low <= value && value <= interval.high; });
                return inside != outside;
              }))
            expected.push_back(i);
        std::vector<std::uint64_t> words((documents + 63) / 64);
        mark_documents(column, intervals, outside, words);
        std::vector<DocOrdinal> marked;
        for (DocOrdinal i = 0; i < documents; ++i)
          if ((words[i / 64] >> (i % 64) & 1U) != 0) marked.push_back(i);
        ASSERT_EQ(marked, expected);
        // None beyond the end.
        ASSERT_EQ(documents % 64 == 0 ? 0 : words.back() >> (documents % 64), 0);
      }
    }
  }
}

}  // namespace
}  // namespace stele::engine
