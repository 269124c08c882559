#include "views/inference.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

namespace stele::views {
namespace {

using engine::FieldDefinition;
using engine::FieldType;
using postgres::TypeKind;

constexpr std::uint32_t kKeywordLengthMax = 256;

// What a column of this kind is without being asked.
struct KindRule {
  TypeKind kind;
  FieldType type;
  std::string_view reading;  // Elasticsearch's name where it is narrower
};
constexpr std::array kKindRules = {
    KindRule{TypeKind::kBool, FieldType::kBoolean, ""},
    KindRule{TypeKind::kInt2, FieldType::kLong, "short"},
    KindRule{TypeKind::kInt4, FieldType::kLong, "integer"},
    KindRule{TypeKind::kInt8, FieldType::kLong, ""},
    KindRule{TypeKind::kOid, FieldType::kLong, ""},
    KindRule{TypeKind::kFloat4, FieldType::kFloat, ""},
    KindRule{TypeKind::kFloat8, FieldType::kDouble, ""},
    KindRule{TypeKind::kNumeric, FieldType::kDouble, ""},
    KindRule{TypeKind::kText, FieldType::kText, ""},
    KindRule{TypeKind::kChar, FieldType::kKeyword, ""},
    KindRule{TypeKind::kUuid, FieldType::kUuid, ""},
    KindRule{TypeKind::kDate, FieldType::kDate, ""},
    KindRule{TypeKind::kTime, FieldType::kKeyword, ""},
    KindRule{TypeKind::kTimestamp, FieldType::kDate, ""},
    KindRule{TypeKind::kTimestampTz, FieldType::kDate, ""},
    KindRule{TypeKind::kEnum, FieldType::kKeyword, ""},
};

const KindRule* rule_of(TypeKind kind) {
  const auto* found = std::ranges::find(kKindRules, kind, &KindRule::kind);
  return found == kKindRules.end() ? nullptr : found;
}

// citext and pgvector's types have no kind of their own: they are known by name.
bool is_citext(const postgres::Type* type) {
  return type != nullptr && type->name == "citext";
}
bool is_pgvector(const postgres::Type* type) {
  return type != nullptr && (type->name == "vector" || type->name == "halfvec");
}

bool is_float_array(const postgres::Type* type) {
  return type != nullptr && type->kind == TypeKind::kArray &&
         (type->element->kind == TypeKind::kFloat4 || type->element->kind == TypeKind::kFloat8);
}

class Inference {
 public:
  Inference(const PublishOptions& options, CollectionDefinition& definition)
      : options_(options), definition_(definition) {}

  Result<void> column(const TableColumn& column, const postgres::Type* type) {
    ColumnMapping mapping{
        .column = column.name, .type = column.type, .type_oid = column.type_oid, .key = column.key};
    mapping.left_out = left_out(column, type);
    if (mapping.left_out.empty()) {
      mapping.path = column.name;
      STELE_RETURN_IF_ERROR(map(column, type, mapping));
    }
    if (!mapping.left_out.empty()) mapping.path.clear();
    definition_.columns.push_back(std::move(mapping));
    return {};
  }

  std::vector<FieldDefinition> take() { return std::move(fields_); }

 private:
  const ColumnOptions* asked(std::string_view column) const {
    const auto found = options_.fields.find(column);
    return found == options_.fields.end() ? nullptr : &found->second;
  }

  std::string left_out(const TableColumn& column, const postgres::Type* type) const {
    if (options_.exclude.contains(column.name)) return "excluded by the options of stele.publish";
    if (column.generated) return "generated columns are not in PostgreSQL's logical stream";
    if (column.unlisted) return "the publication's column list leaves it out";
    const ColumnOptions* options = asked(column.name);
    if (options != nullptr && options->type) return {};
    const TypeKind kind = type == nullptr ? TypeKind::kOther : type->kind;
    const TypeKind of = kind == TypeKind::kArray ? type->element->kind : kind;
    if (of == TypeKind::kBytea) return "bytes cannot be searched";
    if (is_citext(type) || is_pgvector(type) || rule_of(of) != nullptr || of == TypeKind::kJson ||
        of == TypeKind::kJsonb)
      return {};
    return "there is no field type for " + column.type +
           "; name one in the options to index its text: {\"fields\": {\"" + column.name +
           "\": {\"type\": \"keyword\"}}}";
  }

  Result<void> map(const TableColumn& column, const postgres::Type* type, ColumnMapping& mapping) {
    const ColumnOptions* options = asked(column.name);
    const bool vector_asked = options_.vectors.contains(column.name) ||
                              (options != nullptr && options->type == FieldType::kDenseVector);
    if (vector_asked ||
        ((options == nullptr || !options->type) && (is_float_array(type) || is_pgvector(type))))
      return vector(column, type, mapping);
    if (options != nullptr && options->type) return explicitly(column, *options);
    const TypeKind kind = type->kind == TypeKind::kArray ? type->element->kind : type->kind;
    if (kind == TypeKind::kJson || kind == TypeKind::kJsonb) {
      definition_.objects[column.name] = DynamicSetting::kTrue;
      return {};
    }
    const KindRule* rule = rule_of(kind);
    FieldDefinition field = options == nullptr ? FieldDefinition() : options->field;
    field.path = column.name;
    field.type = rule == nullptr ? FieldType::kText : rule->type;
    if (rule != nullptr && !rule->reading.empty())
      definition_.readings[column.name].type = std::string(rule->reading);
    push(std::move(field));
    return {};
  }

  Result<void> explicitly(const TableColumn& column, const ColumnOptions& options) {
    if (options.type == FieldType::kObject) {
      definition_.objects[column.name] = DynamicSetting::kTrue;
      return {};
    }
    FieldDefinition field = options.field;
    field.path = column.name;
    push(std::move(field));
    return {};
  }

  Result<void> vector(const TableColumn& column, const postgres::Type* type, ColumnMapping& mapping) {
    if (!is_float_array(type) && !is_pgvector(type))
      return make_error(ErrorCode::kInvalidArgument,
                        "column " + column.name + " of type " + column.type +
                            " cannot be a vector: real[] or double precision[] can");
    const auto found = options_.vectors.find(column.name);
    VectorOptions vector = found == options_.vectors.end() ? VectorOptions() : found->second;
    const ColumnOptions* options = asked(column.name);
    if (options != nullptr && options->field.dimension > 0) vector.dimension = options->field.dimension;
    if (is_pgvector(type) && vector.dimension == 0 && column.type_modifier > 0)
      vector.dimension = static_cast<std::uint32_t>(column.type_modifier);
    if (vector.dimension == 0) {
      mapping.left_out = "a vector's dimension is not known: publish it with {\"vector\": {\"" + column.name +
                         "\": {\"dimension\": n}}}, or when it has rows";
      return {};
    }
    fields_.push_back({.path = column.name,
                       .type = FieldType::kDenseVector,
                       .dimension = vector.dimension,
                       .similarity = vector.similarity});
    return {};
  }

  // Text gets the .keyword that Elasticsearch's clients sort and filter by.
  void push(FieldDefinition field) {
    const std::string path = field.path;
    const bool text = field.type == FieldType::kText;
    fields_.push_back(std::move(field));
    if (text)
      fields_.push_back({.path = path + ".keyword",
                         .type = FieldType::kKeyword,
                         .ignore_above = kKeywordLengthMax,
                         .values_of = path});
  }

  const PublishOptions& options_;
  CollectionDefinition& definition_;
  std::vector<FieldDefinition> fields_;
};

Result<void> check_columns(const TableShape& shape, const PublishOptions& options) {
  const auto known = [&shape](std::string_view column) {
    return std::ranges::any_of(shape.columns, [column](const TableColumn& c) { return c.name == column; });
  };
  std::string unknown;
  for (const auto& [column, asked] : options.fields)
    if (!known(column)) unknown = column;
  for (const auto& [column, asked] : options.vectors)
    if (!known(column)) unknown = column;
  for (const std::string& column : options.exclude)
    if (!known(column)) unknown = column;
  if (unknown.empty()) return {};
  return make_error(ErrorCode::kInvalidArgument, "options of stele.publish: there is no column \"" + unknown +
                                                     "\" in " + shape.name.quoted());
}

}  // namespace

Result<CollectionDefinition> infer_definition(const TableShape& shape, const PublishOptions& options,
                                              const postgres::TypeCatalog& types) {
  STELE_RETURN_IF_ERROR(check_columns(shape, options));
  CollectionDefinition definition;
  // Columns alone make fields; only what lies inside json columns is dynamic.
  definition.objects[""] = DynamicSetting::kFalse;
  Inference inference(options, definition);
  for (const TableColumn& column : shape.columns)
    STELE_RETURN_IF_ERROR(inference.column(column, types.find(column.type_oid)));
  STELE_TRY(definition.schema, engine::Schema::create(inference.take()));
  return definition;
}

Result<engine::KeyLayout> infer_key_layout(const TableShape& shape, const postgres::TypeCatalog& types) {
  std::vector<const TableColumn*> key;
  for (const TableColumn& column : shape.columns)
    if (column.key >= 0) key.push_back(&column);
  if (key.empty())
    return make_error(ErrorCode::kFailedPrecondition, shape.name.quoted() + " has no primary key");
  std::ranges::sort(key, {}, [](const TableColumn* column) { return column->key; });
  engine::KeyLayout layout;
  for (const TableColumn* column : key) {
    const postgres::Type* type = types.find(column->type_oid);
    const TypeKind kind = type == nullptr ? TypeKind::kOther : type->kind;
    const bool integer = kind == TypeKind::kInt2 || kind == TypeKind::kInt4 || kind == TypeKind::kInt8;
    layout.push_back(integer                   ? engine::KeyType::kI64
                     : kind == TypeKind::kUuid ? engine::KeyType::kUuid
                                               : engine::KeyType::kText);
  }
  return layout;
}

}  // namespace stele::views
