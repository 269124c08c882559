#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "json/document.h"
#include "protocols/qdrant/collection/collection.h"
#include "protocols/qdrant/point/point_id.h"

namespace stele::qdrant {

struct NamedVector {
  const VectorParams* params = nullptr;
  std::vector<float> elements;              // normalised where they are kept so
  std::vector<std::uint32_t> indices = {};  // of a sparse one
};

// One point as a client sends it.
struct PointInput {
  PointId id;
  std::vector<NamedVector> vectors;
  std::string payload = "{}";
};

// From {"points": […]} or {"batch": {"ids", "vectors", "payloads"}}. 400 for wrong dimensions and names, as
// Qdrant words them; 422 for empty vectors.
Outcome<std::vector<PointInput>> parse_points(const Collection& collection, json::Value body);
// A point's "vector": a list of numbers, or lists by name.
Outcome<std::vector<NamedVector>> parse_vectors(const Collection& collection, json::Value value);
// A list of numbers for that vector, its dimension checked, normalised where it is kept so.
Outcome<std::vector<float>> parse_elements(const VectorParams& params, json::Value value);

// A dense or sparse vector, as its parameters say. 422 for sparse ones that contradict themselves.
Outcome<NamedVector> parse_vector(const VectorParams& params, json::Value value);

// As Qdrant stores vectors that are compared by angle: of length 1, but for those without a length.
void normalize(std::vector<float>& elements);

}  // namespace stele::qdrant
