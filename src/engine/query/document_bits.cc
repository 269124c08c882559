#include "engine/query/document_bits.h"

namespace stele::engine {

DocumentBits DocumentBits::visible(const Segment& segment, Lsn lsn) {
  DocumentBits bits(segment.size());
  if (segment.all_visible(lsn)) return bits;
  bits.make_words();
  segment.versions().clear_invisible(lsn, bits.words_);
  return bits;
}

void DocumentBits::make_words() {
  if (is_all()) words_.assign((size_ + 63) / 64, ~std::uint64_t{0});
}

void DocumentBits::keep(std::span<const DocOrdinal> documents) {
  std::vector<std::uint64_t> kept((size_ + 63) / 64);
  for (const DocOrdinal document : documents) kept[document / 64] |= std::uint64_t{1} << (document % 64);
  if (!is_all())
    for (std::size_t i = 0; i < kept.size(); ++i) kept[i] &= words_[i];
  words_ = std::move(kept);
}

void DocumentBits::remove(std::span<const DocOrdinal> documents) {
  make_words();
  for (const DocOrdinal document : documents) words_[document / 64] &= ~(std::uint64_t{1} << (document % 64));
}

}  // namespace stele::engine
