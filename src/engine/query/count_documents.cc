#include "engine/query/count_documents.h"

#include <algorithm>
#include <array>

namespace stele::engine {
namespace {

// Which of the rarest term's documents do others have, too? Confined to its search.
class Candidates {
 public:
  static constexpr std::size_t kMost = 4096;

  // The next ones; false where there are none.
  bool fill(PostingsCursor& lead, const DocumentBits& allowed) {
    count_ = 0;
    for (; lead.document() != PostingsCursor::kEnd && count_ + kPackedBlock <= kMost;
         lead.enter_block(lead.block() + 1)) {
      const PostingsBlock& block = lead.postings();
      if (allowed.is_all()) {
        std::copy_n(block.documents.begin(), block.count,
                    documents_.begin() + static_cast<std::ptrdiff_t>(count_));
        count_ += block.count;
        continue;
      }
      for (std::size_t i = 0; i < block.count; ++i) {
        documents_[count_] = block.documents[i];
        count_ += allowed.contains(block.documents[i]) ? 1 : 0;
      }
    }
    return count_ > 0 || lead.document() != PostingsCursor::kEnd;
  }

  std::size_t count() const { return count_; }

  // Leaves those that `other` has.
  void keep(PostingsCursor& other) {
    std::size_t kept = 0;
    for (std::size_t i = 0; i < count_;) {
      other.advance(documents_[i]);
      if (other.document() == PostingsCursor::kEnd) break;
      const PostingsBlock& block = other.postings();
      const DocOrdinal last = block.documents[block.count - 1];
      const DocOrdinal first = other.document();
      if (last < first) {  // bytes that lie
        other.enter_block(other.block() + 1);
        continue;
      }
      while (i < count_ && documents_[i] < first) ++i;
      std::size_t end = i;
      while (end < count_ && documents_[end] <= last) ++end;
      if (end - i >= kManyInBlock && last - first < kSpan)
        kept = keep_marked(block, other.at(), i, end, kept);
      else
        kept = keep_found(other, i, end, kept);
      i = end;
    }
    count_ = kept;
  }

 private:
  static constexpr std::size_t kManyInBlock = 8;
  static constexpr std::size_t kSpan = 8192;

  // A byte for each document of the block: what stands in it is looked up without a branch.
  std::size_t keep_marked(const PostingsBlock& block, std::size_t from, std::size_t i, std::size_t end,
                          std::size_t kept) {
    const DocOrdinal base = block.documents[from];
    for (std::size_t j = from; j < block.count; ++j) marks_[(block.documents[j] - base) % kSpan] = 1;
    for (; i < end; ++i) {
      const DocOrdinal document = documents_[i];
      documents_[kept] = document;
      kept += marks_[(document - base) % kSpan];
    }
    for (std::size_t j = from; j < block.count; ++j) marks_[(block.documents[j] - base) % kSpan] = 0;
    return kept;
  }

  std::size_t keep_found(PostingsCursor& other, std::size_t i, std::size_t end, std::size_t kept) {
    for (; i < end; ++i) {
      const DocOrdinal document = documents_[i];
      other.advance(document);
      documents_[kept] = document;
      kept += other.document() == document ? 1 : 0;
    }
    return kept;
  }

  std::size_t count_ = 0;
  std::array<DocOrdinal, kMost> documents_;
  std::array<std::uint8_t, kSpan> marks_{};
};

}  // namespace

std::size_t count_of_all(std::vector<PostingsCursor>& terms, const DocumentBits& allowed) {
  std::sort(terms.begin(), terms.end(), [](const PostingsCursor& left, const PostingsCursor& right) {
    return left.document_count() < right.document_count();
  });
  if (terms.size() == 1 && allowed.is_all()) return terms[0].document_count();
  std::size_t count = 0;
  for (Candidates candidates; candidates.fill(terms[0], allowed);) {
    for (std::size_t i = 1; i < terms.size() && candidates.count() > 0; ++i) candidates.keep(terms[i]);
    count += candidates.count();
  }
  return count;
}

}  // namespace stele::engine
