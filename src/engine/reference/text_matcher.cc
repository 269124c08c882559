#include "engine/reference/text_matcher.h"

#include <cmath>

namespace stele::engine::reference {
namespace {

class TermMatcher final : public Matcher {
 public:
  TermMatcher(FieldId field, std::string term, Bm25 scorer)
      : field_(field), term_(std::move(term)), scorer_(scorer) {}

  Matches match(const Segment& segment, Context context) const override {
    const FieldIndex* field = segment.field(field_);
    if (field == nullptr || !field->terms) return {};
    const InvertedIndex& terms = *field->terms;
    const TermRank rank = terms.find(term_);
    if (rank == kDropped) return {};
    const auto documents = terms.documents(rank);
    Matches matches{{documents.begin(), documents.end()}, {}};
    if (context == Context::kFilter) return matches;
    matches.scores.reserve(documents.size());
    for (std::size_t i = 0; i < documents.size(); ++i)
      matches.scores.push_back(
          scorer_.score(static_cast<float>(terms.frequency(rank, i)), terms.encoded_length(documents[i])));
    return matches;
  }

 private:
  FieldId field_;
  std::string term_;
  Bm25 scorer_;
};

}  // namespace

FieldStatistics field_statistics(const ReferenceView& view, FieldId field) {
  FieldStatistics statistics;
  for (const auto& segment : view.segments()) {
    const FieldIndex* index = segment->field(field);
    if (index == nullptr || !index->terms) continue;
    statistics.documents += index->terms->documents_with_terms();
    statistics.total_term_frequency += index->terms->total_term_frequency();
  }
  return statistics;
}

std::uint64_t document_frequency(const ReferenceView& view, FieldId field, std::string_view term) {
  std::uint64_t frequency = 0;
  for (const auto& segment : view.segments()) {
    const FieldIndex* index = segment->field(field);
    if (index == nullptr || !index->terms) continue;
    if (const TermRank rank = index->terms->find(term); rank != kDropped)
      frequency += index->terms->documents(rank).size();
  }
  return frequency;
}

float Bm25::idf(std::uint64_t document_frequency, std::uint64_t documents) {
  const auto n = static_cast<double>(document_frequency);
  const auto total = static_cast<double>(documents);
  return static_cast<float>(std::log(1 + (total - n + 0.5) / (n + 0.5)));
}

Bm25::Bm25(const FieldStatistics& statistics, float idf, float boost, bool norms)
    : weight_(boost * (1.0F + kK1) * idf), norms_(norms), inverse_norms_() {
  const float average = statistics.documents == 0
                            ? 1.0F
                            : static_cast<float>(static_cast<double>(statistics.total_term_frequency) /
                                                 static_cast<double>(statistics.documents));
  for (std::size_t i = 0; i < inverse_norms_.size(); ++i) {
    const auto length = static_cast<float>(decode_length(static_cast<std::uint8_t>(i)));
    inverse_norms_[i] = 1.0F / (kK1 * ((1.0F - kB) + kB * length / average));
  }
}

MatcherPtr match_term(const ReferenceView& view, FieldId field, std::string term, float boost) {
  const FieldDefinition& definition = view.schema().field(field);
  const FieldStatistics statistics = field_statistics(view, field);
  const float idf = Bm25::idf(document_frequency(view, field, term), statistics.documents);
  const bool norms = definition.type == FieldType::kText && definition.norms;
  return std::make_shared<TermMatcher>(field, std::move(term), Bm25(statistics, idf, boost, norms));
}

}  // namespace stele::engine::reference
