#include "engine/columns/document_set.h"

#include <numeric>

namespace stele::engine {

void DocumentSet::append(std::string& out, std::span<const DocOrdinal> members, std::size_t documents) {
  append_le(out, static_cast<std::uint64_t>(members.size()));
  if (members.empty() || members.size() == documents) return;
  std::vector<std::uint64_t> words((documents + 63) / 64);
  for (const DocOrdinal member : members) words[member / 64] |= std::uint64_t{1} << (member % 64);
  for (const std::uint64_t word : words) append_le(out, word);
  std::uint32_t before = 0;
  for (const std::uint64_t word : words) {
    append_le(out, before);
    before += static_cast<std::uint32_t>(std::popcount(word));
  }
}

DocumentSet::DocumentSet(std::string_view section, std::size_t documents) : documents_(documents) {
  if (section.size() < 8) return;
  const auto count = load_le<std::uint64_t>(section.data());
  if (count > documents) return;
  if (count == 0 || count == documents) {
    count_ = count;
    return;
  }
  const std::size_t words = (documents + 63) / 64;
  if (section.size() < 8 + words * 12) return;
  count_ = count;
  words_ = section.data() + 8;
  ranks_ = words_ + words * 8;
}

std::size_t DocumentSet::section_bytes() const {
  return 8 + (words_ == nullptr ? 0 : (documents_ + 63) / 64 * 12);
}

void DocumentSet::append_members(std::vector<DocOrdinal>& members) const {
  const std::size_t start = members.size();
  if (count_ == 0) return;
  if (words_ == nullptr) {
    members.resize(start + documents_);
    std::iota(members.begin() + static_cast<std::ptrdiff_t>(start), members.end(), DocOrdinal{0});
    return;
  }
  members.reserve(start + count_);
  for (std::size_t i = 0; i < (documents_ + 63) / 64; ++i)
    for (std::uint64_t bits = word(i); bits != 0; bits &= bits - 1)
      members.push_back(static_cast<DocOrdinal>(i * 64 + static_cast<unsigned>(std::countr_zero(bits))));
}

}  // namespace stele::engine
