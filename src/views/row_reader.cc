#include "views/row_reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <span>
#include <utility>

#include "json/writer.h"
#include "postgres/types/array.h"
#include "postgres/types/value.h"

namespace stele::views {
namespace {

using postgres::ColumnKind;
using postgres::ColumnValue;

Result<std::int64_t> to_integer(const postgres::Type* type, ColumnValue column) {
  if (type == nullptr || column.is_null()) return 0;
  STELE_TRY(const postgres::Value value, postgres::decode_value(*type, column));
  const auto* integer = std::get_if<std::int64_t>(&value.is);
  if (integer == nullptr) return make_error(ErrorCode::kInvalidArgument, "a whole number is expected");
  return *integer;
}

Result<engine::DocKey> key_element(const postgres::Type* type, ColumnValue column) {
  if (column.is_null()) return make_error(ErrorCode::kInvalidArgument, "a key column is null");
  const auto text_key = [](std::string_view text) -> Result<engine::DocKey> {
    // A tag and, in a tuple, escapes come on top.
    if (text.size() > engine::DocKey::kBytesMax / 2 - 16)
      return make_error(ErrorCode::kTooLarge, "a key of " + std::to_string(text.size()) + " bytes");
    return engine::DocKey::from_text(text);
  };
  if (type == nullptr) return text_key(column.bytes);
  STELE_TRY(const postgres::Value value, postgres::decode_value(*type, column));
  if (const auto* integer = std::get_if<std::int64_t>(&value.is);
      integer != nullptr && type->kind != postgres::TypeKind::kOid)
    return engine::DocKey::from_i64(*integer);
  if (const auto* uuid = std::get_if<postgres::Uuid>(&value.is))
    return engine::DocKey::from_uuid(uuid->bytes);
  if (const auto* text = std::get_if<std::string_view>(&value.is)) return text_key(*text);
  std::string spelled;
  STELE_RETURN_IF_ERROR(append_json(spelled, type, column));
  std::string_view inner = spelled;
  if (inner.size() >= 2 && inner.front() == '"') inner = inner.substr(1, inner.size() - 2);
  return text_key(inner);
}

// {"indices": […], "values": […]} of an array of two rows.
Result<std::string> sparse_json(const postgres::Type* type, ColumnValue column) {
  if (type == nullptr) return make_error(ErrorCode::kInvalidArgument, "a type that is not known");
  STELE_TRY(const postgres::Value value, postgres::decode_value(*type, column));
  const auto* array = std::get_if<postgres::Array>(&value.is);
  if (array == nullptr || array->dimensions.size() != 2 || array->dimensions[0] != 2)
    return make_error(ErrorCode::kInvalidArgument,
                      "a sparse vector is an array of two rows, indices and values");
  const std::size_t size = static_cast<std::size_t>(array->dimensions[1]);
  std::string text;
  json::Writer writer(text, json::NumberForm::kPlain);
  writer.begin_object().key("indices").begin_array();
  for (std::size_t i = 0; i < 2 * size; ++i) {
    const auto* number = std::get_if<double>(&array->elements[i].is);
    const bool is_index = i < size;
    if (number == nullptr || !std::isfinite(*number) ||
        (is_index && (*number < 0 || *number > UINT32_MAX || std::trunc(*number) != *number)))
      return make_error(ErrorCode::kInvalidArgument, "an index or a value that is none");
    if (i == size) writer.end_array().key("values").begin_array();
    if (is_index) {
      writer.unsigned_integer(static_cast<std::uint64_t>(*number));
    } else {
      writer.number(static_cast<float>(*number));
    }
  }
  if (size == 0) writer.end_array().key("values").begin_array();
  writer.end_array().end_object();
  return text;
}

}  // namespace

Result<RowReader> RowReader::create(CollectionKind kind, const CollectionDefinition& definition,
                                    const postgres::Relation& relation, const postgres::TypeCatalog& types) {
  static constexpr std::array<std::pair<std::string_view, Role>, 5> kElasticColumns = {
      {{"_id", Role::kId},
       {"_source", Role::kSource},
       {"_version", Role::kVersion},
       {"_seq_no", Role::kSeqNo},
       {"_routing", Role::kRouting}}};
  static constexpr std::array<std::pair<std::string_view, Role>, 2> kPointColumns = {
      {{"id", Role::kId}, {"payload", Role::kSource}}};
  RowReader reader;
  reader.own_ = kind != CollectionKind::kPublished;
  reader.points_ = kind == CollectionKind::kQdrant;
  const std::span<const std::pair<std::string_view, Role>> own_columns =
      reader.points_ ? std::span<const std::pair<std::string_view, Role>>(kPointColumns) : kElasticColumns;
  std::vector<std::pair<std::int32_t, std::size_t>> key;
  for (std::size_t i = 0; i < relation.columns.size(); ++i) {
    const postgres::Relation::Column& column = relation.columns[i];
    ColumnPlan plan{
        .name = column.name, .key = json::quoted(column.name) + ":", .type = types.find(column.type)};
    if (reader.own_) {
      const auto found =
          std::ranges::find(own_columns, column.name, &std::pair<std::string_view, Role>::first);
      plan.role = found == own_columns.end() ? Role::kSkip : found->second;
      if (plan.role == Role::kId) key.emplace_back(0, i);
      const auto vector = std::ranges::find(definition.vectors, column.name, &PointVector::column);
      if (vector != definition.vectors.end()) {
        plan.role = vector->sparse ? Role::kSparse : Role::kVector;
        plan.field = definition.schema.find(column.name);
      }
    } else {
      const auto found = std::ranges::find(definition.columns, column.name, &ColumnMapping::column);
      if (found != definition.columns.end()) {
        if (!found->left_out.empty()) plan.role = Role::kSkip;
        if (found->key >= 0) key.emplace_back(found->key, i);
      }
    }
    reader.columns_.push_back(std::move(plan));
  }
  const auto wanted = static_cast<std::size_t>(
      reader.own_ ? 1 : std::ranges::count_if(definition.columns, [](const ColumnMapping& c) {
        return c.key >= 0;
      }));
  if (key.empty() || key.size() != wanted)
    return make_error(ErrorCode::kFailedPrecondition, relation.schema + "." + relation.name +
                                                          " no longer has all columns of its primary key");
  std::ranges::sort(key);
  for (const auto& [place, index] : key) reader.key_columns_.push_back(index);
  return reader;
}

Result<engine::DocKey> RowReader::key(RowColumns row) const {
  if (row.size() != columns_.size()) return make_error(ErrorCode::kInvalidArgument, "a row of another table");
  if (points_) {
    const ColumnValue id = row[key_columns_[0]];
    if (id.is_null()) return make_error(ErrorCode::kInvalidArgument, "a key column is null");
    return engine::DocKey::parse({engine::KeyType::kPoint}, id.bytes);
  }
  if (key_columns_.size() == 1) return key_element(columns_[key_columns_[0]].type, row[key_columns_[0]]);
  std::vector<engine::DocKey> elements;
  for (const std::size_t index : key_columns_) {
    STELE_TRY(auto element, key_element(columns_[index].type, row[index]));
    elements.push_back(std::move(element));
  }
  STELE_TRY(auto key, engine::DocKey::from_tuple(elements));
  if (key.bytes().size() > engine::DocKey::kBytesMax)
    return make_error(ErrorCode::kTooLarge, "a key of " + std::to_string(key.bytes().size()) + " bytes");
  return key;
}

bool RowReader::has_unchanged(RowColumns row) const {
  return std::ranges::any_of(row,
                             [](const ColumnValue& value) { return value.kind == ColumnKind::kUnchanged; });
}

Result<RowDocument> RowReader::read(RowColumns row, json::Value former) const {
  RowDocument document;
  STELE_TRY(document.key, key(row));
  STELE_RETURN_IF_ERROR(own_ ? read_own(row, former, document) : read_members(row, former, document));
  return document;
}

Result<void> RowReader::read_own(RowColumns row, json::Value former, RowDocument& document) const {
  for (std::size_t i = 0; i < row.size(); ++i) {
    switch (columns_[i].role) {
      case Role::kSource:
        if (row[i].kind == ColumnKind::kUnchanged) {
          document.source = former.is_null() ? std::string_view("{}") : former.raw();
        } else {
          document.source = row[i].is_null() ? std::string_view("{}") : row[i].bytes;
        }
        break;
      case Role::kVersion: {
        STELE_TRY(document.version, to_integer(columns_[i].type, row[i]));
        break;
      }
      case Role::kSeqNo: {
        STELE_TRY(document.seq_no, to_integer(columns_[i].type, row[i]));
        break;
      }
      case Role::kRouting:
        if (row[i].kind == ColumnKind::kText || row[i].kind == ColumnKind::kBinary)
          document.routing = row[i].bytes;
        break;
      case Role::kVector:
      case Role::kSparse:
        read_vector(columns_[i], row[i], document);
        break;
      default:
        break;
    }
  }
  return {};
}

// A vector that cannot be read costs the point that vector alone.
void RowReader::read_vector(const ColumnPlan& plan, ColumnValue value, RowDocument& document) {
  if (!plan.field || value.is_null()) return;
  if (value.kind == ColumnKind::kUnchanged) {
    document.unchanged.push_back(*plan.field);
    return;
  }
  if (plan.role == Role::kSparse) {
    auto text = sparse_json(plan.type, value);
    if (text) {
      document.fields.push_back({*plan.field, {engine::Value(*std::move(text))}});
    } else {
      document.left_out = plan.name + ": " + text.error().message;
    }
    return;
  }
  engine::VectorValue vector{*plan.field, {}};
  if (auto decoded = postgres::decode_floats(value, vector.elements); !decoded) {
    document.left_out = plan.name + ": " + decoded.error().message;
    return;
  }
  document.vectors.push_back(std::move(vector));
}

Result<void> RowReader::read_members(RowColumns row, json::Value former, RowDocument& document) const {
  std::string& out = document.source;
  // Escapes and the numbers' quotes come on top, mostly a few.
  std::size_t bytes = 2;
  for (std::size_t i = 0; i < row.size(); ++i)
    if (columns_[i].role != Role::kSkip) bytes += columns_[i].key.size() + row[i].bytes.size() + 5;
  out.reserve(bytes + bytes / 32);
  out.push_back('{');
  for (std::size_t i = 0; i < row.size(); ++i) {
    const ColumnPlan& plan = columns_[i];
    if (plan.role == Role::kSkip) continue;
    if (out.size() > 1) out.push_back(',');
    out.append(plan.key);
    if (row[i].kind == ColumnKind::kUnchanged) {
      const auto value = former.find(plan.name);
      out.append(value ? value->raw() : std::string_view("null"));
    } else if (auto appended = append_json(out, plan.type, row[i]); !appended) {
      return make_error(ErrorCode::kInvalidArgument, plan.name + ": " + appended.error().message);
    }
  }
  out.push_back('}');
  return {};
}

}  // namespace stele::views
