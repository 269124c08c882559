#include "engine/reference/field_index.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "text/analyzer.h"
#include "text/unicode.h"

namespace stele::engine::reference {
namespace {

template <class T>
void append_column(Column<T>& column, const Column<T>& from, std::span<const DocOrdinal> renumbered) {
  if (from.size() == 0) return;
  for (DocOrdinal old = 0; old < renumbered.size(); ++old) {
    if (renumbered[old] == kDropped) continue;
    for (const T value : from.values(old)) column.add(renumbered[old], value);
  }
}

void append_documents(std::vector<DocOrdinal>& to, const std::vector<DocOrdinal>& from,
                      std::span<const DocOrdinal> renumbered) {
  for (const DocOrdinal old : from)
    if (renumbered[old] != kDropped) to.push_back(renumbered[old]);
}

void add_document(std::vector<DocOrdinal>& documents, DocOrdinal document) {
  if (documents.empty() || documents.back() != document) documents.push_back(document);
}

// The terms of each document, which a posting list has the other way round.
Column<TermRank> make_ranks(const InvertedIndex& terms, std::size_t documents) {
  std::vector<std::uint32_t> begin(documents + 1);
  for (TermRank rank = 0; rank < terms.term_count(); ++rank)
    for (const DocOrdinal document : terms.documents(rank)) ++begin[document + 1];
  std::partial_sum(begin.begin(), begin.end(), begin.begin());
  std::vector<TermRank> ranks(begin.back());
  std::vector<std::uint32_t> next(begin.begin(), begin.end() - 1);
  for (TermRank rank = 0; rank < terms.term_count(); ++rank)
    for (const DocOrdinal document : terms.documents(rank)) ranks[next[document]++] = rank;
  return Column<TermRank>::of(std::move(begin), std::move(ranks));
}

}  // namespace

void VectorColumn::add(DocOrdinal document, std::span<const float> vector) {
  documents.push_back(document);
  elements.insert(elements.end(), vector.begin(), vector.end());
  double squares = 0;
  for (const float element : vector) squares += static_cast<double>(element) * static_cast<double>(element);
  lengths.push_back(static_cast<float>(std::sqrt(squares)));
}

std::size_t FieldIndex::memory_bytes() const {
  return sizeof(*this) + 4 * (present_.capacity() + nulls_.capacity()) +
         (terms_ ? terms_->memory_bytes() : 0) + ranks_.memory_bytes() + integers_.memory_bytes() +
         reals_.memory_bytes() +
         4 * (vectors_.documents.capacity() + vectors_.elements.capacity() + vectors_.lengths.capacity());
}

struct FieldIndexBuilder::TextParts {
  std::shared_ptr<const text::Analyzer> analyzer;
  text::Tokens tokens;
};

FieldIndexBuilder::FieldIndexBuilder(const FieldDefinition& definition, std::size_t documents)
    : definition_(definition), documents_(documents) {
  index_.type_ = definition.type;
  index_.vectors_.dimension = definition.dimension;
  const bool is_text = definition.type == FieldType::kText;
  const bool has_terms = is_text ? definition.indexed : is_term_type(definition.type);
  if (has_terms && (definition.indexed || definition.doc_values)) terms_.emplace(documents, is_text);
  if (is_text && definition.indexed)
    // The schema has checked that the analyzer is there.
    text_ = std::make_unique<TextParts>(*text::find_analyzer(definition.analyzer), text::Tokens());
}

FieldIndexBuilder::~FieldIndexBuilder() = default;

void FieldIndexBuilder::add(DocOrdinal document, std::span<const Value> values) {
  for (const Value& value : values) {
    if (value.is_null()) add_document(index_.nulls_, document);
    if (!value.is_null() || !definition_.null_value.is_null()) add_document(index_.present_, document);
  }
  if (definition_.type == FieldType::kText) {
    if (text_) add_text(document, values);
  } else if (is_term_type(definition_.type)) {
    if (terms_) add_keywords(document, values);
  } else if (definition_.indexed || definition_.doc_values) {
    add_numbers(document, values);
  }
}

void FieldIndexBuilder::add_text(DocOrdinal document, std::span<const Value> values) {
  std::uint32_t position = 0;
  std::uint32_t length = 0;
  bool first = true;
  for (const Value& value : values) {
    const std::string* text = value.string();
    if (text == nullptr) continue;
    // A gap between values keeps phrases from reaching across them.
    if (!first) position += definition_.position_increment_gap;
    first = false;
    text_->analyzer->analyze(*text, text_->tokens);
    for (const text::Token& token : text_->tokens)
      terms_->add(token.term, document, position + token.position);
    if (!text_->tokens.empty()) position += text_->tokens.back().position + 1;
    length += static_cast<std::uint32_t>(text_->tokens.size());
  }
  terms_->set_length(document, length);
}

void FieldIndexBuilder::add_keywords(DocOrdinal document, std::span<const Value> values) {
  std::uint32_t length = 0;
  for (const Value& value : values) {
    const std::string* text = value.is_null() ? definition_.null_value.string() : value.string();
    if (text == nullptr) continue;
    const std::uint32_t limit = definition_.ignore_above;
    if (limit > 0 && text->size() > limit && text::count_code_points(*text) > limit) continue;
    if (definition_.normalizer.empty())
      terms_->add(*text, document, 0);
    else
      terms_->add(normalized_keyword(definition_, *text), document, 0);
    ++length;
  }
  terms_->set_length(document, length);
}

void FieldIndexBuilder::add_numbers(DocOrdinal document, std::span<const Value> values) {
  const std::size_t integers_before = index_.integers_.size();
  const std::size_t reals_before = index_.reals_.size();
  for (const Value& given : values) {
    const Value& value = given.is_null() ? definition_.null_value : given;
    if (const auto* integer = value.integer()) index_.integers_.add(document, *integer);
    if (const auto* boolean = value.boolean()) index_.integers_.add(document, *boolean ? 1 : 0);
    if (const auto* real = value.real()) index_.reals_.add(document, *real);
  }
  index_.integers_.sort_last(integers_before);
  index_.reals_.sort_last(reals_before);
}

void FieldIndexBuilder::add_vector(DocOrdinal document, std::span<const float> vector) {
  add_document(index_.present_, document);
  index_.vectors_.add(document, vector);
}

void FieldIndexBuilder::append(const FieldIndex& index, std::span<const DocOrdinal> renumbered) {
  append_documents(index_.present_, index.present_, renumbered);
  append_documents(index_.nulls_, index.nulls_, renumbered);
  if (terms_ && index.terms_) parts_.push_back({&*index.terms_, renumbered});
  append_column(index_.integers_, index.integers_, renumbered);
  append_column(index_.reals_, index.reals_, renumbered);
  for (std::size_t i = 0; i < index.vectors_.documents.size(); ++i) {
    const DocOrdinal document = renumbered[index.vectors_.documents[i]];
    if (document != kDropped) index_.vectors_.add(document, index.vectors_.rows().vector(i));
  }
}

FieldIndex FieldIndexBuilder::finish() {
  if (!parts_.empty()) {
    index_.terms_ = InvertedIndex::join(parts_, documents_, definition_.type == FieldType::kText);
  } else if (terms_) {
    index_.terms_ = terms_->finish();
  }
  if (index_.terms_ && is_term_type(definition_.type)) index_.ranks_ = make_ranks(*index_.terms_, documents_);
  index_.integers_.close(documents_);
  index_.reals_.close(documents_);
  return std::move(index_);
}

std::string normalized_keyword(const FieldDefinition& definition, std::string_view keyword) {
  if (definition.normalizer.empty()) return std::string(keyword);
  if (definition.normalizer == "lowercase") return text::lowercased(keyword);
  // The schema has checked that it is there.
  return (*text::find_normalizer(definition.normalizer))->normalize(keyword);
}

}  // namespace stele::engine::reference
