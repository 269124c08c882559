#include "protocols/qdrant/point/point_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace stele::qdrant {
namespace {

Failure no_vector_struct() {
  return format_error("data did not match any variant of untagged enum VectorStruct");
}

Outcome<std::string> parse_payload(const std::optional<json::Value>& value) {
  if (!value || value->is_null()) return std::string("{}");
  if (!value->is_object())
    return format_error(fmt::format("invalid type: {}, expected a map", json::describe(value->kind())));
  return std::string(value->raw());
}

Outcome<> check_list(json::Value value) {
  if (value.size() == 0) return invalid_body("vector", "must not be empty");
  for (const json::Value element : value.elements())
    if (element.is_array()) return not_supported("a multivector");
  return {};
}

Outcome<PointInput> parse_point(const Collection& collection, json::Value value) {
  const auto id = value.find("id");
  if (!id) return format_error("missing field `id`");
  STELE_TRY(PointId read_id, PointId::from_json(*id));
  const auto vector = value.find("vector");
  if (!vector) return format_error("missing field `vector`");
  PointInput point{std::move(read_id), {}};
  STELE_TRY(point.vectors, parse_vectors(collection, *vector));
  STELE_TRY(point.payload, parse_payload(value.find("payload")));
  return point;
}

// What contradicts itself is told before a name that is not there.
Outcome<> check_shape(json::Value value) {
  const auto indices = value.find("indices");
  const auto values = value.find("values");
  if (indices && values && indices->size() != values->size())
    return invalid_body("points[0].vector.?.values",
                        "Validation error: must be the same length as indices [{}]");
  return {};
}

std::vector<json::Value> list_of(json::Value array) {
  std::vector<json::Value> list;
  for (const json::Value element : array.elements()) list.push_back(element);
  return list;
}

// {"image": [[…], […]], …}: one column of vectors a name.
Outcome<> read_named_columns(const Collection& collection, json::Value vectors,
                             std::vector<PointInput>& points) {
  for (const auto& [name, column] : vectors.members()) {
    if (column.is_array())
      for (const json::Value element : column.elements()) STELE_RETURN_IF_ERROR(check_shape(element));
    const VectorParams* params = collection.vector(name);
    if (params == nullptr) return wrong_input(fmt::format("Not existing vector name error: {}", name));
    if (!column.is_array() || column.size() != points.size())
      return invalid_body("batch", fmt::format("number of ids and vectors must be equal ({} != {})",
                                               points.size(), column.size()));
    std::size_t place = 0;
    for (const json::Value element : column.elements()) {
      STELE_TRY(NamedVector vector, parse_vector(*params, element));
      points[place++].vectors.push_back(std::move(vector));
    }
  }
  return {};
}

Outcome<std::vector<PointInput>> parse_batch(const Collection& collection, json::Value batch) {
  const auto ids = batch.find("ids");
  const auto vectors = batch.find("vectors");
  if (!ids || !ids->is_array()) return format_error("missing field `ids`");
  if (!vectors) return format_error("missing field `vectors`");
  std::vector<PointInput> points;
  for (const json::Value id : ids->elements()) {
    STELE_TRY(PointId read, PointId::from_json(id));
    points.push_back({std::move(read), {}});
  }
  if (vectors->is_object()) {
    STELE_RETURN_IF_ERROR(read_named_columns(collection, *vectors, points));
  } else {
    if (!vectors->is_array()) return no_vector_struct();
    const std::vector<json::Value> list = list_of(*vectors);
    if (list.size() != points.size())
      return invalid_body("batch", fmt::format("number of ids and vectors must be equal ({} != {})",
                                               points.size(), list.size()));
    for (std::size_t i = 0; i < list.size(); ++i) {
      STELE_TRY(points[i].vectors, parse_vectors(collection, list[i]));
    }
  }
  const auto payloads = batch.find("payloads");
  if (!payloads || payloads->is_null()) return points;
  const std::vector<json::Value> list =
      payloads->is_array() ? list_of(*payloads) : std::vector<json::Value>();
  if (list.size() != points.size())
    return invalid_body("batch", fmt::format("number of ids and payloads must be equal ({} != {})",
                                             points.size(), list.size()));
  for (std::size_t i = 0; i < list.size(); ++i) {
    STELE_TRY(points[i].payload, parse_payload(list[i]));
  }
  return points;
}

// {"indices": […], "values": […]}: as many of each, no index twice; kept in the order of indices.
Outcome<> read_sparse(json::Value value, NamedVector& vector) {
  if (value.find("text")) return not_supported("inference");
  const auto indices = value.find("indices");
  const auto values = value.find("values");
  if (!indices || !values || !indices->is_array() || !values->is_array())
    return wrong_input(fmt::format("Conversion between sparse and regular vectors failed"));
  if (indices->size() != values->size())
    return invalid_body("points[0].vector.?.values",
                        "Validation error: must be the same length as indices [{}]");
  std::vector<std::pair<std::uint32_t, float>> pairs;
  const std::vector<json::Value> numbers = list_of(*values);
  for (const json::Value index : indices->elements()) {
    const auto number = index.as_uint64();
    const json::Value weight = numbers[pairs.size()];
    if (!number || *number > UINT32_MAX || !weight.is_number() || !std::isfinite(weight.number()))
      return format_error("invalid type: a sparse vector has indices (u32) and values (f32)");
    pairs.emplace_back(static_cast<std::uint32_t>(*number), static_cast<float>(weight.number()));
  }
  std::ranges::sort(pairs, {}, &std::pair<std::uint32_t, float>::first);
  for (const auto& [index, weight] : pairs) {
    if (!vector.indices.empty() && vector.indices.back() == index)
      return invalid_body("points[0].vector.?.indices", "Validation error: must be unique [{}]");
    vector.indices.push_back(index);
    vector.elements.push_back(weight);
  }
  return {};
}

}  // namespace

void normalize(std::vector<float>& elements) {
  float square = 0;
  for (const float element : elements) square += element * element;
  if (square < std::numeric_limits<float>::epsilon() || std::fabs(square - 1.0F) <= 1e-6F) return;
  const float length = std::sqrt(square);
  for (float& element : elements) element /= length;
}

Outcome<std::vector<float>> parse_elements(const VectorParams& params, json::Value value) {
  if (value.is_object() && (value.find("text") || value.find("image") || value.find("object")))
    return not_supported("inference");
  if (value.is_object()) return wrong_input("Conversion between sparse and regular vectors failed");
  if (!value.is_array()) return no_vector_struct();
  STELE_RETURN_IF_ERROR(check_list(value));
  if (value.size() != params.size)
    return wrong_input(
        fmt::format("Vector dimension error: expected dim: {}, got {}", params.size, value.size()));
  std::vector<float> elements;
  elements.reserve(value.size());
  for (const json::Value element : value.elements()) {
    const float number = element.is_number() ? static_cast<float>(element.number()) : NAN;
    if (!std::isfinite(number))
      return format_error(fmt::format("invalid type: {}, expected f32", element.raw().substr(0, 50)));
    elements.push_back(number);
  }
  if (params.normalized) normalize(elements);
  return elements;
}

Outcome<NamedVector> parse_vector(const VectorParams& params, json::Value value) {
  NamedVector vector{&params, {}};
  if (params.sparse) {
    STELE_RETURN_IF_ERROR(read_sparse(value, vector));
  } else {
    STELE_TRY(vector.elements, parse_elements(params, value));
  }
  return vector;
}

Outcome<std::vector<NamedVector>> parse_vectors(const Collection& collection, json::Value value) {
  std::vector<NamedVector> vectors;
  if (value.is_array()) {
    STELE_RETURN_IF_ERROR(check_list(value));
    const VectorParams* params = collection.vector("");
    if (params == nullptr) return wrong_input("Not existing vector name error: ");
    STELE_TRY(std::vector<float> elements, parse_elements(*params, value));
    vectors.push_back({params, std::move(elements)});
    return vectors;
  }
  if (!value.is_object()) return no_vector_struct();
  for (const auto& [name, elements] : value.members()) {
    STELE_RETURN_IF_ERROR(check_shape(elements));
    const VectorParams* params = collection.vector(name);
    if (params == nullptr) return wrong_input(fmt::format("Not existing vector name error: {}", name));
    STELE_TRY(NamedVector vector, parse_vector(*params, elements));
    vectors.push_back(std::move(vector));
  }
  return vectors;
}

Outcome<std::vector<PointInput>> parse_points(const Collection& collection, json::Value body) {
  if (const auto batch = body.find("batch")) return parse_batch(collection, *batch);
  const auto list = body.find("points");
  if (!list || !list->is_array())
    return format_error("data did not match any variant of untagged enum PointInsertOperations");
  std::vector<PointInput> points;
  for (const json::Value value : list->elements()) {
    STELE_TRY(PointInput point, parse_point(collection, value));
    points.push_back(std::move(point));
  }
  return points;
}

}  // namespace stele::qdrant
