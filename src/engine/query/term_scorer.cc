#include "engine/query/term_scorer.h"

#include <algorithm>

namespace stele::engine {

TermScorer::TermScorer(const SealedTerms& terms, const TermEntry& entry, const Bm25& bm25)
    : PostingsCursor(terms.list(entry)), lengths_(terms.lengths()), bm25_(&bm25) {
  if (list().has_skips()) return;
  for (const float score : block_scores()) bound_ = std::max(bound_, score);
}

void TermScorer::score_block() {
  scored_block_ = block();
  const PostingsBlock& block = full_postings();
  // Look-ups first, then what a machine does for several at once.
  std::array<float, kPackedBlock> inverse;
  for (std::size_t i = 0; i < block.count; ++i) {
    const DocOrdinal document = block.documents[i];
    inverse[i] = bm25_->inverse_norm(
        document < lengths_.size() ? static_cast<std::uint8_t>(lengths_[document]) : std::uint8_t{1});
  }
  const float weight = bm25_->weight();
  for (std::size_t i = 0; i < block.count; ++i)
    scores_[i] = Bm25::score(weight, static_cast<float>(block.frequencies[i]), inverse[i]);
}

float TermScorer::block_bound(std::size_t block) const {
  return list().has_skips() ? bm25_->bound(list().impacts(block)) : bound_;
}

float TermScorer::bound(DocOrdinal first, DocOrdinal end) const {
  if (document() >= end) return 0;
  if (!list().has_skips()) return bound_;
  float highest = 0;
  for (std::size_t block = list().find_block(this->block(), first); block < block_count(); ++block) {
    highest = std::max(highest, block_bound(block));
    if (list().last_document(block) + 1 >= end) break;
  }
  return highest;
}

}  // namespace stele::engine
