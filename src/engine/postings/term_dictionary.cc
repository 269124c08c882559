#include "engine/postings/term_dictionary.h"

#include <algorithm>

#include "engine/postings/varint.h"

namespace stele::engine {
namespace {

constexpr std::size_t kBlockTerms = 16;

std::size_t common_prefix(std::string_view left, std::string_view right) {
  const std::size_t limit = std::min(left.size(), right.size());
  return static_cast<std::size_t>(
      std::mismatch(left.begin(), left.begin() + static_cast<std::ptrdiff_t>(limit), right.begin()).first -
      left.begin());
}

}  // namespace

void TermDictionaryWriter::add(std::string_view term, const TermEntry& entry) {
  if (count_ % kBlockTerms == 0) {
    block_offsets_.push_back(blocks_.size());
    append_varint(blocks_, entry.postings_offset);
    if (with_positions_) append_varint(blocks_, entry.positions_offset);
    last_.clear();
  }
  const std::size_t shared = common_prefix(last_, term);
  append_varint(blocks_, shared);
  append_varint(blocks_, term.size() - shared);
  blocks_.append(term.substr(shared));
  append_varint(blocks_, entry.document_count);
  append_varint(blocks_, entry.postings_bytes);
  if (with_positions_) {
    append_varint(blocks_, entry.total_frequency - entry.document_count);
    append_varint(blocks_, entry.positions_bytes);
  }
  last_.assign(term);
  ++count_;
}

std::string TermDictionaryWriter::finish() {
  std::string section;
  append_le(section, count_);
  append_le(section, static_cast<std::uint32_t>(block_offsets_.size()));
  for (const std::uint64_t offset : block_offsets_) append_le(section, offset);
  section.append(blocks_);
  return section;
}

TermDictionary::TermDictionary(std::string_view section, bool with_positions)
    : with_positions_(with_positions) {
  if (section.size() < 8) return;
  const auto count = load_le<std::uint32_t>(section.data());
  const std::uint64_t blocks = load_le<std::uint32_t>(section.data() + 4);
  section.remove_prefix(8);
  if (section.size() < blocks * 8 || blocks != (std::uint64_t{count} + kBlockTerms - 1) / kBlockTerms) return;
  count_ = count;
  offsets_ = section.substr(0, blocks * 8);
  blocks_ = section.substr(blocks * 8);
}

std::size_t TermDictionary::block_count() const {
  return offsets_.size() / 8;
}

std::string_view TermDictionary::block(std::size_t index) const {
  const auto offset = load_le<std::uint64_t>(offsets_.data() + index * 8);
  return blocks_.substr(std::min<std::uint64_t>(offset, blocks_.size()));
}

std::string_view TermDictionary::first_term(std::size_t index) const {
  std::string_view bytes = block(index);
  take_varint(bytes);
  if (with_positions_) take_varint(bytes);
  take_varint(bytes);
  const std::uint64_t size = take_varint(bytes);
  return bytes.substr(0, size);
}

TermDictionary::Cursor TermDictionary::seek(std::string_view wanted) const {
  // The last block whose first term is not above; the term can only be in it, or first in the next.
  std::size_t low = 0;
  std::size_t high = block_count();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (first_term(middle) <= wanted)
      low = middle + 1;
    else
      high = middle;
  }
  if (low == 0) return Cursor(*this, 0);
  const auto end = static_cast<TermRank>(std::min<std::size_t>(low * kBlockTerms, count_));
  Cursor cursor(*this, static_cast<TermRank>((low - 1) * kBlockTerms));
  while (cursor.rank() < end && cursor.term() < wanted) cursor.advance();
  return cursor;
}

TermRank TermDictionary::lower_bound(std::string_view wanted) const {
  return seek(wanted).rank();
}

std::optional<TermEntry> TermDictionary::find(std::string_view wanted) const {
  const Cursor cursor = seek(wanted);
  if (cursor.at_end() || cursor.term() != wanted) return std::nullopt;
  return cursor.entry();
}

std::string_view TermDictionary::term(TermRank rank, std::string& scratch) const {
  const Cursor cursor(*this, rank);
  scratch.assign(cursor.term());
  return scratch;
}

TermEntry TermDictionary::entry(TermRank rank) const {
  return Cursor(*this, rank).entry();
}

TermDictionary::Cursor::Cursor(const TermDictionary& dictionary, TermRank rank) : dictionary_(&dictionary) {
  if (rank >= dictionary.size()) {
    rank_ = static_cast<TermRank>(dictionary.size());
    return;
  }
  rank_ = rank / kBlockTerms * kBlockTerms;
  enter_block(rank / kBlockTerms);
  read();
  while (rank_ < rank) advance();
}

void TermDictionary::Cursor::enter_block(std::size_t block) {
  rest_ = dictionary_->block(block);
  next_postings_ = take_varint(rest_);
  next_positions_ = dictionary_->with_positions_ ? take_varint(rest_) : 0;
  term_.clear();
}

void TermDictionary::Cursor::read() {
  const std::uint64_t shared = take_varint(rest_);
  const std::uint64_t more = take_varint(rest_);
  term_.resize(std::min<std::uint64_t>(shared, term_.size()));
  term_.append(take_bytes(rest_, std::min<std::uint64_t>(more, rest_.size())));
  read_entry();
}

void TermDictionary::Cursor::read_entry() {
  entry_.document_count = static_cast<std::uint32_t>(take_varint(rest_));
  entry_.total_frequency = entry_.document_count;
  entry_.postings_offset = next_postings_;
  entry_.positions_offset = next_positions_;
  entry_.postings_bytes = take_varint(rest_);
  entry_.positions_bytes = 0;
  if (dictionary_->with_positions_) {
    entry_.total_frequency += take_varint(rest_);
    entry_.positions_bytes = take_varint(rest_);
  }
  next_postings_ += entry_.postings_bytes;
  next_positions_ += entry_.positions_bytes;
}

void TermDictionary::Cursor::advance_entry() {
  ++rank_;
  if (at_end()) return;
  if (rank_ % kBlockTerms == 0) enter_block(rank_ / kBlockTerms);
  take_varint(rest_);
  const std::uint64_t more = take_varint(rest_);
  rest_.remove_prefix(std::min<std::uint64_t>(more, rest_.size()));
  read_entry();
}

void TermDictionary::Cursor::advance() {
  ++rank_;
  if (at_end()) return;
  if (rank_ % kBlockTerms == 0) enter_block(rank_ / kBlockTerms);
  read();
}

}  // namespace stele::engine
