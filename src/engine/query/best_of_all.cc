#include <algorithm>
#include <cmath>

#include "engine/query/best_documents.h"

namespace stele::engine {
namespace {

// Whether sums up to this one come in; a little more is asked for than rounding can take away.
bool is_competitive(const TopScores& top, double sum) {
  return top.is_competitive(std::nextafter(static_cast<float>(sum), 1e38F));
}

// The sum of all terms' scores in their order, or less than zero where one of them is missing.
double sum_at(DocOrdinal document, std::vector<TermScorer>& terms) {
  for (TermScorer& term : terms) {
    term.advance(document);
    if (term.document() != document) return -1;
  }
  double sum = 0;
  for (TermScorer& term : terms) sum += static_cast<double>(term.score());
  return sum;
}

}  // namespace

void best_of_all(std::vector<TermScorer>& terms, const DocumentBits& allowed, TopScores& top) {
  // Rare ones first: they rule out most.
  std::sort(terms.begin(), terms.end(), [](const TermScorer& left, const TermScorer& right) {
    return left.document_count() < right.document_count();
  });
  double others = 0;
  for (std::size_t i = 1; i < terms.size(); ++i) others += static_cast<double>(terms[i].bound());
  TermScorer& lead = terms[0];
  std::size_t passed = lead.block_count();  // no block yet
  while (lead.document() != TermScorer::kEnd) {
    if (top.may_skip() && lead.block() != passed) {
      passed = lead.block();
      if (!is_competitive(top, static_cast<double>(lead.block_bound(passed)) + others)) {
        lead.enter_block(passed + 1);
        continue;
      }
    }
    const DocOrdinal document = lead.document();
    if (allowed.contains(document)) {
      const double sum = sum_at(document, terms);
      if (sum >= 0) {
        top.count(1);
        top.add(document, static_cast<float>(sum));
      }
    }
    // Where the second goes further, the first may follow at once.
    DocOrdinal next = document + 1;
    for (std::size_t i = 1; i < terms.size(); ++i) {
      if (terms[i].document() == TermScorer::kEnd) return;
      next = std::max(next, terms[i].document());
    }
    lead.advance(next);
  }
}

}  // namespace stele::engine
