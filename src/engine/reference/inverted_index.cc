#include "engine/reference/inverted_index.h"

#include <algorithm>
#include <numeric>

#include "engine/segment/hash.h"

namespace stele::engine::reference {
namespace {

// The first eight bytes as a number that sorts as they do: most terms differ there.
std::uint64_t sort_prefix(std::string_view term) {
  std::uint64_t prefix = 0;
  for (std::size_t i = 0; i < 8; ++i)
    prefix = (prefix << 8U) | (i < term.size() ? static_cast<unsigned char>(term[i]) : 0U);
  return prefix;
}

// Where a join is in the terms of one part.
class Cursor {
 public:
  explicit Cursor(const InvertedIndex& index) : index_(&index) { look(); }

  TermRank rank() const { return rank_; }
  std::string_view term() const { return term_; }
  bool at_end() const { return rank_ >= index_->term_count(); }
  bool is_at(const Cursor& other) const {
    return !at_end() && prefix_ == other.prefix_ && term_ == other.term_;
  }
  bool is_below(const Cursor& other) const {
    return prefix_ != other.prefix_ ? prefix_ < other.prefix_ : term_ < other.term_;
  }
  void advance() {
    ++rank_;
    look();
  }

 private:
  void look() {
    if (at_end()) return;
    term_ = index_->term(rank_);
    prefix_ = sort_prefix(term_);
  }

  const InvertedIndex* index_;
  TermRank rank_ = 0;
  std::string_view term_;
  std::uint64_t prefix_ = 0;
};

// Null when all are at their end.
const Cursor* least_of(const std::vector<Cursor>& cursors) {
  const Cursor* least = nullptr;
  for (const Cursor& cursor : cursors)
    if (!cursor.at_end() && (least == nullptr || cursor.is_below(*least))) least = &cursor;
  return least;
}

}  // namespace

TermRank InvertedIndex::lower_bound(std::string_view wanted) const {
  TermRank low = 0;
  auto high = static_cast<TermRank>(term_count());
  while (low < high) {
    const TermRank middle = low + (high - low) / 2;
    if (term(middle) < wanted)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

Postings InvertedIndex::postings(TermRank rank, PostingsPart, PostingsScratch&) const {
  if (position_begin_.empty()) return {documents(rank), {}, {}};
  return {documents(rank),
          std::span(position_begin_).subspan(posting_begin_[rank], document_count(rank) + 1U), positions_};
}

std::size_t InvertedIndex::memory_bytes() const {
  return term_bytes_.capacity() + lengths_.capacity() +
         4 * (term_offsets_.capacity() + posting_begin_.capacity() + documents_.capacity() +
              position_begin_.capacity() + positions_.capacity());
}

void InvertedIndex::append_postings(const Part& part, TermRank rank, bool with_positions) {
  const InvertedIndex& from = *part.index;
  for (std::uint32_t posting = from.posting_begin_[rank]; posting < from.posting_begin_[rank + 1];
       ++posting) {
    const DocOrdinal document = part.renumbered[from.documents_[posting]];
    if (document == kDropped) continue;
    documents_.push_back(document);
    if (!with_positions) continue;
    position_begin_.push_back(static_cast<std::uint32_t>(positions_.size()));
    positions_.insert(positions_.end(), from.positions_.begin() + from.position_begin_[posting],
                      from.positions_.begin() + from.position_begin_[posting + 1]);
  }
}

void InvertedIndex::count_totals(bool with_positions) {
  documents_with_terms_ = static_cast<std::uint64_t>(
      std::count_if(lengths_.begin(), lengths_.end(), [](std::uint8_t length) { return length > 0; }));
  total_term_frequency_ = with_positions ? positions_.size() : documents_.size();
}

InvertedIndex InvertedIndex::join(std::span<const Part> parts, std::size_t documents, bool with_positions) {
  InvertedIndex joined;
  joined.lengths_.resize(documents);
  std::size_t postings = 0;
  std::size_t positions = 0;
  std::vector<Cursor> cursors;
  for (const Part& part : parts) {
    for (std::size_t old = 0; old < part.renumbered.size(); ++old)
      if (part.renumbered[old] != kDropped) joined.lengths_[part.renumbered[old]] = part.index->lengths_[old];
    postings += part.index->documents_.size();
    positions += part.index->positions_.size();
    cursors.emplace_back(*part.index);
  }
  joined.documents_.reserve(postings);
  if (with_positions) joined.position_begin_.reserve(postings + 1);
  joined.positions_.reserve(positions);
  while (const Cursor* least = least_of(cursors)) {
    const Cursor wanted = *least;
    const std::size_t before = joined.documents_.size();
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (!cursors[i].is_at(wanted)) continue;
      joined.append_postings(parts[i], cursors[i].rank(), with_positions);
      cursors[i].advance();
    }
    if (joined.documents_.size() == before) continue;
    joined.term_bytes_.append(wanted.term());
    joined.term_offsets_.push_back(static_cast<std::uint32_t>(joined.term_bytes_.size()));
    joined.posting_begin_.push_back(static_cast<std::uint32_t>(joined.documents_.size()));
  }
  if (with_positions) joined.position_begin_.push_back(static_cast<std::uint32_t>(joined.positions_.size()));
  joined.documents_.shrink_to_fit();
  joined.position_begin_.shrink_to_fit();
  joined.positions_.shrink_to_fit();
  joined.count_totals(with_positions);
  return joined;
}

InvertedIndexBuilder::InvertedIndexBuilder(std::size_t documents, bool with_positions)
    : with_positions_(with_positions), slots_(64), lengths_(documents) {}

void InvertedIndexBuilder::add(std::string_view term, DocOrdinal document, std::uint32_t position) {
  occurrences_.push_back({intern(term), document, position});
}

std::uint32_t InvertedIndexBuilder::intern(std::string_view term) {
  const std::uint64_t hash = hash_bytes(term);
  const std::uint64_t tag = hash >> 32U;
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash & mask;
  for (; slots_[at] != 0; at = (at + 1) & mask) {
    const auto id = static_cast<std::uint32_t>(slots_[at]) - 1;
    if (slots_[at] >> 32U == tag && interned(id) == term) return id;
  }
  const auto id = static_cast<std::uint32_t>(offsets_.size() - 1);
  bytes_.append(term);
  offsets_.push_back(static_cast<std::uint32_t>(bytes_.size()));
  slots_[at] = (tag << 32U) | (id + 1);
  if (offsets_.size() * 2 > slots_.size()) grow_slots();
  return id;
}

void InvertedIndexBuilder::grow_slots() {
  slots_.assign(slots_.size() * 4, 0);
  const std::size_t mask = slots_.size() - 1;
  for (std::uint32_t id = 0; id + 1 < offsets_.size(); ++id) {
    const std::uint64_t hash = hash_bytes(interned(id));
    std::size_t at = hash & mask;
    while (slots_[at] != 0) at = (at + 1) & mask;
    slots_[at] = (hash >> 32U << 32U) | (id + 1);
  }
}

std::vector<std::uint32_t> InvertedIndexBuilder::sorted_terms() const {
  std::vector<std::pair<std::uint64_t, std::uint32_t>> keyed(offsets_.size() - 1);
  for (std::uint32_t id = 0; id < keyed.size(); ++id) keyed[id] = {sort_prefix(interned(id)), id};
  std::sort(keyed.begin(), keyed.end(), [this](const auto& left, const auto& right) {
    if (left.first != right.first) return left.first < right.first;
    return interned(left.second) < interned(right.second);
  });
  std::vector<std::uint32_t> ids(keyed.size());
  std::transform(keyed.begin(), keyed.end(), ids.begin(), [](const auto& entry) { return entry.second; });
  return ids;
}

InvertedIndex InvertedIndexBuilder::finish() {
  InvertedIndex index;
  const std::vector<std::uint32_t> ids = sorted_terms();
  std::vector<std::uint32_t> rank_of(ids.size());
  index.term_bytes_.reserve(bytes_.size());
  index.term_offsets_.reserve(ids.size() + 1);
  for (TermRank rank = 0; rank < ids.size(); ++rank) {
    rank_of[ids[rank]] = rank;
    index.term_bytes_.append(interned(ids[rank]));
    index.term_offsets_.push_back(static_cast<std::uint32_t>(index.term_bytes_.size()));
  }
  // A counting sort by rank keeps the order of documents and positions within a term.
  std::vector<std::uint32_t> begin(ids.size() + 1);
  for (const Occurrence& occurrence : occurrences_) ++begin[rank_of[occurrence.term] + 1];
  std::partial_sum(begin.begin(), begin.end(), begin.begin());
  std::vector<Occurrence> sorted(occurrences_.size());
  std::vector<std::uint32_t> next(begin.begin(), begin.end() - 1);
  for (const Occurrence& occurrence : occurrences_) sorted[next[rank_of[occurrence.term]]++] = occurrence;
  fill_postings(index, sorted, begin);
  index.lengths_ = std::move(lengths_);
  index.count_totals(with_positions_);
  return index;
}

void InvertedIndexBuilder::fill_postings(InvertedIndex& index, std::span<const Occurrence> sorted,
                                         std::span<const std::uint32_t> begin) const {
  index.posting_begin_.reserve(begin.size());
  if (with_positions_) index.positions_.reserve(sorted.size());
  for (std::size_t rank = 0; rank + 1 < begin.size(); ++rank) {
    const std::size_t first_posting = index.documents_.size();
    for (std::size_t i = begin[rank]; i < begin[rank + 1]; ++i) {
      const bool same =
          index.documents_.size() > first_posting && index.documents_.back() == sorted[i].document;
      if (!same) {
        index.documents_.push_back(sorted[i].document);
        if (with_positions_)
          index.position_begin_.push_back(static_cast<std::uint32_t>(index.positions_.size()));
      }
      if (with_positions_) index.positions_.push_back(sorted[i].position);
    }
    index.posting_begin_.push_back(static_cast<std::uint32_t>(index.documents_.size()));
  }
  if (with_positions_) index.position_begin_.push_back(static_cast<std::uint32_t>(index.positions_.size()));
  index.documents_.shrink_to_fit();
  index.position_begin_.shrink_to_fit();
}

}  // namespace stele::engine::reference
