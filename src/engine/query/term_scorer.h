#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "engine/postings/postings_list.h"
#include "engine/query/bm25.h"
#include "engine/segment/sealed_field.h"

namespace stele::engine {

// Goes through the documents of one term in a sealed segment, scores them, and says how high scores can be
// ahead without looking at each. Forward only. Confined to its search.
class TermScorer {
 public:
  static constexpr DocOrdinal kEnd = kDropped;

  // Both outlive it.
  TermScorer(const SealedTerms& terms, const TermEntry& entry, const Bm25& bm25);

  std::size_t document_count() const { return list_.document_count(); }
  // No document of the segment scores higher.
  float bound() const { return list_.has_skips() ? bm25_->bound(list_.impacts()) : bound_; }
  // Nor any in [first, end).
  float bound(DocOrdinal first, DocOrdinal end) const;

  // The document it stands on, kEnd behind the last one.
  DocOrdinal document() const { return document_; }
  float score() const { return score_of(at_); }
  void next();
  // To the first document that is not below.
  void advance(DocOrdinal document);

  // The block it stands in: without decoding, if the list has skips.
  std::size_t block() const { return block_; }
  std::size_t block_count() const { return list_.block_count(); }
  float block_bound(std::size_t block) const;
  // To the first document of a block further on; kEnd if there is none.
  void enter_block(std::size_t block);
  const PostingsList& list() const { return list_; }
  const PostingsBlock& postings() const { return postings_; }
  std::size_t at() const { return at_; }
  float score_of(std::size_t i) const {
    return bm25_->score(static_cast<float>(postings_.frequencies[i]), length_of(postings_.documents[i]));
  }
  // Of the document it stands on.
  std::uint8_t encoded_length() const { return length_of(document_); }
  // The scores of the block from where it stands up to `end` (documents), and how many; it then stands at the
  // first one that is not below, in this block or the next.
  template <class Take>
  void take_until(DocOrdinal end, Take&& take) {
    while (document_ < end) {
      std::size_t stop = at_;
      while (stop < postings_.count && postings_.documents[stop] < end) ++stop;
      for (; at_ < stop; ++at_) take(postings_.documents[at_], score_of(at_));
      if (at_ < postings_.count) {
        document_ = postings_.documents[at_];
        return;
      }
      enter_block(block_ + 1);
    }
  }

 private:
  std::uint8_t length_of(DocOrdinal document) const {
    return document < lengths_.size() ? static_cast<std::uint8_t>(lengths_[document]) : 1;
  }

  PostingsList list_;
  std::string_view lengths_;
  const Bm25* bm25_;
  float bound_ = 0;  // without skips
  PostingsBlock postings_;
  std::size_t block_ = 0;
  std::size_t at_ = 0;
  DocOrdinal document_ = kEnd;
};

}  // namespace stele::engine
