#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "engine/query/bm25.h"
#include "engine/query/postings_cursor.h"
#include "engine/segment/sealed_field.h"

namespace stele::engine {

// Goes through the documents of one term in a sealed segment, scores them, and says how high scores can be
// ahead without looking at each. Forward only. Confined to its search.
class TermScorer : public PostingsCursor {
 public:
  // Both outlive it.
  TermScorer(const SealedTerms& terms, const TermEntry& entry, const Bm25& bm25);

  // No document of the segment scores higher.
  float bound() const { return list().has_skips() ? bm25_->bound(list().impacts()) : bound_; }
  // Nor any in [first, end).
  float bound(DocOrdinal first, DocOrdinal end) const;
  // Nor any of a block.
  float block_bound(std::size_t block) const;

  // Of the document it stands on.
  float score() { return score_of(full_postings(), at()); }
  // Of all documents of the block it stands in: made together, once.
  std::span<const float> block_scores() {
    if (scored_block_ != block()) score_block();
    return std::span(scores_).first(postings().count);
  }
  // Calls take(document, score) from where it stands up to `end` (documents); it then stands at the first one
  // that is not below.
  template <class Take>
  void take_until(DocOrdinal end, Take&& take) {
    while (document() < end) {
      const std::span<const float> scores = block_scores();
      const PostingsBlock& block = postings();
      std::size_t i = at();
      for (; i < block.count && block.documents[i] < end; ++i) take(block.documents[i], scores[i]);
      if (i < block.count) {
        set_at(i);
        return;
      }
      enter_block(this->block() + 1);
    }
  }

 private:
  float score_of(const PostingsBlock& block, std::size_t i) const {
    const DocOrdinal document = block.documents[i];
    return bm25_->score(static_cast<float>(block.frequencies[i]),
                        document < lengths_.size() ? static_cast<std::uint8_t>(lengths_[document]) : 1);
  }

  void score_block();

  std::string_view lengths_;
  const Bm25* bm25_;
  std::size_t scored_block_ = ~std::size_t{0};
  std::array<float, kPackedBlock> scores_;
  float bound_ = 0;  // without skips
};

}  // namespace stele::engine
