#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace stele::qdrant {

// A vector of which only some elements are said, in the order of their indices.
struct SparseVector {
  std::vector<std::uint32_t> indices;
  std::vector<float> values;

  // Of {"indices": […], "values": […]}, in any order; nothing of empty text.
  static std::optional<SparseVector> read(std::string_view json);
  // The sum over common indices; nothing where there is none.
  std::optional<float> dot(const SparseVector& other) const;
};

}  // namespace stele::qdrant
