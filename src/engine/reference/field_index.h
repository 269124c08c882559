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

  std::span<const float> vector(std::size_t i) const {
    return std::span(elements).subspan(i * dimension, dimension);
  }
  void add(DocOrdinal document, std::span<const float> vector);
};

// All that a segment knows of one field. Immutable once built; which parts are filled depends on the field's
// type.
struct FieldIndex {
  FieldType type = FieldType::kKeyword;
  std::vector<DocOrdinal> present;     // documents with a value that is not null
  std::vector<DocOrdinal> nulls;       // documents with a null among the values
  std::optional<InvertedIndex> terms;  // text, keyword, uuid
  Column<TermRank> ranks;              // keyword, uuid
  Column<std::int64_t> integers;       // long, date, boolean
  Column<double> reals;                // double, float
  VectorColumn vectors;

  std::size_t memory_bytes() const;
  // The values as the column holds them, as Values of the field's type.
  std::vector<Value> column_values(DocOrdinal document) const;
};

bool is_term_type(FieldType type);     // keyword, uuid
bool is_integer_type(FieldType type);  // long, date, boolean
bool is_real_type(FieldType type);     // double, float

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
