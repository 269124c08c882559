#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/columns/column.h"
#include "engine/columns/document_set.h"
#include "engine/postings/postings_list.h"
#include "engine/postings/term_dictionary.h"
#include "engine/segment/field_reader.h"
#include "engine/segment/sections.h"
#include "engine/vectors/vector_index.h"

namespace stele::engine {

// The terms of one field of a sealed segment. Beside what TermsReader offers, the lists as they lie, for
// queries that skip.
class SealedTerms final : public TermsReader {
 public:
  SealedTerms() = default;
  // `documents_with_terms` and `total_term_frequency` from the field's header.
  SealedTerms(const SectionReader& sections, std::uint32_t field, bool is_text,
              std::uint64_t documents_with_terms, std::uint64_t total_term_frequency);

  const TermDictionary& dictionary() const { return dictionary_; }
  PostingsList list(const TermEntry& entry) const {
    return PostingsList(entry, postings_, positions_, is_text_);
  }
  // One byte a document; empty for keywords.
  std::string_view lengths() const { return lengths_; }

  std::size_t term_count() const override { return dictionary_.size(); }
  std::string_view term(TermRank rank, std::string& scratch) const override {
    return dictionary_.term(rank, scratch);
  }
  TermRank lower_bound(std::string_view term) const override { return dictionary_.lower_bound(term); }
  std::uint32_t document_count(TermRank rank) const override {
    return dictionary_.entry(rank).document_count;
  }
  std::uint32_t document_count(std::string_view term) const override {
    const auto entry = dictionary_.find(term);
    return entry ? entry->document_count : 0;
  }
  Postings postings(TermRank rank, PostingsPart part, PostingsScratch& scratch) const override {
    return postings(dictionary_.entry(rank), part, scratch);
  }
  std::unique_ptr<TermsCursor> cursor(TermRank from) const override;
  void mark_documents(TermRank first, TermRank end, std::span<std::uint64_t> words) const override;
  Postings postings(const TermEntry& entry, PostingsPart part, PostingsScratch& scratch) const;
  std::uint8_t encoded_length(DocOrdinal document) const override {
    return document < lengths_.size() ? static_cast<std::uint8_t>(lengths_[document]) : 1;
  }
  std::uint64_t documents_with_terms() const override { return documents_with_terms_; }
  std::uint64_t total_term_frequency() const override { return total_term_frequency_; }

 private:
  bool is_text_ = false;
  TermDictionary dictionary_;
  std::string_view postings_;
  std::string_view positions_;
  std::string_view lengths_;
  std::uint64_t documents_with_terms_ = 0;
  std::uint64_t total_term_frequency_ = 0;
};

// What a sealed segment knows of one field: views into its bytes.
class SealedField final : public FieldReader {
 public:
  // `documents`: of the segment. kCorruption: no field header.
  static Result<SealedField> open(const SectionReader& sections, std::uint32_t field, std::size_t documents);

  FieldType type() const override { return type_; }
  std::span<const DocOrdinal> present(std::vector<DocOrdinal>& scratch) const override;
  std::span<const DocOrdinal> nulls(std::vector<DocOrdinal>& scratch) const override;
  const SealedTerms* terms() const override { return has_terms_ ? &terms_ : nullptr; }
  std::span<const TermRank> ranks(DocOrdinal document, std::vector<TermRank>& scratch) const override;
  std::span<const std::int64_t> integers(DocOrdinal document,
                                         std::vector<std::int64_t>& scratch) const override;
  std::span<const double> reals(DocOrdinal document, std::vector<double>& scratch) const override;
  VectorRows vectors() const override { return vectors_; }
  const VectorIndex* vector_index() const override { return vector_index_ ? &*vector_index_ : nullptr; }

  const ColumnReader& column() const { return column_; }
  const DocumentSet& present_set() const { return present_; }

 private:
  FieldType type_ = FieldType::kKeyword;
  bool has_terms_ = false;
  DocumentSet present_;
  DocumentSet nulls_;
  SealedTerms terms_;
  ColumnReader column_;
  VectorRows vectors_;
  std::optional<VectorIndex> vector_index_;
};

// The header of a field: what a SealedField is opened with.
struct FieldHeader {
  FieldType type = FieldType::kKeyword;
  bool has_terms = false;
  std::uint32_t dimension = 0;
  std::uint64_t documents_with_terms = 0;
  std::uint64_t total_term_frequency = 0;

  std::string bytes() const;
  static Result<FieldHeader> read(std::string_view bytes);
};

}  // namespace stele::engine
