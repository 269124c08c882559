#pragma once

#include <cstdint>
#include <string>

#include "protocols/redis/rdb/encode.h"
#include "protocols/redis/rdb/reader.h"
#include "protocols/redis/rdb/types.h"
#include "protocols/redis/rdb/value.h"

namespace stele::redis::rdb {

// Streams as RDB has them: listpacks of entries, each told from the first one, then where the stream and its
// groups stand. Source: Redis 7.0 rdb.c and t_stream.c; 7.2 has one more time of consumers, which nobody here
// asks for.

// What an entry of a listpack is.
constexpr std::int64_t kEntryDeleted = 1;
constexpr std::int64_t kEntrySameFields = 2;  // as the listpack's head, and so only values follow

// What a group has read, where that cannot be told.
constexpr std::uint64_t kEntriesReadUnknown = UINT64_MAX;

// Whether it was one, with every count, order and reference as it must be.
bool read_stream(Reader& in, Type type, Stream& stream);

// From the type's byte on, in the listpacks that XADD makes within these limits.
std::string encode_stream(const Stream& stream, const EncodingLimits& limits);

}  // namespace stele::redis::rdb
