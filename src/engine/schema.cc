#include "engine/schema.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <utility>

#include "text/analyzer.h"

namespace stele::engine {
namespace {

constexpr std::size_t kFieldsMax = 10'000;
constexpr std::size_t kPathBytesMax = 512;
constexpr std::uint32_t kDimensionMax = 65'536;

Error invalid(const FieldDefinition& field, std::string_view reason) {
  return make_error(ErrorCode::kInvalidArgument, fmt::format("field [{}]: {}", field.path, reason));
}

Result<void> check_text(const FieldDefinition& field) {
  for (const std::string& name : {field.analyzer, field.search_analyzer})
    if (!name.empty() && !text::find_analyzer(name))
      return invalid(field, fmt::format("no analyzer [{}]", name));
  if (!(field.bm25.k1 >= 0) || std::isinf(field.bm25.k1) || !(field.bm25.b >= 0) || field.bm25.b > 1)
    return invalid(field, "BM25 has a finite k1 of 0 or more, and a b of 0 to 1");
  return {};
}

Result<void> check(const FieldDefinition& field) {
  if (field.path.empty() || field.path.size() > kPathBytesMax)
    return invalid(field, "a path has 1 to 512 bytes");
  if (field.type == FieldType::kText) return check_text(field);
  const VectorIndexOptions& index = field.vector_index;
  if (index.links < 2 || index.links > 512 || index.effort < 1 || index.effort > 65536)
    return invalid(field, "a vector index has 2 to 512 links and an effort of 1 to 65536");
  if (field.type == FieldType::kDenseVector && (field.dimension == 0 || field.dimension > kDimensionMax))
    return invalid(field, fmt::format("a dimension is 1 to 65536, not {}", field.dimension));
  if (!field.normalizer.empty() && !text::find_normalizer(field.normalizer))
    return invalid(field, fmt::format("no normalizer [{}]", field.normalizer));
  return {};
}

}  // namespace

std::string_view to_string(FieldType type) {
  static constexpr std::array<std::string_view, 10> kNames = {
      "text", "keyword", "long", "double", "float", "boolean", "date", "uuid", "object", "dense_vector"};
  return kNames[static_cast<std::size_t>(type)];
}

std::string_view to_string(Similarity similarity) {
  static constexpr std::array<std::string_view, 4> kNames = {"cosine", "dot", "euclid", "manhattan"};
  return kNames[static_cast<std::size_t>(similarity)];
}

Result<Schema> Schema::create(std::vector<FieldDefinition> fields) {
  Schema schema;
  for (FieldDefinition& field : fields) {
    if (schema.find(field.path)) return invalid(field, "is defined twice");
    STELE_RETURN_IF_ERROR(schema.append(std::move(field)));
  }
  return schema;
}

Result<Schema> Schema::with(std::vector<FieldDefinition> fields) const {
  Schema schema = *this;
  for (FieldDefinition& field : fields) {
    if (const auto id = schema.find(field.path)) {
      if (schema.field(*id) == field) continue;
      return make_error(ErrorCode::kAlreadyExists,
                        fmt::format("field [{}]: is there with another definition", field.path));
    }
    STELE_RETURN_IF_ERROR(schema.append(std::move(field)));
  }
  return schema;
}

Result<void> Schema::append(FieldDefinition field) {
  if (fields_.size() >= kFieldsMax)
    return make_error(ErrorCode::kTooLarge, fmt::format("more than {} fields", kFieldsMax));
  STELE_RETURN_IF_ERROR(check(field));
  const FieldId id(static_cast<std::uint32_t>(fields_.size()));
  if (!field.values_of.empty()) {
    const auto parent = find(field.values_of);
    if (!parent) return invalid(field, fmt::format("no field [{}] to take values of", field.values_of));
    if (!this->field(*parent).values_of.empty()) return invalid(field, "takes values of a multi-field");
    multi_fields_[parent->value()].push_back(id);
  }
  ids_.emplace(field.path, id);
  fields_.push_back(std::move(field));
  multi_fields_.emplace_back();
  return {};
}

std::optional<FieldId> Schema::find(std::string_view path) const {
  const auto found = ids_.find(std::string(path));
  if (found == ids_.end()) return std::nullopt;
  return found->second;
}

}  // namespace stele::engine
