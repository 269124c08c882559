#include "engine/segment/field_writer.h"

#include <algorithm>

#include "base/check.h"
#include "engine/columns/column.h"
#include "engine/columns/document_set.h"
#include "engine/postings/postings_writer.h"
#include "engine/postings/term_dictionary.h"
#include "engine/segment/terms_merger.h"
#include "engine/vectors/vector_index.h"

namespace stele::engine {
namespace {

template <class T>
std::string_view bytes_of(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

}  // namespace

void FieldWriter::write(std::uint32_t id, SectionWriter& sections) {
  write_sets(id, sections);
  if (type_ == FieldType::kDenseVector) {
    write_vectors(id, sections);
  } else if (type_ == FieldType::kText || is_term_type(type_)) {
    write_terms(id, sections);
  } else {
    write_numbers(id, sections);
  }
  const FieldHeader header{.type = type_,
                           .has_terms = has_terms_,
                           .dimension = dimension_,
                           .documents_with_terms = documents_with_terms_,
                           .total_term_frequency = total_term_frequency_};
  sections.add(id, SectionKind::kField, header.bytes());
}

void FieldWriter::write_sets(std::uint32_t id, SectionWriter& sections) const {
  std::vector<DocOrdinal> present;
  std::vector<DocOrdinal> nulls;
  std::vector<DocOrdinal> scratch;
  const auto append = [](std::span<const DocOrdinal> from, const FieldPart& part,
                         std::vector<DocOrdinal>& to) {
    for (const DocOrdinal old : from)
      if (part.renumbered[old] != kDropped) to.push_back(part.renumbered[old]);
  };
  for (const FieldPart& part : parts_) {
    append(part.field->present(scratch), part, present);
    append(part.field->nulls(scratch), part, nulls);
  }
  std::string set;
  DocumentSet::append(set, present, documents_);
  sections.add(id, SectionKind::kPresent, set);
  if (nulls.empty()) return;
  set.clear();
  DocumentSet::append(set, nulls, documents_);
  sections.add(id, SectionKind::kNulls, set);
}

std::string FieldWriter::joined_lengths() const {
  std::string lengths(documents_, '\0');
  for (const FieldPart& part : parts_) {
    if (part.field->terms() == nullptr) continue;
    for (DocOrdinal old = 0; old < part.renumbered.size(); ++old)
      if (part.renumbered[old] != kDropped)
        lengths[part.renumbered[old]] = static_cast<char>(part.field->terms()->encoded_length(old));
  }
  return lengths;
}

void FieldWriter::write_terms(std::uint32_t id, SectionWriter& sections) {
  std::vector<TermsPart> parts;
  for (const FieldPart& part : parts_)
    if (part.field->terms() != nullptr) parts.push_back({part.field->terms(), part.renumbered});
  has_terms_ = !parts.empty();
  if (!has_terms_) return;
  const bool is_text = type_ == FieldType::kText;
  const std::string lengths = is_text ? joined_lengths() : std::string();
  PostingsWriter postings({reinterpret_cast<const std::uint8_t*>(lengths.data()), lengths.size()});
  TermDictionaryWriter dictionary(is_text);
  TermsMerger merger(parts, is_text);
  while (merger.next()) {
    const Postings& merged = merger.postings();
    if (!is_text) {
      const auto rank = static_cast<TermRank>(dictionary.size());
      for (const DocOrdinal document : merged.documents) ranks_.emplace_back(document, rank);
    }
    const TermEntry entry = postings.add(merged);
    dictionary.add(merger.term(), entry);
    total_term_frequency_ += entry.total_frequency;
  }
  sections.add(id, SectionKind::kTerms, dictionary.finish());
  sections.add(id, SectionKind::kPostings, postings.postings());
  if (is_text) {
    documents_with_terms_ = static_cast<std::uint64_t>(
        std::count_if(lengths.begin(), lengths.end(), [](char length) { return length != 0; }));
    sections.add(id, SectionKind::kPositions, postings.positions());
    sections.add(id, SectionKind::kLengths, lengths);
  } else {
    std::sort(ranks_.begin(), ranks_.end());
    DocOrdinal last = kDropped;
    for (const auto& [document, rank] : ranks_) {
      documents_with_terms_ += document == last ? 0 : 1;
      last = document;
    }
    write_ranks(id, sections);
  }
}

void FieldWriter::write_ranks(std::uint32_t id, SectionWriter& sections) const {
  ColumnWriter column;
  for (const auto& [document, rank] : ranks_) column.add(document, rank);
  if (!column.empty()) sections.add(id, SectionKind::kColumn, column.finish(documents_));
}

void FieldWriter::write_numbers(std::uint32_t id, SectionWriter& sections) const {
  ColumnWriter column;
  std::vector<std::int64_t> integers;
  std::vector<double> reals;
  for (const FieldPart& part : parts_) {
    for (DocOrdinal old = 0; old < part.renumbered.size(); ++old) {
      const DocOrdinal document = part.renumbered[old];
      if (document == kDropped) continue;
      for (const std::int64_t value : part.field->integers(old, integers))
        column.add(document, to_ordered(value));
      for (const double value : part.field->reals(old, reals)) column.add(document, to_ordered(value));
    }
  }
  if (!column.empty()) sections.add(id, SectionKind::kColumn, column.finish(documents_));
}

void FieldWriter::write_vectors(std::uint32_t id, SectionWriter& sections) {
  std::vector<DocOrdinal> documents;
  std::vector<float> elements;
  std::vector<float> lengths;
  for (const FieldPart& part : parts_) {
    const VectorRows rows = part.field->vectors();
    dimension_ = std::max(dimension_, rows.dimension);
    for (std::size_t i = 0; i < rows.documents.size(); ++i) {
      const DocOrdinal document = part.renumbered[rows.documents[i]];
      if (document == kDropped) continue;
      documents.push_back(document);
      lengths.push_back(rows.lengths[i]);
      const auto vector = rows.vector(i);
      elements.insert(elements.end(), vector.begin(), vector.end());
    }
  }
  sections.add(id, SectionKind::kVectorDocuments, bytes_of(documents));
  sections.add(id, SectionKind::kVectors, bytes_of(elements));
  sections.add(id, SectionKind::kVectorLengths, bytes_of(lengths));
  const VectorRows rows{dimension_, documents, elements, lengths};
  if (!index_vectors_ || !is_worth_index(definition_, rows)) return;
  const std::string codes = VectorCodes::build(definition_.similarity, rows);
  const auto opened = VectorCodes::open(codes);
  STELE_CHECK(opened.has_value());
  const GraphShape shape{definition_.vector_index.links, definition_.vector_index.effort};
  sections.add(id, SectionKind::kVectorCodes, codes);
  sections.add(id, SectionKind::kVectorGraph, Graph::build(*opened, shape));
}

}  // namespace stele::engine
