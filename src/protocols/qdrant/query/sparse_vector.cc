#include "protocols/qdrant/query/sparse_vector.h"

#include <algorithm>
#include <utility>

#include "json/document.h"

namespace stele::qdrant {

std::optional<SparseVector> SparseVector::read(std::string_view json) {
  if (json.empty()) return std::nullopt;
  const auto parsed = json::Document::parse_borrowed(json);
  if (!parsed) return std::nullopt;
  const auto indices = parsed->root().find("indices");
  const auto values = parsed->root().find("values");
  if (!indices || !values || indices->size() != values->size()) return std::nullopt;
  std::vector<std::pair<std::uint32_t, float>> pairs;
  for (const json::Value index : indices->elements())
    pairs.emplace_back(static_cast<std::uint32_t>(index.as_uint64().value_or(0)), 0.0F);
  std::size_t place = 0;
  for (const json::Value value : values->elements())
    pairs[place++].second = static_cast<float>(value.is_number() ? value.number() : 0);
  std::ranges::sort(pairs, {}, &std::pair<std::uint32_t, float>::first);
  SparseVector vector;
  for (const auto& [index, value] : pairs) {
    vector.indices.push_back(index);
    vector.values.push_back(value);
  }
  return vector;
}

std::optional<float> SparseVector::dot(const SparseVector& other) const {
  float sum = 0;
  bool any = false;
  for (std::size_t i = 0, k = 0; i < indices.size() && k < other.indices.size();) {
    if (indices[i] < other.indices[k]) {
      ++i;
    } else if (indices[i] > other.indices[k]) {
      ++k;
    } else {
      sum += values[i++] * other.values[k++];
      any = true;
    }
  }
  return any ? std::optional(sum) : std::nullopt;
}

}  // namespace stele::qdrant
