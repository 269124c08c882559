#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "base/lsn.h"
#include "engine/segment/segment.h"

namespace stele::engine {

// Which documents of a segment count? All of them, or a bit each; none beyond the segment's end. Confined to
// its search.
class DocumentBits {
 public:
  static DocumentBits all(std::size_t documents) { return DocumentBits(documents); }
  static DocumentBits none(std::size_t documents);
  // Some of so many.
  static DocumentBits of(std::size_t documents, std::span<const DocOrdinal> members);
  // What is visible at `lsn`.
  static DocumentBits visible(const Segment& segment, Lsn lsn);

  // Of the segment.
  std::size_t documents() const { return documents_; }
  std::size_t word_count() const { return (documents_ + 63) / 64; }
  bool is_all() const { return words_.empty(); }
  bool contains(DocOrdinal document) const {
    return is_all() || (words_[document / 64] >> (document % 64) & 1U) != 0;
  }
  // The i-th 64 documents.
  std::uint64_t word(std::size_t i) const {
    if (is_all()) return i * 64 < documents_ ? mask_of(i) : 0;
    return i < words_.size() ? words_[i] : 0;
  }
  std::size_t count() const;
  // Of those that are in `other`, too.
  std::size_t count_common(const DocumentBits& other) const;
  std::vector<DocOrdinal> members() const;
  // Calls visit(document), ascending.
  template <class Visit>
  void each(Visit&& visit) const {
    for (std::size_t i = 0; i < word_count(); ++i)
      for (std::uint64_t bits = word(i); bits != 0; bits &= bits - 1)
        visit(static_cast<DocOrdinal>(i * 64 + static_cast<unsigned>(std::countr_zero(bits))));
  }

  // Leaves those that are in `other` too; or not; or adds them.
  void keep(const DocumentBits& other);
  void remove(const DocumentBits& other);
  void add(const DocumentBits& other);
  // To be written to: bits beyond the end stay zero.
  std::span<std::uint64_t> words();

 private:
  explicit DocumentBits(std::size_t documents) : documents_(documents) {}
  // Those of the i-th 64 that the segment has.
  std::uint64_t mask_of(std::size_t i) const {
    const std::size_t left = documents_ - i * 64;
    return left >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << left) - 1;
  }

  std::size_t documents_;
  std::vector<std::uint64_t> words_;  // empty: all
};

}  // namespace stele::engine
