#pragma once

#include <cstdint>

namespace stele::engine {

using DocOrdinal = std::uint32_t;  // of a version of a document in its segment
using TermRank = std::uint32_t;    // of a term among the sorted terms of a field in a segment
constexpr DocOrdinal kDropped = 0xFFFFFFFF;

}  // namespace stele::engine
