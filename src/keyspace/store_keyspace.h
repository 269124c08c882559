#pragma once

#include <cstddef>
#include <memory>

#include "base/clock.h"
#include "keyspace/keyspace.h"

namespace stele::keyspace {

struct StoreOptions {
  KeyClasses classes;
  std::size_t max_memory_bytes = 0;
  ObjectId first_object_id{1};  // above all ids that PostgreSQL has
};

// The keyspace that serves: 32 shards by the upper bits of a key's hash, each with a lock that nobody blocks
// on; a table a shard and database that grows by splitting one small part at a time; one allocation a key,
// its expiry in it. `clock` outlives it.
//
// Threads: any. Groups over keys of different shards run at once. A group over everything waits some
// microseconds for those that are under way, while no other begins.
// Cost: a look-up reads two lines of memory that are not in the cache, prefetch() brings both before. Large
// values are freed a little at a time, by later groups and by expire_some. take_cut takes what is
// dirty object by object, each with its shard held, and needs all shards for a moment only.
std::unique_ptr<Keyspace> make_store_keyspace(const Clock& clock, StoreOptions options);

}  // namespace stele::keyspace
