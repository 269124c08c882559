#pragma once

#include <cstdint>
#include <vector>

#include "engine/query/postings_cursor.h"

namespace stele::engine {

// One term of a phrase in a sealed segment: where it stands, and at which places there. Confined to its
// search.
class PhraseTerm {
 public:
  explicit PhraseTerm(const PostingsList& list) : cursor_(list), reader_(list) {}

  PostingsCursor& cursor() { return cursor_; }
  // Of the document it stands on.
  std::uint32_t frequency() { return cursor_.full_postings().frequencies[cursor_.at()]; }
  // In the document it stands on; once a document.
  void read_positions(std::vector<std::uint32_t>& positions) {
    const PostingsBlock& postings = cursor_.full_postings();
    if (cursor_.block() != block_) {
      block_ = cursor_.block();
      read_ = 0;
      reader_.enter_block(block_);
    }
    for (; read_ < cursor_.at(); ++read_) reader_.skip(postings.frequencies[read_]);
    positions.clear();
    reader_.read(postings.frequencies[read_++], positions);
  }

 private:
  PostingsCursor cursor_;
  PositionsReader reader_;
  std::size_t block_ = ~std::size_t{0};
  std::size_t read_ = 0;  // documents of the block
};

}  // namespace stele::engine
