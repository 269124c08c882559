#include "postgres/replication/pgoutput.h"

#include <gtest/gtest.h>

#include "postgres/replication/protocol.h"

namespace stele::postgres::pgoutput {
namespace {

// "I 00004002 N 0002 t 00000001 31 n" without the spaces between the parts.
std::string insert_bytes() {
  std::string bytes = "I";
  append_big_endian(bytes, Oid{16386});
  bytes += 'N';
  append_tuple_count(bytes, 3);
  append_column(bytes, {ColumnKind::kText, "31"});
  append_column(bytes, {ColumnKind::kNull, {}});
  append_column(bytes, {ColumnKind::kUnchanged, {}});
  return bytes;
}

TEST(Pgoutput, InsertGivesColumnsInOrder) {
  const std::string bytes = insert_bytes();
  const auto message = decode(bytes, false);
  ASSERT_TRUE(message.has_value());
  const auto& insert = std::get<Insert>(*message);
  EXPECT_EQ(insert.relation, 16386U);
  std::vector<ColumnValue> columns;
  insert.row.decode_into(columns);
  ASSERT_EQ(columns.size(), 3U);
  EXPECT_EQ(columns[0], (ColumnValue{ColumnKind::kText, "31"}));
  EXPECT_TRUE(columns[1].is_null());
  EXPECT_EQ(columns[2].kind, ColumnKind::kUnchanged);
}

TEST(Pgoutput, EveryTruncationOfAMessageIsAnError) {
  const std::string bytes = insert_bytes();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto message = decode(std::string_view(bytes).substr(0, size), false);
    ASSERT_FALSE(message.has_value()) << size;
    EXPECT_EQ(message.error().code, ErrorCode::kProtocol);
  }
  EXPECT_FALSE(decode(bytes + "x", false).has_value());
}

TEST(Pgoutput, StreamedChangesCarryTheirTransaction) {
  std::string bytes = insert_bytes();
  std::string xid;
  append_big_endian(xid, Xid{77});
  bytes.insert(1, xid);
  const auto message = decode(bytes, true);
  ASSERT_TRUE(message.has_value());
  EXPECT_EQ(std::get<Insert>(*message).xid, 77U);
  EXPECT_EQ(std::get<Insert>(*message).row.size(), 3U);
}

TEST(Pgoutput, CountsThatCannotBeTrueAreRefused) {
  std::string relation("R\0\0\0\1s\0t\0d\xff\xff", 12);
  EXPECT_FALSE(decode(relation, false).has_value());
  std::string truncate("T\xff\xff\xff\xff\0", 6);
  EXPECT_FALSE(decode(truncate, false).has_value());
  std::string tuple("I\0\0\0\1N\0\1t\xff\xff\xff\xffx", 14);
  EXPECT_FALSE(decode(tuple, false).has_value());
  std::string kind("I\0\0\0\1N\0\1x", 9);
  EXPECT_FALSE(decode(kind, false).has_value());
}

TEST(Pgoutput, UnknownTypesAreRefused) {
  EXPECT_FALSE(decode("", false).has_value());
  EXPECT_FALSE(decode("Z", false).has_value());
  EXPECT_FALSE(decode("P123", false).has_value());
}

TEST(Protocol, KeepaliveAndDataAreTold) {
  std::string keepalive = "k";
  append_big_endian(keepalive, std::uint64_t{0x2A});
  append_big_endian(keepalive, std::int64_t{1'000'000});
  keepalive += '\1';
  const auto message = decode_replication_message(keepalive);
  ASSERT_TRUE(message.has_value());
  EXPECT_EQ(std::get<Keepalive>(*message).wal_end, Lsn(42));
  EXPECT_TRUE(std::get<Keepalive>(*message).reply_requested);
  EXPECT_EQ(std::get<Keepalive>(*message).sent, WallTime(std::chrono::seconds(946'684'801)));

  std::string data = "w";
  append_big_endian(data, std::uint64_t{1});
  append_big_endian(data, std::uint64_t{2});
  append_big_endian(data, std::int64_t{0});
  EXPECT_FALSE(decode_replication_message(data.substr(0, 24)).has_value());
  EXPECT_FALSE(decode_replication_message("").has_value());
  EXPECT_FALSE(decode_replication_message("x").has_value());
  data += "payload";
  const auto payload = decode_replication_message(data);
  EXPECT_EQ(std::get<XLogData>(*payload).payload, "payload");
}

TEST(Protocol, StatusIsThirtyFourBytes) {
  std::string bytes;
  append_standby_status(bytes, {Lsn(3), Lsn(1), Lsn(2), from_postgres_time(5), true});
  EXPECT_EQ(bytes, std::string("r\0\0\0\0\0\0\0\3\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\5\1", 34));
}

TEST(Protocol, TimesBeyondNanosecondsAreHeldAtTheBounds) {
  EXPECT_EQ(from_postgres_time(INT64_MAX), WallTime::max());
  EXPECT_EQ(from_postgres_time(INT64_MIN), WallTime::min());
  EXPECT_EQ(to_postgres_time(from_postgres_time(123'456'789)), 123'456'789);
}

}  // namespace
}  // namespace stele::postgres::pgoutput
