#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "engine/schema.h"
#include "engine/segment/ordinal.h"
#include "engine/segment/terms_reader.h"
#include "engine/value.h"

namespace stele::engine {

bool is_term_type(FieldType type);     // keyword, uuid
bool is_integer_type(FieldType type);  // long, date, boolean
bool is_real_type(FieldType type);     // double, float

class VectorIndex;

// The vectors of one field, in the order of the documents that have one. Borrowed from its segment.
struct VectorRows {
  std::uint32_t dimension = 0;
  std::span<const DocOrdinal> documents;
  std::span<const float> elements;
  std::span<const float> lengths;  // Euclidean, for cosine

  std::span<const float> vector(std::size_t i) const { return elements.subspan(i * dimension, dimension); }
};

// What does a segment know of one field? Which parts are filled depends on the field's type. What is given as
// a span lives in the segment or in the scratch, whose former content goes. Threads: immutable, share freely.
class FieldReader {
 public:
  virtual ~FieldReader() = default;

  virtual FieldType type() const = 0;
  // Documents with a value that is not null (or is null and has a null_value), and with a null among the
  // values. Ascending.
  virtual std::span<const DocOrdinal> present(std::vector<DocOrdinal>& scratch) const = 0;
  virtual std::span<const DocOrdinal> nulls(std::vector<DocOrdinal>& scratch) const = 0;
  // Text, keyword, uuid; null where the field has none.
  virtual const TermsReader* terms() const = 0;
  // The values of a document, ascending. Keywords and uuids; long, date and boolean; double and float.
  virtual std::span<const TermRank> ranks(DocOrdinal document, std::vector<TermRank>& scratch) const = 0;
  virtual std::span<const std::int64_t> integers(DocOrdinal document,
                                                 std::vector<std::int64_t>& scratch) const = 0;
  virtual std::span<const double> reals(DocOrdinal document, std::vector<double>& scratch) const = 0;
  virtual VectorRows vectors() const = 0;
  // Over those vectors; null where there are too few to have one.
  virtual const VectorIndex* vector_index() const { return nullptr; }

  // The values as the column holds them, as Values of the field's type.
  std::vector<Value> column_values(DocOrdinal document) const;
};

}  // namespace stele::engine
