#pragma once

#include <cstddef>
#include <span>

#include "engine/schema.h"
#include "engine/segment/field_reader.h"
#include "engine/vectors/distance.h"

namespace stele::engine {

// How far is a row of a vector field from a query? Less is nearer, whatever the similarity: the order of the
// scores, without what they cost beyond it. Borrows the rows. Threads: immutable, share freely.
class VectorMetric {
 public:
  VectorMetric(Similarity similarity, VectorRows rows) : similarity_(similarity), rows_(rows) {}

  std::size_t size() const { return rows_.documents.size(); }
  const VectorRows& rows() const { return rows_; }
  const float* row(std::size_t i) const { return rows_.elements.data() + i * rows_.dimension; }

  float distance(const float* query, std::size_t i) const {
    const float* const other = row(i);
    switch (similarity_) {
      case Similarity::kCosine: {
        // The query's own length changes no order.
        const float length = rows_.lengths[i];
        return length > 0 ? -dot_product(query, other, rows_.dimension) / length : 0;
      }
      case Similarity::kDot:
        return -dot_product(query, other, rows_.dimension);
      case Similarity::kEuclid:
        return squared_distance(query, other, rows_.dimension);
      case Similarity::kManhattan:
        return manhattan_distance(query, other, rows_.dimension);
    }
    return 0;
  }
  // Brings the row near the processor.
  void prefetch(std::size_t i) const {
    const float* const start = row(i);
    for (std::size_t at = 0; at < rows_.dimension; at += 16) __builtin_prefetch(start + at);
  }

 private:
  Similarity similarity_;
  VectorRows rows_;
};

}  // namespace stele::engine
