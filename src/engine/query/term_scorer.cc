#include "engine/query/term_scorer.h"

#include <algorithm>

namespace stele::engine {

TermScorer::TermScorer(const SealedTerms& terms, const TermEntry& entry, const Bm25& bm25)
    : list_(terms.list(entry)), lengths_(terms.lengths()), bm25_(&bm25) {
  enter_block(0);
  if (list_.has_skips()) return;
  for (std::size_t i = 0; i < postings_.count; ++i) bound_ = std::max(bound_, score_of(i));
}

float TermScorer::block_bound(std::size_t block) const {
  return list_.has_skips() ? bm25_->bound(list_.impacts(block)) : bound_;
}

float TermScorer::bound(DocOrdinal first, DocOrdinal end) const {
  if (document_ >= end) return 0;
  if (!list_.has_skips()) return bound_;
  float highest = 0;
  for (std::size_t block = list_.find_block(block_, first); block < list_.block_count(); ++block) {
    highest = std::max(highest, block_bound(block));
    if (list_.last_document(block) + 1 >= end) break;
  }
  return highest;
}

void TermScorer::enter_block(std::size_t block) {
  block_ = block;
  at_ = 0;
  document_ = kEnd;
  if (block_ >= list_.block_count()) return;
  list_.read(block_, postings_);
  if (postings_.count > 0) document_ = postings_.documents[0];
}

void TermScorer::next() {
  if (++at_ < postings_.count)
    document_ = postings_.documents[at_];
  else
    enter_block(block_ + 1);
}

void TermScorer::advance(DocOrdinal wanted) {
  if (document_ >= wanted) return;
  if (postings_.documents[postings_.count - 1] < wanted) {
    const std::size_t block = list_.has_skips() ? list_.find_block(block_ + 1, wanted) : list_.block_count();
    enter_block(block);
    if (document_ >= wanted) return;
  }
  // Near ones first: in frequent terms the next but one is mostly it.
  std::size_t low = at_;
  std::size_t step = 1;
  while (low + step < postings_.count && postings_.documents[low + step] < wanted) {
    low += step;
    step *= 2;
  }
  const auto first = postings_.documents.begin() + static_cast<std::ptrdiff_t>(low);
  const auto last =
      postings_.documents.begin() + static_cast<std::ptrdiff_t>(std::min(low + step + 1, postings_.count));
  const auto found = std::lower_bound(first, last, wanted);
  at_ = static_cast<std::size_t>(found - postings_.documents.begin());
  if (found == last) {
    // Its last document is not below, unless the bytes lie.
    enter_block(block_ + 1);
    return;
  }
  document_ = *found;
}

}  // namespace stele::engine
