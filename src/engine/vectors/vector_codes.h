#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/schema.h"
#include "engine/segment/field_reader.h"
#include "engine/vectors/code_distance.h"

namespace stele::engine {

// A vector as the codes of some rows are asked with it: see VectorCodes. Its bytes end in zeros up to a
// multiple of kCodePadding.
struct CodeQuery {
  std::vector<std::uint8_t> bytes;  // signed but for Manhattan
  float factor = 0;
};

// The vectors of one field as a byte an element, so that a walk reads a quarter of the memory: the element
// less its mean over the rows, in steps of one size for all. Order is that of the field's similarity (cosine
// by the distance of rows of length one), but for the rounding. Section: similarity, dimension, rows (32-bit
// words), step (float), the means (floats), then the rows (CodeRows, a multiple of 4 bytes each), padding.
// Borrows its bytes. Threads: immutable, share freely.
class VectorCodes {
 public:
  // kCorruption: other sizes than the section's own words say.
  static Result<VectorCodes> open(std::string_view section);
  static std::string build(Similarity similarity, const VectorRows& rows);

  Similarity similarity() const { return similarity_; }
  std::size_t size() const { return size_; }
  std::size_t dimension() const { return rows_.dimension; }
  // Allocates; once a search.
  CodeQuery query(std::span<const float> vector) const;
  // A row as a query, into one that is used again and again.
  void query(std::uint32_t row, CodeQuery& query) const;

  // Brings the beginning of a row near the processor; distances() fetches the rest.
  void prefetch(std::uint32_t row) const {
    const std::uint8_t* const start = rows_.row(row);
    for (std::size_t at = 0; at < std::min<std::size_t>(rows_.stride, 192); at += 64)
      __builtin_prefetch(start + at);
  }

  // Less is nearer. Comparable among rows for one query; for a row as query also with other rows' but for
  // dot, where the rows' own lengths count.
  void distances(const CodeQuery& query, std::span<const std::uint32_t> rows, float* distances) const {
    if (similarity_ == Similarity::kManhattan)
      difference_distances(rows_, query.bytes.data(), query.factor, rows, distances);
    else
      product_distances(rows_, reinterpret_cast<const std::int8_t*>(query.bytes.data()), query.factor, rows,
                        distances);
  }

 private:
  Similarity similarity_ = Similarity::kEuclid;
  std::size_t size_ = 0;
  float step_ = 0;
  std::vector<float> means_;
  CodeRows rows_;
};

}  // namespace stele::engine
