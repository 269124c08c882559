#include "views/row_reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "json/writer.h"
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

}  // namespace

Result<RowReader> RowReader::create(CollectionKind kind, const CollectionDefinition& definition,
                                    const postgres::Relation& relation, const postgres::TypeCatalog& types) {
  static constexpr std::array<std::pair<std::string_view, Role>, 5> kElasticColumns = {
      {{"_id", Role::kId},
       {"_source", Role::kSource},
       {"_version", Role::kVersion},
       {"_seq_no", Role::kSeqNo},
       {"_routing", Role::kRouting}}};
  RowReader reader;
  reader.own_ = kind == CollectionKind::kElastic;
  std::vector<std::pair<std::int32_t, std::size_t>> key;
  for (std::size_t i = 0; i < relation.columns.size(); ++i) {
    const postgres::Relation::Column& column = relation.columns[i];
    ColumnPlan plan{
        .name = column.name, .key = json::quoted(column.name) + ":", .type = types.find(column.type)};
    if (kind == CollectionKind::kElastic) {
      const auto* found =
          std::ranges::find(kElasticColumns, column.name, &std::pair<std::string_view, Role>::first);
      plan.role = found == kElasticColumns.end() ? Role::kSkip : found->second;
      if (plan.role == Role::kId) key.emplace_back(0, i);
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
      kind == CollectionKind::kElastic
          ? 1
          : std::ranges::count_if(definition.columns, [](const ColumnMapping& c) { return c.key >= 0; }));
  if (key.empty() || key.size() != wanted)
    return make_error(ErrorCode::kFailedPrecondition, relation.schema + "." + relation.name +
                                                          " no longer has all columns of its primary key");
  std::ranges::sort(key);
  for (const auto& [place, index] : key) reader.key_columns_.push_back(index);
  return reader;
}

Result<engine::DocKey> RowReader::key(RowColumns row) const {
  if (row.size() != columns_.size()) return make_error(ErrorCode::kInvalidArgument, "a row of another table");
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
      default:
        break;
    }
  }
  return {};
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
