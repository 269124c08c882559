#include "postgres/replication/pgoutput.h"

#include <fmt/format.h>

#include "base/bytes.h"
#include "postgres/replication/protocol.h"

namespace stele::postgres::pgoutput {

namespace {

Lsn read_lsn(ByteReader& reader) {
  return Lsn(reader.big_endian<std::uint64_t>());
}

WallTime read_time(ByteReader& reader) {
  return from_postgres_time(reader.big_endian<std::int64_t>());
}

char read_char(ByteReader& reader) {
  return static_cast<char>(reader.big_endian<std::uint8_t>());
}

Xid read_xid(ByteReader& reader, bool in_stream) {
  return in_stream ? reader.big_endian<Xid>() : 0;
}

// Makes the reader fail: the bytes are long enough, but wrong.
void refuse(ByteReader& reader) {
  reader.take(reader.remaining() + 1);
}

Begin read_begin(ByteReader& reader) {
  Begin begin;
  begin.final_lsn = read_lsn(reader);
  begin.commit_time = read_time(reader);
  begin.xid = reader.big_endian<Xid>();
  return begin;
}

Commit read_commit(ByteReader& reader) {
  Commit commit;
  reader.big_endian<std::uint8_t>();  // flags, unused
  commit.commit_lsn = read_lsn(reader);
  commit.end_lsn = read_lsn(reader);
  commit.commit_time = read_time(reader);
  return commit;
}

Origin read_origin(ByteReader& reader) {
  Origin origin;
  origin.lsn = read_lsn(reader);
  origin.name = reader.c_string();
  return origin;
}

Relation read_relation(ByteReader& reader, bool in_stream) {
  Relation relation;
  relation.xid = read_xid(reader, in_stream);
  relation.id = reader.big_endian<Oid>();
  relation.schema = reader.c_string();
  relation.name = reader.c_string();
  relation.identity = static_cast<ReplicaIdentity>(read_char(reader));
  const auto count = reader.big_endian<std::uint16_t>();
  // The least a column takes is 10 bytes: a count that cannot be true must not allocate.
  if (count > reader.remaining() / 10) refuse(reader);
  if (reader.ok()) relation.columns.reserve(count);
  for (std::uint16_t i = 0; i < count && reader.ok(); ++i) {
    Column& column = relation.columns.emplace_back();
    column.is_key = (reader.big_endian<std::uint8_t>() & 1) != 0;
    column.name = reader.c_string();
    column.type = reader.big_endian<Oid>();
    column.type_modifier = reader.big_endian<std::int32_t>();
  }
  return relation;
}

Type read_type(ByteReader& reader, bool in_stream) {
  Type type;
  type.xid = read_xid(reader, in_stream);
  type.id = reader.big_endian<Oid>();
  type.schema = reader.c_string();
  type.name = reader.c_string();
  return type;
}

Insert read_insert(ByteReader& reader, bool in_stream) {
  Insert insert;
  insert.xid = read_xid(reader, in_stream);
  insert.relation = reader.big_endian<Oid>();
  if (read_char(reader) != 'N') refuse(reader);
  insert.row = Tuple::read(reader);
  return insert;
}

Update read_update(ByteReader& reader, bool in_stream) {
  Update update;
  update.xid = read_xid(reader, in_stream);
  update.relation = reader.big_endian<Oid>();
  char part = read_char(reader);
  if (part == 'K' || part == 'O') {
    update.old_kind = static_cast<OldTuple>(part);
    update.old_row = Tuple::read(reader);
    part = read_char(reader);
  }
  if (part != 'N') refuse(reader);
  update.row = Tuple::read(reader);
  return update;
}

Delete read_delete(ByteReader& reader, bool in_stream) {
  Delete deleted;
  deleted.xid = read_xid(reader, in_stream);
  deleted.relation = reader.big_endian<Oid>();
  const char part = read_char(reader);
  if (part != 'K' && part != 'O') refuse(reader);
  deleted.old_kind = static_cast<OldTuple>(part);
  deleted.old_row = Tuple::read(reader);
  return deleted;
}

Truncate read_truncate(ByteReader& reader, bool in_stream) {
  Truncate truncate;
  truncate.xid = read_xid(reader, in_stream);
  const auto count = reader.big_endian<std::uint32_t>();
  const auto options = reader.big_endian<std::uint8_t>();
  truncate.cascade = (options & 1) != 0;
  truncate.restart_identity = (options & 2) != 0;
  if (count > reader.remaining() / sizeof(Oid)) refuse(reader);
  if (reader.ok()) truncate.relations.reserve(count);
  for (std::uint32_t i = 0; i < count && reader.ok(); ++i) {
    truncate.relations.push_back(reader.big_endian<Oid>());
  }
  return truncate;
}

LogicalMessage read_message(ByteReader& reader, bool in_stream) {
  LogicalMessage message;
  message.xid = read_xid(reader, in_stream);
  message.transactional = (reader.big_endian<std::uint8_t>() & 1) != 0;
  message.lsn = read_lsn(reader);
  message.prefix = reader.c_string();
  message.content = reader.take(reader.big_endian<std::uint32_t>());
  return message;
}

StreamStart read_stream_start(ByteReader& reader) {
  StreamStart start;
  start.xid = reader.big_endian<Xid>();
  start.first_segment = reader.big_endian<std::uint8_t>() != 0;
  return start;
}

StreamCommit read_stream_commit(ByteReader& reader) {
  StreamCommit commit;
  commit.xid = reader.big_endian<Xid>();
  reader.big_endian<std::uint8_t>();  // flags, unused
  commit.commit_lsn = read_lsn(reader);
  commit.end_lsn = read_lsn(reader);
  commit.commit_time = read_time(reader);
  return commit;
}

StreamAbort read_stream_abort(ByteReader& reader) {
  StreamAbort abort;
  abort.xid = reader.big_endian<Xid>();
  abort.subxid = reader.big_endian<Xid>();
  return abort;
}

}  // namespace

Result<Message> decode(std::string_view bytes, bool in_stream) {
  ByteReader reader(bytes);
  const char type = read_char(reader);
  Message message;
  // clang-format off
  switch (type) {
    case 'B': message = read_begin(reader); break;
    case 'C': message = read_commit(reader); break;
    case 'O': message = read_origin(reader); break;
    case 'R': message = read_relation(reader, in_stream); break;
    case 'Y': message = read_type(reader, in_stream); break;
    case 'I': message = read_insert(reader, in_stream); break;
    case 'U': message = read_update(reader, in_stream); break;
    case 'D': message = read_delete(reader, in_stream); break;
    case 'T': message = read_truncate(reader, in_stream); break;
    case 'M': message = read_message(reader, in_stream); break;
    case 'S': message = read_stream_start(reader); break;
    case 'E': message = StreamStop{}; break;
    case 'c': message = read_stream_commit(reader); break;
    case 'A': message = read_stream_abort(reader); break;
    default: refuse(reader);
  }
  // clang-format on
  if (!reader.ok() || !reader.empty()) {
    return make_error(ErrorCode::kProtocol, fmt::format("malformed pgoutput message: type 0x{:02x}, {} bytes",
                                                        static_cast<unsigned char>(type), bytes.size()));
  }
  return message;
}

}  // namespace stele::postgres::pgoutput
