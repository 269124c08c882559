#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/postings/impacts.h"
#include "engine/segment/terms_reader.h"

namespace stele::engine {

// What the dictionary keeps of a term's postings.
struct TermEntry {
  std::uint32_t document_count = 0;
  std::uint64_t total_frequency = 0;
  std::uint64_t postings_offset = 0;
  std::uint64_t postings_bytes = 0;
  std::uint64_t positions_offset = 0;
  std::uint64_t positions_bytes = 0;
};

// Lays out the postings of one field, term after term, as docs/formats/segment.md says. Confined to its
// thread.
class PostingsWriter {
 public:
  // `lengths`: encoded, one a document; empty where frequencies are not kept (keywords).
  explicit PostingsWriter(std::span<const std::uint8_t> lengths) : lengths_(lengths) {}

  // One term. The entry's offsets are into postings() and positions().
  TermEntry add(const Postings& postings);

  const std::string& postings() const { return postings_; }
  const std::string& positions() const { return positions_; }

 private:
  bool has_frequencies() const { return !lengths_.empty(); }
  void append_blocks(const Postings& postings, std::span<const std::uint32_t> position_blocks);
  void append_block(const Postings& postings, std::size_t first, DocOrdinal former);
  Impacts impacts_of(const Postings& postings, std::size_t first, std::size_t end) const;
  void append_tail(const Postings& postings, std::size_t first, DocOrdinal former);
  // The byte in the term's positions at which each block of them begins.
  std::vector<std::uint32_t> append_positions(const Postings& postings);
  void append_skip(std::string& out, const Postings& postings, std::size_t first, std::size_t end,
                   std::uint32_t block_offset, std::span<const std::uint32_t> position_blocks) const;

  std::span<const std::uint8_t> lengths_;
  std::string postings_;
  std::string positions_;
};

}  // namespace stele::engine
