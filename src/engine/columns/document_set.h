#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/postings/varint.h"
#include "engine/segment/ordinal.h"

namespace stele::engine {

// Which of a segment's documents are in, and how many of them stand before one? Section: eight bytes with the
// number of members; nothing else if it is none or all, else a bit a document in words of 64, then four bytes
// a word with the members before it. Borrows its bytes. Threads: immutable, share freely.
class DocumentSet {
 public:
  DocumentSet() = default;
  // `documents`: of the segment.
  DocumentSet(std::string_view section, std::size_t documents);

  // Members ascending.
  static void append(std::string& out, std::span<const DocOrdinal> members, std::size_t documents);

  std::size_t count() const { return count_; }
  // Of the segment, members or not.
  std::size_t documents() const { return documents_; }
  bool is_all() const { return count_ == documents_; }
  bool contains(DocOrdinal document) const {
    if (words_ == nullptr) return count_ != 0;
    return (word(document / 64) >> (document % 64) & 1U) != 0;
  }
  // Members below `document`, which is one itself.
  std::size_t rank(DocOrdinal document) const {
    if (words_ == nullptr) return document;
    const std::uint64_t below = word(document / 64) & ((std::uint64_t{1} << (document % 64)) - 1);
    return load_le<std::uint32_t>(ranks_ + document / 64 * 4) + static_cast<unsigned>(std::popcount(below));
  }
  void append_members(std::vector<DocOrdinal>& members) const;
  // The i-th 64 documents; all ones or zeros where no bits are kept.
  std::uint64_t word(std::size_t i) const {
    if (words_ == nullptr) return count_ == 0 ? 0 : ~std::uint64_t{0};
    return load_le<std::uint64_t>(words_ + i * 8);
  }
  std::size_t section_bytes() const;

 private:
  std::size_t documents_ = 0;
  std::size_t count_ = 0;
  const char* words_ = nullptr;
  const char* ranks_ = nullptr;
};

}  // namespace stele::engine
