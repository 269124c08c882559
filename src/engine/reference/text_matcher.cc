#include "engine/reference/text_matcher.h"

#include "engine/query/best_documents.h"

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
    matches.scores.push_back(scorer_.score(static_cast<float>(postings.frequency(i)),
                                           terms->encoded_length(postings.documents[i])));
  return matches;
}

DocumentBits TermMatcher::filter(const Segment& segment) const {
  DocumentBits documents = DocumentBits::none(segment.size());
  const FieldReader* field = segment.field(field_);
  const TermsReader* terms = field == nullptr ? nullptr : field->terms();
  if (const auto* sealed = dynamic_cast<const SealedTerms*>(terms)) {
    if (const auto entry = sealed->dictionary().find(term_))
      sealed->list(*entry).mark_documents(documents.words());
  } else if (const TermRank rank = terms == nullptr ? kDropped : terms->find(term_); rank != kDropped) {
    terms->mark_documents(rank, rank + 1, documents.words());
  }
  return documents;
}

std::size_t TermMatcher::count(const Segment& segment, const DocumentBits& allowed) const {
  if (!allowed.is_all()) return Matcher::count(segment, allowed);
  const FieldReader* field = segment.field(field_);
  const TermsReader* terms = field == nullptr ? nullptr : field->terms();
  return terms == nullptr ? 0 : terms->document_count(term_);
}

TermMatcher::Lookup TermMatcher::add_scorer(const Segment& segment, std::vector<TermScorer>& scorers) const {
  const FieldReader* any = segment.field(field_);
  if (any == nullptr || any->terms() == nullptr) return Lookup::kAbsent;
  const auto* terms = dynamic_cast<const SealedTerms*>(any->terms());
  if (terms == nullptr) return Lookup::kPlain;
  const auto entry = terms->dictionary().find(term_);
  if (!entry) return Lookup::kAbsent;
  scorers.emplace_back(*terms, *entry, scorer_);
  return Lookup::kFound;
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
      best_of_any(scorers, allowed, top);
  }
}

FieldStatistics field_statistics(const ReferenceView& view, FieldId field) {
  FieldStatistics statistics;
  for (const auto& segment : view.segments()) {
    const FieldReader* index = segment->field(field);
    if (index == nullptr || index->terms() == nullptr) continue;
    statistics.documents += index->terms()->documents_with_terms();
    statistics.total_term_frequency += index->terms()->total_term_frequency();
  }
  return statistics;
}

std::uint64_t document_frequency(const ReferenceView& view, FieldId field, std::string_view term) {
  std::uint64_t frequency = 0;
  for (const auto& segment : view.segments()) {
    const FieldReader* index = segment->field(field);
    if (index == nullptr || index->terms() == nullptr) continue;
    frequency += index->terms()->document_count(term);
  }
  return frequency;
}

MatcherPtr match_term(const ReferenceView& view, FieldId field, std::string term, float boost) {
  const FieldDefinition& definition = view.schema().field(field);
  const FieldStatistics statistics = field_statistics(view, field);
  const float idf = Bm25::idf(document_frequency(view, field, term), statistics.documents);
  const bool norms = definition.type == FieldType::kText && definition.norms;
  return std::make_shared<TermMatcher>(field, std::move(term),
                                       Bm25(statistics, definition.bm25, idf, boost, norms));
}

}  // namespace stele::engine::reference
