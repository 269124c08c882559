#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace stele::engine {

// Rows of vector codes as they lie: each a float (its bias) and behind it a byte an element. Borrowed; what
// lies behind the last row can be read for kCodePadding bytes.
struct CodeRows {
  const std::uint8_t* first = nullptr;
  std::size_t stride = 0;
  std::size_t dimension = 0;

  const std::uint8_t* row(std::uint32_t i) const { return first + std::size_t{i} * stride; }
};
constexpr std::size_t kCodePadding = 64;

// How far are some rows from a query? A batch at a time, so that the rows to come are fetched meanwhile and
// the choice of instructions costs once. The query has zeros up to the next multiple of kCodePadding bytes.
// Threads: any. Cost: 128 elements some 5 ns where the row is in cache.

// distances[i] = bias - factor × Σ row × query.
void product_distances(const CodeRows& rows, const std::int8_t* query, float factor,
                       std::span<const std::uint32_t> ids, float* distances);
// distances[i] = factor × Σ |row - query|.
void difference_distances(const CodeRows& rows, const std::uint8_t* query, float factor,
                          std::span<const std::uint32_t> ids, float* distances);

}  // namespace stele::engine
