#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "engine/document.h"
#include "engine/reference/inverted_index.h"
#include "engine/schema.h"
#include "engine/segment/field_reader.h"

namespace stele::engine::reference {

// Which values has a document? Sorted ascending within each document.
template <class T>
class Column {
 public:
  std::span<const T> values(DocOrdinal document) const {
    if (begin_.empty()) return {};
    return std::span(values_).subspan(begin_[document], begin_[document + 1] - begin_[document]);
  }
  std::size_t memory_bytes() const { return begin_.capacity() * 4 + values_.capacity() * sizeof(T); }

  // Documents one after another, each at its place; `close` ends those that had nothing, if there is anything
  // at all.
  void add(DocOrdinal document, T value) {
    extend(document);
    values_.push_back(value);
  }
  void close(std::size_t documents) {
    if (!values_.empty()) extend(documents);
  }
  void sort_last(std::size_t from) {
    std::sort(values_.begin() + static_cast<std::ptrdiff_t>(from), values_.end());
  }
  std::size_t size() const { return values_.size(); }
  // `begin`: one a document and the end.
  static Column of(std::vector<std::uint32_t> begin, std::vector<T> values) {
    Column column;
    if (values.empty()) return column;
    column.begin_ = std::move(begin);
    column.values_ = std::move(values);
    return column;
  }

 private:
  void extend(std::size_t documents) {
    while (begin_.size() <= documents) begin_.push_back(static_cast<std::uint32_t>(values_.size()));
  }

  std::vector<std::uint32_t> begin_;  // one a document and the end
  std::vector<T> values_;
};

// The vectors of one field, in the order of documents that have one.
struct VectorColumn {
  std::uint32_t dimension = 0;
  std::vector<DocOrdinal> documents;
  std::vector<float> elements;
  std::vector<float> lengths;  // Euclidean, for cosine

  void add(DocOrdinal document, std::span<const float> vector);
  VectorRows rows() const { return {dimension, documents, elements, lengths}; }
};

// All that a MemorySegment knows of one field. Immutable once built.
class FieldIndex final : public FieldReader {
 public:
  FieldType type() const override { return type_; }
  std::span<const DocOrdinal> present(std::vector<DocOrdinal>&) const override { return present_; }
  std::span<const DocOrdinal> nulls(std::vector<DocOrdinal>&) const override { return nulls_; }
  const InvertedIndex* terms() const override { return terms_ ? &*terms_ : nullptr; }
  std::span<const TermRank> ranks(DocOrdinal document, std::vector<TermRank>&) const override {
    return ranks_.values(document);
  }
  std::span<const std::int64_t> integers(DocOrdinal document, std::vector<std::int64_t>&) const override {
    return integers_.values(document);
  }
  std::span<const double> reals(DocOrdinal document, std::vector<double>&) const override {
    return reals_.values(document);
  }
  VectorRows vectors() const override { return vectors_.rows(); }
  std::size_t memory_bytes() const;

 private:
  friend class FieldIndexBuilder;

  FieldType type_ = FieldType::kKeyword;
  std::vector<DocOrdinal> present_;
  std::vector<DocOrdinal> nulls_;
  std::optional<InvertedIndex> terms_;
  Column<TermRank> ranks_;
  Column<std::int64_t> integers_;
  Column<double> reals_;
  VectorColumn vectors_;
};

// Builds the FieldIndex of one field over the documents of a segment. Confined to its thread.
class FieldIndexBuilder {
 public:
  FieldIndexBuilder(const FieldDefinition& definition, std::size_t documents);
  ~FieldIndexBuilder();

  // The values of one document, coerced; documents ascend.
  void add(DocOrdinal document, std::span<const Value> values);
  void add_vector(DocOrdinal document, std::span<const float> vector);
  // What a segment has of the field, its documents renumbered (kDropped: left out), ascending from call to
  // call. Not together with add. Both must stay until finish().
  void append(const FieldIndex& index, std::span<const DocOrdinal> renumbered);
  FieldIndex finish();

 private:
  void add_text(DocOrdinal document, std::span<const Value> values);
  void add_keywords(DocOrdinal document, std::span<const Value> values);
  void add_numbers(DocOrdinal document, std::span<const Value> values);

  struct TextParts;
  const FieldDefinition& definition_;
  std::size_t documents_;
  FieldIndex index_;
  std::optional<InvertedIndexBuilder> terms_;
  std::vector<InvertedIndex::Part> parts_;
  std::unique_ptr<TextParts> text_;
};

// A keyword as it is indexed and looked for: normalized.
std::string normalized_keyword(const FieldDefinition& definition, std::string_view keyword);

}  // namespace stele::engine::reference
