#include "engine/query/document_bits.h"

#include "engine/query/bit_count.h"

namespace stele::engine {

DocumentBits DocumentBits::none(std::size_t documents) {
  DocumentBits bits(documents);
  bits.words_.resize(bits.word_count());
  return bits;
}

DocumentBits DocumentBits::of(std::size_t documents, std::span<const DocOrdinal> members) {
  DocumentBits bits = none(documents);
  for (const DocOrdinal member : members) bits.words_[member / 64] |= std::uint64_t{1} << (member % 64);
  return bits;
}

DocumentBits DocumentBits::visible(const Segment& segment, Lsn lsn) {
  DocumentBits bits(segment.size());
  if (!segment.all_visible(lsn)) segment.versions().clear_invisible(lsn, bits.words());
  return bits;
}

std::span<std::uint64_t> DocumentBits::words() {
  if (is_all()) {
    words_.assign(word_count(), ~std::uint64_t{0});
    if (!words_.empty()) words_.back() = mask_of(words_.size() - 1);
  }
  return words_;
}

std::size_t DocumentBits::count() const {
  return is_all() ? documents_ : count_bits(words_);
}

std::size_t DocumentBits::count_common(const DocumentBits& other) const {
  if (is_all()) return other.count();
  return other.is_all() ? count() : count_common_bits(words_, other.words_);
}

std::vector<DocOrdinal> DocumentBits::members() const {
  std::vector<DocOrdinal> members;
  members.reserve(count());
  each([&](DocOrdinal document) { members.push_back(document); });
  return members;
}

void DocumentBits::keep(const DocumentBits& other) {
  if (other.is_all()) return;
  const std::span<std::uint64_t> mine = words();
  for (std::size_t i = 0; i < mine.size(); ++i) mine[i] &= other.words_[i];
}

void DocumentBits::remove(const DocumentBits& other) {
  const std::span<std::uint64_t> mine = words();
  for (std::size_t i = 0; i < mine.size(); ++i) mine[i] &= ~other.word(i);
}

void DocumentBits::add(const DocumentBits& other) {
  if (is_all()) return;
  const std::span<std::uint64_t> mine = words();
  for (std::size_t i = 0; i < mine.size(); ++i) mine[i] |= other.word(i);
}

}  // namespace stele::engine
