#include "engine/query/postings_cursor.h"

#include <algorithm>

namespace stele::engine {

void PostingsCursor::enter_block(std::size_t block) {
  block_ = block;
  at_ = 0;
  document_ = kEnd;
  has_frequencies_ = false;
  if (block_ >= list_.block_count()) return;
  list_.read_documents(block_, postings_);
  if (postings_.count > 0) document_ = postings_.documents[0];
}

void PostingsCursor::advance(DocOrdinal wanted) {
  if (document_ >= wanted) return;
  if (postings_.documents[postings_.count - 1] < wanted) {
    const std::size_t block = list_.has_skips() ? list_.find_block(block_ + 1, wanted) : list_.block_count();
    enter_block(block);
    if (document_ >= wanted) return;
  }
  // Near ones first: in frequent terms the next but one is mostly it.
  const DocOrdinal* const documents = postings_.documents.data();
  std::size_t low = at_;
  std::size_t step = 1;
  while (low + step < postings_.count && documents[low + step] < wanted) {
    low += step;
    step *= 2;
  }
  // The one that is wanted is behind `low`, `rest` at most; halved without a branch that could be mistaken.
  const DocOrdinal* place = documents + low + 1;
  for (std::size_t rest = std::min(low + step + 1, postings_.count) - low - 1; rest > 0;) {
    const std::size_t half = (rest + 1) / 2;
    place += place[half - 1] < wanted ? half : 0;
    rest -= half;
  }
  at_ = static_cast<std::size_t>(place - documents);
  if (at_ >= postings_.count) {
    // Its last document is not below, unless the bytes lie.
    enter_block(block_ + 1);
    return;
  }
  document_ = *place;
}

}  // namespace stele::engine
