#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "engine/query/best_documents.h"

namespace stele::engine {
namespace {

constexpr DocOrdinal kWindow = 4096;

// One window's documents, found by the essential terms, and their sums so far.
class UnionSearch {
 public:
  UnionSearch(std::vector<TermScorer>& terms, const DocumentBits& allowed, TopScores& top)
      : terms_(terms), allowed_(allowed), top_(top) {}

  void run() {
    while (true) {
      DocOrdinal first = TermScorer::kEnd;
      for (const TermScorer& term : terms_) first = std::min(first, term.document());
      if (first == TermScorer::kEnd) return;
      begin_ = first / 64 * 64;
      end_ = begin_ + kWindow;
      const std::size_t essential = partition();
      if (essential == order_.size()) {
        pass_over();
      } else {
        for (std::size_t i = essential; i < order_.size(); ++i) add_up(*order_[i]);
        take(essential);
      }
    }
  }

 private:
  // Orders the terms that occur in the window by their bounds there. Those before the place returned cannot
  // come in by themselves; rest_[i] is what the first i can add together.
  std::size_t partition() {
    order_.clear();
    bounds_.clear();
    for (TermScorer& term : terms_)
      if (term.document() < end_) bounds_.emplace_back(top_.may_skip() ? term.bound(begin_, end_) : 0, &term);
    std::sort(bounds_.begin(), bounds_.end(),
              [](const auto& left, const auto& right) { return left.first < right.first; });
    rest_.assign(1, 0);
    std::size_t essential = 0;
    for (const auto& [bound, term] : bounds_) {
      order_.push_back(term);
      rest_.push_back(rest_.back() + static_cast<double>(bound));
      if (top_.may_skip() && !top_.is_competitive(rounded_up(rest_.back()))) essential = order_.size();
    }
    return essential;
  }

  // A sum of bounds in double, as a float that is not below it.
  static float rounded_up(double sum) {
    const auto near = static_cast<float>(sum);
    return static_cast<double>(near) >= sum ? near : std::nextafter(near, 1e38F);
  }

  void pass_over() {
    for (TermScorer* term : order_) term->advance(end_);
  }

  void add_up(TermScorer& term) {
    term.take_until(end_, [&](DocOrdinal document, float score) {
      const DocOrdinal place = document - begin_;
      const std::uint64_t bit = std::uint64_t{1} << (place % 64);
      // Sums of what is not found here stay what another window left.
      const double before = (found_[place / 64] & bit) != 0 ? sums_[place] : 0;
      found_[place / 64] |= bit;
      sums_[place] = before + static_cast<double>(score);
    });
  }

  void take(std::size_t essential) {
    for (std::size_t word = 0; word < found_.size(); ++word) {
      std::uint64_t bits = found_[word];
      if (bits == 0) continue;
      found_[word] = 0;
      bits &= allowed_.word(begin_ / 64 + word);
      top_.count(static_cast<std::size_t>(std::popcount(bits)));
      for (; bits != 0; bits &= bits - 1) {
        const auto place = static_cast<DocOrdinal>(word * 64 + static_cast<unsigned>(std::countr_zero(bits)));
        take(begin_ + place, sums_[place], essential);
      }
    }
    for (std::size_t i = 0; i < essential; ++i) order_[i]->advance(end_);
  }

  void take(DocOrdinal document, double sum, std::size_t left) {
    while (left > 0) {
      if (!top_.is_competitive(rounded_up(sum + rest_[left]))) return;
      TermScorer& term = *order_[--left];
      term.advance(document);
      if (term.document() == document) sum += static_cast<double>(term.score());
    }
    top_.add(document, static_cast<float>(sum));
  }

  std::vector<TermScorer>& terms_;
  const DocumentBits& allowed_;
  TopScores& top_;
  DocOrdinal begin_ = 0;
  DocOrdinal end_ = 0;
  std::vector<std::pair<float, TermScorer*>> bounds_;
  std::vector<TermScorer*> order_;
  std::vector<double> rest_;
  std::array<std::uint64_t, kWindow / 64> found_{};
  std::array<double, kWindow> sums_;
};

// One term: its blocks tell by themselves.
void best_of_one(TermScorer& term, const DocumentBits& allowed, TopScores& top) {
  for (std::size_t block = 0; block < term.block_count(); ++block) {
    if (top.may_skip() && !top.is_competitive(term.block_bound(block))) continue;
    if (block != term.block()) term.enter_block(block);
    const std::span<const float> scores = term.block_scores();
    const PostingsBlock& postings = term.postings();
    if (top.is_counted()) {
      // Few come in: those that may are gathered without a branch.
      std::array<std::uint8_t, kPackedBlock> places;
      std::size_t count = 0;
      for (std::size_t i = 0; i < scores.size(); ++i) {
        places[count] = static_cast<std::uint8_t>(i);
        count += top.is_competitive(scores[i]) ? 1 : 0;
      }
      for (std::size_t i = 0; i < count; ++i)
        if (allowed.contains(postings.documents[places[i]]))
          top.add(postings.documents[places[i]], scores[places[i]]);
      continue;
    }
    for (std::size_t i = 0; i < scores.size(); ++i) {
      if (!allowed.contains(postings.documents[i])) continue;
      top.count(1);
      top.add(postings.documents[i], scores[i]);
    }
  }
}

}  // namespace

void best_of_any(std::vector<TermScorer>& terms, const DocumentBits& allowed, TopScores& top) {
  if (terms.size() == 1)
    best_of_one(terms[0], allowed, top);
  else
    UnionSearch(terms, allowed, top).run();
}

}  // namespace stele::engine
