#pragma once

#include <cstddef>

#include "keyspace/store/session.h"

namespace stele::keyspace::store {

// Steps of eviction within a group over one shard: each looks at some keys or removes one, which takes
// microseconds.

// Whether a shard may have keys that the policy lets go. Any thread.
bool may_have_evictable(const Store& store, const Shard& shard);

// Looks at so many keys of the shard from a random one on and keeps the worst of them in its pool. How many
// may go; 0: none of those that it looked at.
std::size_t look_for_evictable(Session& session, std::size_t shard, std::size_t samples);

// Removes the worst key in the shard's pool. False: it is gone or was used meanwhile; what the pool says of
// the shard is better now.
bool evict_worst(Session& session, std::size_t shard);

}  // namespace stele::keyspace::store
