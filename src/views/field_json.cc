#include "views/field_json.h"

#include <array>
#include <string>

namespace stele::views {
namespace {

using engine::FieldDefinition;
using engine::FieldType;
using engine::Similarity;

constexpr std::array kFieldTypes = {
    FieldType::kText,    FieldType::kKeyword, FieldType::kLong, FieldType::kDouble, FieldType::kFloat,
    FieldType::kBoolean, FieldType::kDate,    FieldType::kUuid, FieldType::kObject, FieldType::kDenseVector};
constexpr std::array kSimilarities = {Similarity::kCosine, Similarity::kDot, Similarity::kEuclid,
                                      Similarity::kManhattan};

Result<engine::Value> read_scalar(json::Value value) {
  switch (value.kind()) {
    case json::Kind::kNull:
      return engine::Value();
    case json::Kind::kBool:
      return engine::Value(value.boolean());
    case json::Kind::kInt64:
      return engine::Value(*value.as_int64());
    case json::Kind::kDouble:
      return engine::Value(value.number());
    case json::Kind::kString:
      return engine::Value(value.string());
    default:
      return make_error(ErrorCode::kInvalidArgument, "null_value: a string, number or boolean is expected");
  }
}

void write_scalar(json::Writer& writer, const engine::Value& value) {
  if (const bool* boolean = value.boolean()) writer.boolean(*boolean);
  if (const std::int64_t* integer = value.integer()) writer.integer(*integer);
  if (const double* real = value.real()) writer.number(*real);
  if (const std::string* string = value.string()) writer.string(*string);
}

Result<std::uint32_t> read_count(json::Value value) {
  STELE_TRY(const std::uint64_t number, value.as_uint64());
  if (number > UINT32_MAX) return make_error(ErrorCode::kInvalidArgument, "number is too large");
  return static_cast<std::uint32_t>(number);
}

Result<void> read_text(json::Value value, std::string& into) {
  STELE_TRY(const std::string_view text, value.as_string());
  into = std::string(text);
  return {};
}

Result<void> read_flag(json::Value value, bool& into) {
  STELE_TRY(into, value.as_bool());
  return {};
}

Result<void> read_number(json::Value value, std::uint32_t& into) {
  STELE_TRY(into, read_count(value));
  return {};
}

Result<void> read_real(json::Value value, float& into) {
  STELE_TRY(const double number, value.as_double());
  into = static_cast<float>(number);
  return {};
}

Result<void> read_type(json::Value value, FieldDefinition& field) {
  STELE_TRY(const std::string_view name, value.as_string());
  STELE_TRY(field.type, parse_field_type(name));
  return {};
}

Result<void> read_similarity(json::Value value, FieldDefinition& field) {
  STELE_TRY(const std::string_view name, value.as_string());
  STELE_TRY(field.similarity, parse_similarity(name));
  return {};
}

Result<void> read_null_value(json::Value value, FieldDefinition& field) {
  STELE_TRY(field.null_value, read_scalar(value));
  return {};
}

struct MemberReader {
  std::string_view name;
  Result<void> (*read)(json::Value, FieldDefinition&);
};

constexpr std::array kMembers = {
    MemberReader{"path", [](json::Value v, FieldDefinition& f) { return read_text(v, f.path); }},
    MemberReader{"type", read_type},
    MemberReader{"index", [](json::Value v, FieldDefinition& f) { return read_flag(v, f.indexed); }},
    MemberReader{"doc_values", [](json::Value v, FieldDefinition& f) { return read_flag(v, f.doc_values); }},
    MemberReader{"analyzer", [](json::Value v, FieldDefinition& f) { return read_text(v, f.analyzer); }},
    MemberReader{"search_analyzer",
                 [](json::Value v, FieldDefinition& f) { return read_text(v, f.search_analyzer); }},
    MemberReader{"k1", [](json::Value v, FieldDefinition& f) { return read_real(v, f.bm25.k1); }},
    MemberReader{"b", [](json::Value v, FieldDefinition& f) { return read_real(v, f.bm25.b); }},
    MemberReader{"norms", [](json::Value v, FieldDefinition& f) { return read_flag(v, f.norms); }},
    MemberReader{"position_increment_gap",
                 [](json::Value v, FieldDefinition& f) { return read_number(v, f.position_increment_gap); }},
    MemberReader{"ignore_above",
                 [](json::Value v, FieldDefinition& f) { return read_number(v, f.ignore_above); }},
    MemberReader{"normalizer", [](json::Value v, FieldDefinition& f) { return read_text(v, f.normalizer); }},
    MemberReader{"dimension", [](json::Value v, FieldDefinition& f) { return read_number(v, f.dimension); }},
    MemberReader{"similarity", read_similarity},
    MemberReader{"graph_links",
                 [](json::Value v, FieldDefinition& f) { return read_number(v, f.vector_index.links); }},
    MemberReader{"graph_effort",
                 [](json::Value v, FieldDefinition& f) { return read_number(v, f.vector_index.effort); }},
    MemberReader{
        "graph_from_kilobytes",
        [](json::Value v, FieldDefinition& f) { return read_number(v, f.vector_index.scan_kilobytes); }},
    MemberReader{"values_of", [](json::Value v, FieldDefinition& f) { return read_text(v, f.values_of); }},
    MemberReader{"null_value", read_null_value},
};

}  // namespace

Result<FieldType> parse_field_type(std::string_view name) {
  for (const FieldType type : kFieldTypes)
    if (engine::to_string(type) == name) return type;
  return make_error(ErrorCode::kInvalidArgument, "unknown field type: " + std::string(name));
}

Result<Similarity> parse_similarity(std::string_view name) {
  for (const Similarity similarity : kSimilarities)
    if (engine::to_string(similarity) == name) return similarity;
  return make_error(ErrorCode::kInvalidArgument, "unknown similarity: " + std::string(name));
}

void write_field(json::Writer& writer, const FieldDefinition& field) {
  static const FieldDefinition kDefault;
  writer.begin_object();
  writer.member("path", field.path).member("type", engine::to_string(field.type));
  if (!field.indexed) writer.member("index", false);
  if (!field.doc_values) writer.member("doc_values", false);
  if (field.analyzer != kDefault.analyzer) writer.member("analyzer", field.analyzer);
  if (!field.search_analyzer.empty()) writer.member("search_analyzer", field.search_analyzer);
  if (field.bm25.k1 != kDefault.bm25.k1) writer.member("k1", field.bm25.k1);
  if (field.bm25.b != kDefault.bm25.b) writer.member("b", field.bm25.b);
  if (!field.norms) writer.member("norms", false);
  if (field.position_increment_gap != kDefault.position_increment_gap)
    writer.member("position_increment_gap", field.position_increment_gap);
  if (field.ignore_above != 0) writer.member("ignore_above", field.ignore_above);
  if (!field.normalizer.empty()) writer.member("normalizer", field.normalizer);
  if (field.dimension != 0) writer.member("dimension", field.dimension);
  if (field.type == FieldType::kDenseVector) writer.member("similarity", engine::to_string(field.similarity));
  const engine::VectorIndexOptions& index = field.vector_index;
  if (index.links != kDefault.vector_index.links) writer.member("graph_links", index.links);
  if (index.effort != kDefault.vector_index.effort) writer.member("graph_effort", index.effort);
  if (index.scan_kilobytes != kDefault.vector_index.scan_kilobytes)
    writer.member("graph_from_kilobytes", index.scan_kilobytes);
  if (!field.values_of.empty()) writer.member("values_of", field.values_of);
  if (!field.null_value.is_null()) {
    writer.key("null_value");
    write_scalar(writer, field.null_value);
  }
  writer.end_object();
}

Result<FieldDefinition> read_field(json::Value object) {
  STELE_TRY(const json::Members members, object.as_object());
  FieldDefinition field;
  for (const auto& [key, value] : members) {
    bool known = false;
    for (const MemberReader& member : kMembers) {
      if (member.name != key) continue;
      known = true;
      if (auto read = member.read(value, field); !read)
        return make_error(ErrorCode::kInvalidArgument, std::string(key) + ": " + read.error().message);
    }
    if (!known)
      return make_error(ErrorCode::kInvalidArgument, "unknown parameter of a field: " + std::string(key));
  }
  return field;
}

}  // namespace stele::views
