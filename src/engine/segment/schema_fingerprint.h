#pragma once

#include <cstdint>

#include "engine/schema.h"

namespace stele::engine {

// Do two schemas make the same segments of the same documents? Then this number is the same; else another
// one, as good as always. Kept on disk.
std::uint64_t schema_fingerprint(const Schema& schema);

}  // namespace stele::engine
