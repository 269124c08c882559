#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/postings/postings_writer.h"
#include "engine/segment/ordinal.h"

namespace stele::engine {

// Which terms are there, and where do their postings lie? Terms sorted by bytes, sixteen a block: the first
// of a block whole, each other one as what it adds to the one before. Layout: docs/formats/segment.md.

// Confined to its thread.
class TermDictionaryWriter {
 public:
  explicit TermDictionaryWriter(bool with_positions) : with_positions_(with_positions) {}

  // Terms ascending. Entries in the order of their postings.
  void add(std::string_view term, const TermEntry& entry);
  std::size_t size() const { return count_; }
  // The section: to be called once.
  std::string finish();

 private:
  bool with_positions_;
  std::uint32_t count_ = 0;
  std::string blocks_;
  std::vector<std::uint64_t> block_offsets_;
  std::string last_;
};

// Borrows the bytes. Threads: immutable, share freely. Cost: a look-up compares with the first terms of
// log2(blocks) blocks, then walks one block. Bytes that do not make sense give wrong terms, never a read
// outside of them.
class TermDictionary {
 public:
  TermDictionary() = default;
  TermDictionary(std::string_view section, bool with_positions);

  std::size_t size() const { return count_; }
  // The first rank whose term is not below; size() if none.
  TermRank lower_bound(std::string_view term) const;
  std::string_view term(TermRank rank, std::string& scratch) const;
  TermEntry entry(TermRank rank) const;
  // Of exactly this term.
  std::optional<TermEntry> find(std::string_view term) const;

  // Walks the terms from one on.
  class Cursor {
   public:
    // rank == size(): at the end.
    Cursor(const TermDictionary& dictionary, TermRank rank);
    bool at_end() const { return rank_ >= dictionary_->size(); }
    TermRank rank() const { return rank_; }
    std::string_view term() const { return term_; }
    const TermEntry& entry() const { return entry_; }
    void advance();
    // The same for who asks for entries alone: term() means nothing from then on.
    void advance_entry();

   private:
    void enter_block(std::size_t block);
    void read();
    void read_entry();

    const TermDictionary* dictionary_;
    TermRank rank_ = 0;
    std::string term_;
    TermEntry entry_;
    std::string_view rest_;
    std::uint64_t next_postings_ = 0;
    std::uint64_t next_positions_ = 0;
  };

 private:
  Cursor seek(std::string_view term) const;
  std::string_view block(std::size_t index) const;
  std::string_view first_term(std::size_t block) const;
  std::size_t block_count() const;

  std::uint32_t count_ = 0;
  bool with_positions_ = false;
  std::string_view offsets_;  // eight bytes a block
  std::string_view blocks_;
};

}  // namespace stele::engine
