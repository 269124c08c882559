#include "postgres/replication/protocol.h"

#include <limits>

#include "base/bytes.h"

namespace stele::postgres {

namespace {

// 2000-01-01 in Unix time.
constexpr std::int64_t kEpochSeconds = 946'684'800;
constexpr std::int64_t kEpochMicroseconds = kEpochSeconds * 1'000'000;

}  // namespace

WallTime from_postgres_time(std::int64_t microseconds) {
  // A wall time counts nanoseconds: what lies outside (before 1677, after 2262) is held at the bounds.
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max() / 1000 - kEpochMicroseconds;
  constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min() / 1000;
  if (microseconds > kMax) return WallTime::max();
  if (microseconds < kMin) return WallTime::min();
  return WallTime(std::chrono::microseconds(microseconds + kEpochMicroseconds));
}

std::int64_t to_postgres_time(WallTime time) {
  const auto since_epoch = std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch());
  return since_epoch.count() - kEpochMicroseconds;
}

Result<ReplicationMessage> decode_replication_message(std::string_view bytes) {
  ByteReader reader(bytes);
  const char type = static_cast<char>(reader.big_endian<std::uint8_t>());
  if (type == 'w') {
    XLogData data;
    data.start = Lsn(reader.big_endian<std::uint64_t>());
    data.end = Lsn(reader.big_endian<std::uint64_t>());
    data.sent = from_postgres_time(reader.big_endian<std::int64_t>());
    data.payload = reader.take(reader.remaining());
    if (reader.ok()) return ReplicationMessage(data);
  } else if (type == 'k') {
    Keepalive keepalive;
    keepalive.wal_end = Lsn(reader.big_endian<std::uint64_t>());
    keepalive.sent = from_postgres_time(reader.big_endian<std::int64_t>());
    keepalive.reply_requested = reader.big_endian<std::uint8_t>() != 0;
    if (reader.ok() && reader.empty()) return ReplicationMessage(keepalive);
  }
  return make_error(ErrorCode::kProtocol, "malformed replication message");
}

void append_standby_status(std::string& out, const StandbyStatus& status) {
  out.push_back('r');
  append_big_endian(out, status.written.value());
  append_big_endian(out, status.flushed.value());
  append_big_endian(out, status.applied.value());
  append_big_endian(out, to_postgres_time(status.sent));
  out.push_back(status.reply_requested ? 1 : 0);
}

}  // namespace stele::postgres
