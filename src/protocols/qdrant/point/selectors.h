#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/document.h"
#include "json/document.h"
#include "json/writer.h"
#include "protocols/qdrant/collection/collection.h"
#include "protocols/qdrant/payload/payload_tree.h"
#include "protocols/qdrant/point/point_id.h"

namespace stele::qdrant {

// What of a point's payload and vectors does the client want? with_payload: true, a list of paths,
// {"include": …} or
// {"exclude": …}; with_vector: true or a list of names.
struct Selectors {
  bool payload = false;
  std::optional<std::vector<JsonPath>> include = {};
  std::optional<std::vector<JsonPath>> exclude = {};
  bool vectors = false;
  std::optional<std::vector<std::string>> vector_names = {};

  // From a request's "with_payload" and "with_vector" (or "with_vectors"), over the defaults given.
  static Outcome<Selectors> read(json::Value request, bool payload_by_default);
  // The same, and 400 for a vector that the collection has not.
  static Outcome<Selectors> read(const Collection& collection, json::Value request, bool payload_by_default);
};

// The payload of a document: what is stored, but for its vectors.
json::Value payload_of(const Collection& collection, json::Value source, std::string& storage);

// Writes the members "payload" and "vector" that are wanted into an open object.
void write_point_parts(json::Writer& writer, const Collection& collection, const engine::Document& document,
                       const Selectors& selectors);

void write_vector(json::Writer& writer, const std::vector<float>& elements);
// Whether the document has this vector.
bool has_vector(const engine::Document& document, const VectorParams& vector);
// The JSON of a sparse one, or empty.
std::string_view sparse_json(const engine::Document& document, const VectorParams& vector);
// The elements of one of the document's vectors, or null.
const std::vector<float>* find_vector(const engine::Document& document, const VectorParams& vector);

}  // namespace stele::qdrant
