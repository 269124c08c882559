#pragma once

#include "base/result.h"
#include "keyspace/keyspace.h"
#include "protocols/redis/rdb/encode.h"
#include "protocols/redis/rdb/value.h"
#include "protocols/redis/settings.h"

namespace stele::redis {

// The whole value of that type at a key; views until the group's next operation.
Result<rdb::Value> read_value(keyspace::Group& group, keyspace::KeyRef key, keyspace::ValueType type);

// Writes it where nothing is, without an expiry.
Result<void> write_value(keyspace::Group& group, keyspace::KeyRef key, const rdb::Value& value);

// The settings by which Redis chooses how it keeps collections.
rdb::EncodingLimits encoding_limits(const Settings& settings);

}  // namespace stele::redis
