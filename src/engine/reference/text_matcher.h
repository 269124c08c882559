#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/query/bm25.h"
#include "engine/query/phrase_term.h"
#include "engine/query/term_scorer.h"
#include "engine/reference/matcher.h"
#include "engine/reference/reference_collection.h"

namespace stele::engine::reference {

// What the scores of a field's terms have in common in a view.
struct FieldScoring {
  FieldId field;
  FieldStatistics statistics;
  std::shared_ptr<const InverseNorms> inverse_norms;
};
FieldScoring field_scoring(const ReferenceView& view, FieldId field);
std::uint64_t document_frequency(const ReferenceView& view, FieldId field, std::string_view term);

// A term's entries in the sealed segments of a view where it occurs, and in how many documents of all
// segments.
struct TermEntries {
  std::vector<std::pair<const TermsReader*, TermEntry>> entries;
  std::uint64_t document_frequency = 0;
};

// The documents with a term of a text or keyword field.
class TermMatcher final : public Matcher {
 public:
  // For filters alone.
  TermMatcher(FieldId field, std::string term) : field_(field), term_(std::move(term)) {}
  TermMatcher(FieldId field, std::string term, TermEntries entries, Bm25 scorer)
      : field_(field), term_(std::move(term)), entries_(std::move(entries)), scorer_(std::move(scorer)) {}
  Matches match(const Segment& segment, Context context) const override;
  void best(const Segment& segment, const DocumentBits& allowed, TopScores& top) const override;
  DocumentBits filter(const Segment& segment) const override;
  void add_to(const Segment& segment, DocumentBits& bits) const override;
  std::size_t count(const Segment& segment, const DocumentBits& allowed) const override;

  // kPlain: not a sealed segment. kFound: a scorer is appended, which borrows from this and the segment.
  enum class Lookup : std::uint8_t { kPlain, kAbsent, kFound };
  Lookup add_scorer(const Segment& segment, std::vector<TermScorer>& scorers) const;
  // Likewise, without scores.
  Lookup add_cursor(const Segment& segment, std::vector<PostingsCursor>& cursors) const;

 private:
  Lookup find(const Segment& segment, const SealedTerms*& terms, TermEntry& entry) const;

  FieldId field_;
  std::string term_;
  std::optional<TermEntries> entries_;
  std::optional<Bm25> scorer_;
};
// With `scoring` for scores; else for filters alone. A `document_frequency` that is given counts instead of
// the term's own.
MatcherPtr match_term(const ReferenceView& view, FieldId field, const FieldScoring* scoring, std::string term,
                      float boost, std::optional<std::uint64_t> document_frequency = std::nullopt);

// One place of a phrase: any of its terms, so many places after the first.
struct PhraseSlot {
  std::vector<std::string> terms;
  std::uint32_t offset = 0;
};
MatcherPtr match_phrase(const ReferenceView& view, FieldId field, const FieldScoring* scoring,
                        std::vector<PhraseSlot> slots, std::uint32_t slop, float boost);

}  // namespace stele::engine::reference
