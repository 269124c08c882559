#pragma once

#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/lsn.h"
#include "base/result.h"
#include "postgres/replication/tuple.h"

namespace stele::postgres {

// What does the server's log say? Decodes the messages of pgoutput, protocol versions 1 and 2, from bytes.
// Pure; any thread. All views point into the bytes given. Cost: one pass, no allocation but for Relation and
// Truncate. Malformed bytes are kProtocol, never a crash. Source: "Logical Replication Message Formats" of
// the PostgreSQL manual; src/backend/replication/logical/proto.c.

using Oid = std::uint32_t;
using Xid = std::uint32_t;

namespace pgoutput {

struct Begin {
  Lsn final_lsn;  // where the commit record begins
  WallTime commit_time;
  Xid xid = 0;
};

struct Commit {
  Lsn commit_lsn;  // where the commit record begins
  Lsn end_lsn;     // where it ends: the LSN that "applied" means
  WallTime commit_time;
};

struct Origin {
  Lsn lsn;
  std::string_view name;
};

struct Column {
  std::string_view name;
  Oid type = 0;
  std::int32_t type_modifier = -1;
  bool is_key = false;  // of the replica identity; with FULL every column is
};

enum class ReplicaIdentity : char { kDefault = 'd', kNothing = 'n', kFull = 'f', kIndex = 'i' };

// `xid` here and below: the (sub)transaction, inside a streamed block only; else 0.
struct Relation {
  Xid xid = 0;
  Oid id = 0;
  std::string_view schema;  // "pg_catalog" travels as the empty string and is given back as such
  std::string_view name;
  ReplicaIdentity identity = ReplicaIdentity::kDefault;
  std::vector<Column> columns;
};

struct Type {
  Xid xid = 0;
  Oid id = 0;
  std::string_view schema;
  std::string_view name;
};

// What an UPDATE or DELETE tells of the row as it was.
enum class OldTuple : char { kNone = 0, kKey = 'K', kFull = 'O' };

struct Insert {
  Xid xid = 0;
  Oid relation = 0;
  Tuple row;
};

struct Update {
  Xid xid = 0;
  Oid relation = 0;
  OldTuple old_kind = OldTuple::kNone;  // kKey when the key changed, kFull with REPLICA IDENTITY FULL
  Tuple old_row;
  Tuple row;
};

struct Delete {
  Xid xid = 0;
  Oid relation = 0;
  OldTuple old_kind = OldTuple::kKey;
  Tuple old_row;
};

struct Truncate {
  Xid xid = 0;
  bool cascade = false;
  bool restart_identity = false;
  std::vector<Oid> relations;
};

struct LogicalMessage {
  Xid xid = 0;
  bool transactional = false;
  Lsn lsn;  // where the message lies
  std::string_view prefix;
  std::string_view content;
};

struct StreamStart {
  Xid xid = 0;
  bool first_segment = false;
};

struct StreamStop {};

struct StreamCommit {
  Xid xid = 0;
  Lsn commit_lsn;
  Lsn end_lsn;
  WallTime commit_time;
};

struct StreamAbort {
  Xid xid = 0;
  Xid subxid = 0;  // == xid: the whole transaction
};

using Message = std::variant<Begin, Commit, Origin, Relation, Type, Insert, Update, Delete, Truncate,
                             LogicalMessage, StreamStart, StreamStop, StreamCommit, StreamAbort>;

// `in_stream`: between StreamStart and StreamStop, where changes carry their xid. kProtocol for anything that
// is not exactly one message of the versions above.
Result<Message> decode(std::string_view bytes, bool in_stream);

}  // namespace pgoutput

}  // namespace stele::postgres
