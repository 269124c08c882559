#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "keyspace/key.h"
#include "keyspace/value.h"
#include "keyspace/write_behind.h"
#include "net/task.h"
#include "postgres/connection.h"

namespace stele::views {

// The Oid of bigint[], bytea[], … that postgres::oid does not name.
constexpr postgres::Oid kByteaArrayOid = 1001;
constexpr postgres::Oid kInt4ArrayOid = 1007;
constexpr postgres::Oid kFloat8ArrayOid = 1022;
constexpr postgres::Oid kTimestamptzOid = 1184;
constexpr postgres::Oid kTimestamptzArrayOid = 1185;

constexpr std::size_t kChunkBytes = 65'536;  // of redis.string_chunk

// A durable key as redis.* has it.
struct StoredKey {
  keyspace::ObjectId id;
  keyspace::Key key;
  keyspace::Value value;

  std::size_t byte_size() const;
};

// PostgreSQL's microseconds since 2000 and back; what does not fit is the last moment that does.
std::int64_t to_timestamptz(keyspace::WallMs at);
std::optional<keyspace::WallMs> from_timestamptz(std::int64_t microseconds);  // none = infinity

// Gets keys in slices, between which others run; its error ends the reading.
using StoredKeySink = std::function<Result<void>(std::vector<StoredKey> slice)>;

// All keys, or those of `ids`, in slices of at most kKeysPerSlice keys and about kSliceBytes. In the
// transaction that the connection is in; rows are read as they come, in binary. Cost: a merge join by primary
// keys for each type.
net::Task<Result<void>> read_keys(postgres::Connection* connection,
                                  std::optional<std::vector<keyspace::ObjectId>> ids, StoredKeySink sink);
constexpr std::size_t kKeysPerSlice = 1000;
constexpr std::size_t kSliceBytes = 4U << 20;

}  // namespace stele::views
