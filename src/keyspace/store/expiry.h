#pragma once

#include <cstddef>

#include "keyspace/store/session.h"

namespace stele::keyspace::store {

// Goes on with the search for keys of one shard whose time is over, and removes at most `limit` of them. How
// many. It looks at no more segments than are left, and counts those that it looked at. The session holds the
// shard. A round ends when all of the shard was looked at; the next begins after a pause that grows with the
// shard, so that the search costs a few percent of a processor at any size. Cost: a byte a key, a look at
// those entries alone whose mark is due.
std::size_t expire_in_shard(Session& session, std::size_t shard, std::size_t limit,
                            std::size_t* segments_left);

}  // namespace stele::keyspace::store
