#pragma once

#include <cstdint>
#include <vector>

#include "engine/query/term_scorer.h"

namespace stele::engine {

// One term of a phrase in a sealed segment: where it stands, and at which places there. Confined to its
// search.
class PhraseTerm {
 public:
  PhraseTerm(const SealedTerms& terms, const TermEntry& entry, const Bm25& bm25)
      : scorer_(terms, entry, bm25), reader_(scorer_.list()) {}

  TermScorer& scorer() { return scorer_; }
  const TermScorer& scorer() const { return scorer_; }
  // In the document it stands on; once a document.
  void read_positions(std::vector<std::uint32_t>& positions) {
    const PostingsBlock& postings = scorer_.postings();
    if (scorer_.block() != block_) {
      block_ = scorer_.block();
      read_ = 0;
      reader_.enter_block(block_);
    }
    for (; read_ < scorer_.at(); ++read_) reader_.skip(postings.frequencies[read_]);
    positions.clear();
    reader_.read(postings.frequencies[read_++], positions);
  }

 private:
  TermScorer scorer_;
  PositionsReader reader_;
  std::size_t block_ = ~std::size_t{0};
  std::size_t read_ = 0;  // documents of the block
};

}  // namespace stele::engine
