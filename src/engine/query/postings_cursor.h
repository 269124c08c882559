#pragma once

#include <cstdint>

#include "engine/postings/postings_list.h"
#include "engine/segment/ordinal.h"

namespace stele::engine {

// Goes through the documents of one term in a sealed segment, forward only; decodes the blocks on which it
// stops, and frequencies only where somebody asks for one. Confined to its search.
class PostingsCursor {
 public:
  static constexpr DocOrdinal kEnd = kDropped;

  explicit PostingsCursor(const PostingsList& list) : list_(list) { enter_block(0); }

  std::size_t document_count() const { return list_.document_count(); }
  const PostingsList& list() const { return list_; }

  // The document it stands on, kEnd behind the last one.
  DocOrdinal document() const { return document_; }
  void next() {
    if (++at_ < postings_.count)
      document_ = postings_.documents[at_];
    else
      enter_block(block_ + 1);
  }
  // To the first document that is not below.
  void advance(DocOrdinal document);

  // The block it stands in: without decoding, if the list has skips.
  std::size_t block() const { return block_; }
  std::size_t block_count() const { return list_.block_count(); }
  // To the first document of a block further on; kEnd if there is none.
  void enter_block(std::size_t block);
  // Its documents, and its place among them.
  const PostingsBlock& postings() const { return postings_; }
  std::size_t at() const { return at_; }
  // With frequencies.
  const PostingsBlock& full_postings() {
    if (!has_frequencies_) list_.read_frequencies(block_, postings_);
    has_frequencies_ = true;
    return postings_;
  }
  // To a place of the same block.
  void set_at(std::size_t at) {
    at_ = at;
    document_ = postings_.documents[at];
  }

 private:
  PostingsList list_;
  PostingsBlock postings_;
  std::size_t block_ = 0;
  std::size_t at_ = 0;
  DocOrdinal document_ = kEnd;
  bool has_frequencies_ = false;
};

}  // namespace stele::engine
