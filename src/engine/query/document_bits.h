#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/lsn.h"
#include "engine/segment/segment.h"

namespace stele::engine {

// Which documents of a segment count? All of them, or a bit each. Confined to its search.
class DocumentBits {
 public:
  // What is visible at `lsn`.
  static DocumentBits visible(const Segment& segment, Lsn lsn);

  bool is_all() const { return words_.empty(); }
  bool contains(DocOrdinal document) const {
    return is_all() || (words_[document / 64] >> (document % 64) & 1U) != 0;
  }
  // The i-th 64 documents. Beyond the segment's end: anything where all count.
  std::uint64_t word(std::size_t i) const {
    if (is_all()) return ~std::uint64_t{0};
    return i < words_.size() ? words_[i] : 0;
  }
  // Leaves those that are among `documents`, ascending; or those that are not.
  void keep(std::span<const DocOrdinal> documents);
  void remove(std::span<const DocOrdinal> documents);

 private:
  explicit DocumentBits(std::size_t size) : size_(size) {}
  void make_words();

  std::size_t size_;
  std::vector<std::uint64_t> words_;  // empty: all
};

}  // namespace stele::engine
