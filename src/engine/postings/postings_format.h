#pragma once

#include <cstdint>

#include "engine/postings/bit_packing.h"
#include "engine/postings/impacts.h"
#include "engine/postings/varint.h"

namespace stele::engine {

// Terms in 128 documents or more begin with the impacts of all of them (8 bytes); then come these, one a
// block of 128 documents and one for the rest; then the blocks.
struct SkipRecord {
  static constexpr std::size_t kBytes = 24;
  static constexpr std::size_t kBefore = sizeof(Impacts);
  std::uint32_t last_document = 0;
  std::uint32_t block_offset = 0;      // from the end of the skip records
  std::uint32_t positions_offset = 0;  // of the block of positions in which the first of these lies
  std::uint32_t positions_before = 0;  // in all documents before
  Impacts impacts{};

  static SkipRecord load(const char* bytes) {
    SkipRecord record;
    record.last_document = load_le<std::uint32_t>(bytes);
    record.block_offset = load_le<std::uint32_t>(bytes + 4);
    record.positions_offset = load_le<std::uint32_t>(bytes + 8);
    record.positions_before = load_le<std::uint32_t>(bytes + 12);
    record.impacts = load_impacts(bytes);
    return record;
  }
  static std::uint32_t load_last_document(const char* bytes) { return load_le<std::uint32_t>(bytes); }
  static Impacts load_impacts(const char* bytes) { return load_le<Impacts>(bytes + 16); }
  void append_to(std::string& out) const {
    append_le(out, last_document);
    append_le(out, block_offset);
    append_le(out, positions_offset);
    append_le(out, positions_before);
    append_le(out, impacts);
  }
};

}  // namespace stele::engine
