#include "engine/segment/terms_merger.h"

#include <algorithm>

namespace stele::engine {

TermsMerger::TermsMerger(std::vector<TermsPart> parts, bool with_positions)
    : parts_(std::move(parts)), with_positions_(with_positions) {
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    cursors_.push_back(parts_[i].terms->cursor(0));
    if (!cursors_[i]->at_end()) heap_.push_back(i);
  }
  std::make_heap(heap_.begin(), heap_.end(),
                 [this](std::size_t left, std::size_t right) { return is_after(left, right); });
}

// Of equal terms, the earlier part first: its documents come first.
bool TermsMerger::is_after(std::size_t left, std::size_t right) const {
  const int order = cursors_[left]->term().compare(cursors_[right]->term());
  return order != 0 ? order > 0 : left > right;
}

bool TermsMerger::next() {
  const auto after = [this](std::size_t left, std::size_t right) { return is_after(left, right); };
  while (!heap_.empty()) {
    term_ = cursors_[heap_.front()]->term();
    here_.clear();
    while (!heap_.empty() && cursors_[heap_.front()]->term() == term_) {
      std::pop_heap(heap_.begin(), heap_.end(), after);
      here_.push_back(heap_.back());
      heap_.pop_back();
    }
    merged_.documents.clear();
    merged_.begin.clear();
    merged_.positions.clear();
    for (const std::size_t part : here_) append(part);
    for (const std::size_t part : here_) {
      cursors_[part]->advance();
      if (cursors_[part]->at_end()) continue;
      heap_.push_back(part);
      std::push_heap(heap_.begin(), heap_.end(), after);
    }
    if (merged_.documents.empty()) continue;
    if (with_positions_) merged_.begin.push_back(static_cast<std::uint32_t>(merged_.positions.size()));
    postings_ = {merged_.documents, merged_.begin, merged_.positions};
    return true;
  }
  return false;
}

void TermsMerger::append(std::size_t part) {
  const PostingsPart wanted = with_positions_ ? PostingsPart::kPositions : PostingsPart::kDocuments;
  const Postings postings = cursors_[part]->postings(wanted, read_scratch_);
  for (std::size_t i = 0; i < postings.documents.size(); ++i) {
    const DocOrdinal document = parts_[part].renumbered[postings.documents[i]];
    if (document == kDropped) continue;
    merged_.documents.push_back(document);
    if (!with_positions_) continue;
    merged_.begin.push_back(static_cast<std::uint32_t>(merged_.positions.size()));
    const auto positions = postings.positions_of(i);
    merged_.positions.insert(merged_.positions.end(), positions.begin(), positions.end());
  }
}

}  // namespace stele::engine
