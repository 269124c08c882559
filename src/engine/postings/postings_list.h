#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/postings/impacts.h"
#include "engine/postings/postings_format.h"
#include "engine/postings/postings_writer.h"
#include "engine/segment/ordinal.h"

namespace stele::engine {

// A run of at most 128 postings, decoded.
struct PostingsBlock {
  std::size_t count = 0;
  std::array<DocOrdinal, kPackedBlock> documents;
  std::array<std::uint32_t, kPackedBlock> frequencies;
};

// The postings of one term as they lie in a segment: blocks of 128 documents that can be found and bounded
// without decoding them. Terms in fewer documents have one block and no skip record. Borrows its bytes; a
// value type of a few words. Bytes that do not make sense give fewer postings, never a read outside of them.
class PostingsList {
 public:
  PostingsList() = default;
  // `postings` and `positions` are the field's sections; without frequencies each counts as 1.
  PostingsList(const TermEntry& entry, std::string_view postings, std::string_view positions,
               bool has_frequencies);

  std::size_t document_count() const { return entry_.document_count; }
  std::uint64_t total_frequency() const { return entry_.total_frequency; }
  std::size_t block_count() const { return block_count_; }
  bool has_skips() const { return entry_.document_count >= kPackedBlock; }
  // With skip records only; of all, of a block.
  DocOrdinal last_document(std::size_t block) const { return SkipRecord::load_last_document(skip(block)); }
  Impacts impacts() const { return load_le<Impacts>(postings_.data()); }
  Impacts impacts(std::size_t block) const { return SkipRecord::load_impacts(skip(block)); }
  // The first block at or after `from` whose last document is not below; block_count() if none. Gallops: near
  // ones are found at once.
  std::size_t find_block(std::size_t from, DocOrdinal document) const;

  // Documents; of a list's end, and of lists without skips, frequencies as well.
  void read_documents(std::size_t block, PostingsBlock& out) const;
  // What read_documents() has left out.
  void read_frequencies(std::size_t block, PostingsBlock& out) const;
  // Documents and frequencies.
  void read(std::size_t block, PostingsBlock& out) const;

  // In `words`, a bit a document.
  void mark_documents(std::span<std::uint64_t> words) const;
  // All of it at once, appended.
  void read_all_documents(std::vector<DocOrdinal>& documents) const;
  void read_all(std::vector<DocOrdinal>& documents, std::vector<std::uint32_t>& begin) const;

 private:
  friend class PositionsReader;

  const char* skip(std::size_t block) const {
    return postings_.data() + SkipRecord::kBefore + block * SkipRecord::kBytes;
  }
  std::string_view block_bytes(std::size_t block) const;
  void read_tail(std::string_view bytes, DocOrdinal former, std::size_t count, PostingsBlock& out) const;
  void read_block(std::size_t block, PostingsBlock& out, bool with_frequencies) const;

  TermEntry entry_;
  std::size_t block_count_ = 0;
  bool has_frequencies_ = false;
  std::string_view postings_;   // from the term's on
  std::string_view positions_;  // likewise
};

// At which places does a term stand in the documents of its list? Goes forward from block to block of
// postings; within one, in any order that does not go back. Confined to its query.
class PositionsReader {
 public:
  explicit PositionsReader(const PostingsList& list) : list_(list) {}

  // Before the first position of a block of postings.
  void enter_block(std::size_t block);
  // The positions of the next document, of this frequency, appended.
  void read(std::uint32_t frequency, std::vector<std::uint32_t>& positions);
  // Passes over so many positions.
  void skip(std::uint64_t count);

 private:
  void load(std::uint64_t block, std::uint64_t offset);

  PostingsList list_;
  std::array<std::uint32_t, kPackedBlock> gaps_;
  std::uint64_t at_ = 0;           // the number of the next position in the term
  std::uint64_t block_ = ~0ULL;    // of positions, the one in gaps_
  std::uint64_t next_offset_ = 0;  // of the block of positions behind it
};

}  // namespace stele::engine
