#include "engine/reference/text_matcher.h"

#include <algorithm>

#include "engine/query/best_documents.h"
#include "engine/query/count_documents.h"

namespace stele::engine::reference {
Matches TermMatcher::match(const Segment& segment, Context context) const {
  const FieldReader* field = segment.field(field_);
  const TermsReader* terms = field == nullptr ? nullptr : field->terms();
  const TermRank rank = terms == nullptr ? kDropped : terms->find(term_);
  if (rank == kDropped) return {};
  PostingsScratch scratch;
  const bool scored = context == Context::kScore;
  const Postings postings =
      terms->postings(rank, scored ? PostingsPart::kFrequencies : PostingsPart::kDocuments, scratch);
  Matches matches{{postings.documents.begin(), postings.documents.end()}, {}};
  if (!scored) return matches;
  matches.scores.reserve(postings.documents.size());
  for (std::size_t i = 0; i < postings.documents.size(); ++i)
    matches.scores.push_back(scorer_->score(static_cast<float>(postings.frequency(i)),
                                            terms->encoded_length(postings.documents[i])));
  return matches;
}

TermMatcher::Lookup TermMatcher::find(const Segment& segment, const SealedTerms*& terms,
                                      TermEntry& entry) const {
  const FieldReader* field = segment.field(field_);
  if (field == nullptr || field->terms() == nullptr) return Lookup::kAbsent;
  terms = dynamic_cast<const SealedTerms*>(field->terms());
  if (terms == nullptr) return Lookup::kPlain;
  if (entries_) {
    const auto known =
        std::ranges::find(entries_->entries, field->terms(), [](const auto& at) { return at.first; });
    if (known == entries_->entries.end()) return Lookup::kAbsent;
    entry = known->second;
    return Lookup::kFound;
  }
  const auto found = terms->dictionary().find(term_);
  if (!found) return Lookup::kAbsent;
  entry = *found;
  return Lookup::kFound;
}

DocumentBits TermMatcher::filter(const Segment& segment) const {
  DocumentBits documents = DocumentBits::none(segment.size());
  add_to(segment, documents);
  return documents;
}

void TermMatcher::add_to(const Segment& segment, DocumentBits& bits) const {
  const SealedTerms* sealed = nullptr;
  TermEntry entry;
  switch (find(segment, sealed, entry)) {
    case Lookup::kAbsent:
      break;
    case Lookup::kFound:
      sealed->list(entry).mark_documents(bits.words());
      break;
    case Lookup::kPlain:
      const TermsReader& terms = *segment.field(field_)->terms();
      if (const TermRank rank = terms.find(term_); rank != kDropped)
        terms.mark_documents(rank, rank + 1, bits.words());
  }
}

std::size_t TermMatcher::count(const Segment& segment, const DocumentBits& allowed) const {
  std::vector<PostingsCursor> cursors;
  const SealedTerms* sealed = nullptr;
  TermEntry entry;
  switch (find(segment, sealed, entry)) {
    case Lookup::kAbsent:
      return 0;
    case Lookup::kFound:
      if (allowed.is_all()) return entry.document_count;
      cursors.emplace_back(sealed->list(entry));
      return count_of_all(cursors, allowed);
    case Lookup::kPlain:
      break;
  }
  return allowed.is_all() ? segment.field(field_)->terms()->document_count(term_)
                          : Matcher::count(segment, allowed);
}

TermMatcher::Lookup TermMatcher::add_scorer(const Segment& segment, std::vector<TermScorer>& scorers) const {
  const SealedTerms* terms = nullptr;
  TermEntry entry;
  const Lookup lookup = find(segment, terms, entry);
  if (lookup == Lookup::kFound) scorers.emplace_back(*terms, entry, *scorer_);
  return lookup;
}

TermMatcher::Lookup TermMatcher::add_cursor(const Segment& segment,
                                            std::vector<PostingsCursor>& cursors) const {
  const SealedTerms* terms = nullptr;
  TermEntry entry;
  const Lookup lookup = find(segment, terms, entry);
  if (lookup == Lookup::kFound) cursors.emplace_back(terms->list(entry));
  return lookup;
}

void TermMatcher::best(const Segment& segment, const DocumentBits& allowed, TopScores& top) const {
  std::vector<TermScorer> scorers;
  switch (add_scorer(segment, scorers)) {
    case Lookup::kPlain:
      Matcher::best(segment, allowed, top);
      return;
    case Lookup::kAbsent:
      return;
    case Lookup::kFound:
      // Where all would have to be found to be counted, they are counted first, which needs no scores.
      if (allowed.is_all() || top.uncounted() > scorers[0].document_count())
        top.count_ahead(count(segment, allowed));
      best_of_any(scorers, allowed, top);
  }
}

FieldScoring field_scoring(const ReferenceView& view, FieldId field) {
  FieldStatistics statistics;
  for (const auto& segment : view.segments()) {
    const FieldReader* index = segment->field(field);
    if (index == nullptr || index->terms() == nullptr) continue;
    statistics.documents += index->terms()->documents_with_terms();
    statistics.total_term_frequency += index->terms()->total_term_frequency();
  }
  return {field, statistics, make_inverse_norms(statistics, view.schema().field(field).bm25)};
}

namespace {

TermEntries find_entries(const ReferenceView& view, FieldId field, std::string_view term) {
  TermEntries found;
  for (const auto& segment : view.segments()) {
    const FieldReader* index = segment->field(field);
    if (index == nullptr || index->terms() == nullptr) continue;
    const auto* sealed = dynamic_cast<const SealedTerms*>(index->terms());
    if (sealed == nullptr) {
      found.document_frequency += index->terms()->document_count(term);
    } else if (const auto entry = sealed->dictionary().find(term)) {
      found.entries.emplace_back(sealed, *entry);
      found.document_frequency += entry->document_count;
    }
  }
  return found;
}

}  // namespace

std::uint64_t document_frequency(const ReferenceView& view, FieldId field, std::string_view term) {
  return find_entries(view, field, term).document_frequency;
}

MatcherPtr match_term(const ReferenceView& view, FieldId field, const FieldScoring* scoring, std::string term,
                      float boost, std::optional<std::uint64_t> document_frequency) {
  if (scoring == nullptr) return std::make_shared<TermMatcher>(field, std::move(term));
  const FieldDefinition& definition = view.schema().field(field);
  TermEntries entries = find_entries(view, field, term);
  const float idf =
      Bm25::idf(document_frequency.value_or(entries.document_frequency), scoring->statistics.documents);
  const bool norms = definition.type == FieldType::kText && definition.norms;
  return std::make_shared<TermMatcher>(field, std::move(term), std::move(entries),
                                       Bm25(scoring->inverse_norms, definition.bm25.k1, idf, boost, norms));
}

}  // namespace stele::engine::reference
