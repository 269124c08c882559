#include "engine/segment/schema_fingerprint.h"

#include <fmt/format.h>

#include "io/checksum.h"

namespace stele::engine {

std::uint64_t schema_fingerprint(const Schema& schema) {
  std::string text;
  for (const FieldDefinition& field : schema.fields()) {
    // Texts with their sizes, so that none runs into the next.
    for (const std::string& part : {field.path, field.analyzer, field.search_analyzer, field.normalizer,
                                    field.values_of, to_string(field.null_value)})
      text += fmt::format("{}:{},", part.size(), part);
    text += fmt::format("{},{},{},{},{},{},{},{},{}\n", to_string(field.type), field.indexed,
                        field.doc_values, field.norms, field.position_increment_gap, field.ignore_above,
                        field.dimension, to_string(field.similarity), field.null_value.is_null());
  }
  return io::checksum(text);
}

}  // namespace stele::engine
