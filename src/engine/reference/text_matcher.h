#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/query/bm25.h"
#include "engine/query/term_scorer.h"
#include "engine/reference/matcher.h"
#include "engine/reference/reference_collection.h"

namespace stele::engine::reference {

FieldStatistics field_statistics(const ReferenceView& view, FieldId field);
std::uint64_t document_frequency(const ReferenceView& view, FieldId field, std::string_view term);

// The documents with a term of a text or keyword field.
class TermMatcher final : public Matcher {
 public:
  TermMatcher(FieldId field, std::string term, Bm25 scorer)
      : field_(field), term_(std::move(term)), scorer_(scorer) {}
  Matches match(const Segment& segment, Context context) const override;
  void best(const Segment& segment, const DocumentBits& allowed, TopScores& top) const override;
  DocumentBits filter(const Segment& segment) const override;
  std::size_t count(const Segment& segment, const DocumentBits& allowed) const override;

  // kPlain: not a sealed segment. kFound: a scorer is appended, which borrows from this and the segment.
  enum class Lookup : std::uint8_t { kPlain, kAbsent, kFound };
  Lookup add_scorer(const Segment& segment, std::vector<TermScorer>& scorers) const;

 private:
  FieldId field_;
  std::string term_;
  Bm25 scorer_;
};
MatcherPtr match_term(const ReferenceView& view, FieldId field, std::string term, float boost);

// One place of a phrase: any of its terms, so many places after the first.
struct PhraseSlot {
  std::vector<std::string> terms;
  std::uint32_t offset = 0;
};
MatcherPtr match_phrase(const ReferenceView& view, FieldId field, std::vector<PhraseSlot> slots,
                        std::uint32_t slop, float boost);

}  // namespace stele::engine::reference
