#include "postgres/replication/copy_rows.h"

#include <gtest/gtest.h>

#include "base/bytes.h"

namespace stele::postgres {
namespace {

std::vector<std::vector<ColumnValue>> take(CopyRows& rows, std::vector<std::string_view> chunks) {
  std::vector<std::vector<ColumnValue>> all;
  const auto taken = rows.take(chunks);
  EXPECT_TRUE(taken.has_value());
  if (!taken.has_value()) return all;
  for (const Tuple& tuple : *taken) all.emplace_back(tuple.begin(), tuple.end());
  return all;
}

TEST(CopyRows, TextUnescapesAndTellsNulls) {
  CopyRows rows(false, 3);
  const auto all = take(rows, {"1\ta\\tb\\\\N\\n\t\\N\n", "\t\\\\N\t\\x\n2\t3\t4\n"});
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0][1].bytes, "a\tb\\N\n");
  EXPECT_TRUE(all[0][2].is_null());
  EXPECT_EQ(all[1][0].bytes, "");
  EXPECT_FALSE(all[1][0].is_null());
  EXPECT_EQ(all[1][1].bytes, "\\N");
  EXPECT_EQ(all[2][2].bytes, "4");
}

TEST(CopyRows, MalformedTextIsRefused) {
  for (const std::string_view bad : {"1\t2\n", "1\t2\t3\t4\n", "1\t2\t3", "\n"}) {
    CopyRows rows(false, 3);
    EXPECT_FALSE(rows.take(std::vector<std::string_view>{bad}).has_value()) << bad;
  }
}

TEST(CopyRows, BinaryTakesHeaderRowsAndTrailer) {
  std::string header("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\2xx", 21);
  std::string row;
  append_big_endian(row, std::uint16_t{2});
  append_big_endian(row, std::int32_t{-1});
  append_big_endian(row, std::int32_t{3});
  row += "abc";
  CopyRows rows(true, 2);
  const auto all = take(rows, {header + row, row, std::string_view("\xff\xff", 2)});
  ASSERT_EQ(all.size(), 2U);
  EXPECT_TRUE(all[0][0].is_null());
  EXPECT_EQ(all[1][1], (ColumnValue{ColumnKind::kBinary, "abc"}));
  EXPECT_FALSE(rows.take(std::vector<std::string_view>{row}).has_value()) << "after the trailer";
  const std::string whole = header + row;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    if (size == header.size()) continue;
    CopyRows cut(true, 2);
    EXPECT_FALSE(
        cut.take(std::vector<std::string_view>{std::string_view(whole).substr(0, size)}).has_value());
  }
  CopyRows other(true, 3);
  EXPECT_FALSE(other.take(std::vector<std::string_view>{whole}).has_value());
}

}  // namespace
}  // namespace stele::postgres
