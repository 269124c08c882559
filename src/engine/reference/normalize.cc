#include "engine/reference/normalize.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace stele::engine::reference {
namespace {

void note(ApplyReport& report, std::size_t& counter, const Document& document, const FieldDefinition& field,
          std::string_view reason) {
  if (report.left_out_example.empty())
    report.left_out_example = fmt::format("field [{}] of document [{}]: {}", field.path,
                                          document.key.to_string().substr(0, 100), reason);
  ++counter;
}

// In place where it can be: most values are already what the field keeps.
void normalize_into(std::vector<Value>& out, Value value, const FieldDefinition& field,
                    const Document& document, ApplyReport& report) {
  if (const List* list = value.list()) {
    for (const Value& element : *list) normalize_into(out, element, field, document, report);
    return;
  }
  const bool stringy = field.type == FieldType::kText || field.type == FieldType::kKeyword;
  if (value.is_null() || (stringy && value.string())) {
    out.push_back(std::move(value));
    return;
  }
  auto fitting = coerce(field.type, value);
  if (fitting)
    out.push_back(*std::move(fitting));
  else
    note(report, report.values_left_out, document, field, fitting.error().message);
}

// Stable, and free where the applier lists fields in their order, as it mostly does.
template <class Entry>
void order_by_field(std::vector<Entry>& entries) {
  const auto before = [](const Entry& left, const Entry& right) { return left.field < right.field; };
  if (std::is_sorted(entries.begin(), entries.end(), before)) return;
  std::vector<std::pair<FieldId, std::size_t>> places;
  for (std::size_t i = 0; i < entries.size(); ++i) places.emplace_back(entries[i].field, i);
  std::sort(places.begin(), places.end());
  std::vector<Entry> ordered;
  ordered.reserve(entries.size());
  for (const auto& [field, place] : places) ordered.push_back(std::move(entries[place]));
  entries = std::move(ordered);
}

// Most documents come as they are kept: nothing to do then.
bool is_kept_as_it_is(const Value& value, FieldType type) {
  switch (type) {
    case FieldType::kText:
    case FieldType::kKeyword:
      return value.is_null() || value.string() != nullptr;
    case FieldType::kLong:
    case FieldType::kDate:
      return value.is_null() || value.integer() != nullptr;
    case FieldType::kDouble:
      return value.is_null() || value.real() != nullptr;
    case FieldType::kBoolean:
      return value.is_null() || value.boolean() != nullptr;
    default:
      return value.is_null();
  }
}

bool is_normal(const std::vector<FieldValues>& fields, const Schema& schema) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0 && !(fields[i - 1].field < fields[i].field)) return false;
    const FieldType type = schema.field(fields[i].field).type;
    for (const Value& value : fields[i].values)
      if (!is_kept_as_it_is(value, type)) return false;
  }
  return true;
}

void normalize_fields(Document& document, const Schema& schema, ApplyReport& report) {
  order_by_field(document.fields);
  std::vector<FieldValues> fields;
  fields.reserve(document.fields.size());
  for (FieldValues& field : document.fields) {
    if (fields.empty() || fields.back().field != field.field) fields.push_back({field.field, {}});
    std::vector<Value>& values = fields.back().values;
    values.reserve(values.size() + field.values.size());
    for (Value& value : field.values)
      normalize_into(values, std::move(value), schema.field(field.field), document, report);
  }
  document.fields = std::move(fields);
}

bool is_finite(const std::vector<float>& vector) {
  return std::all_of(vector.begin(), vector.end(), [](float element) { return std::isfinite(element); });
}

void normalize_vectors(Document& document, const Schema& schema, ApplyReport& report) {
  std::erase_if(document.vectors, [&](const VectorValue& vector) {
    const FieldDefinition& field = schema.field(vector.field);
    const bool right_size = vector.elements.size() == field.dimension;
    if (right_size && is_finite(vector.elements)) return false;
    const std::string reason =
        right_size ? "an element is not finite"
                   : fmt::format("dimension {} is not {}", vector.elements.size(), field.dimension);
    note(report, report.vectors_left_out, document, field, reason);
    return true;
  });
}

bool has_field(const Document& document, FieldId id) {
  const auto names = [id](const auto& entry) { return entry.field == id; };
  return std::any_of(document.fields.begin(), document.fields.end(), names) ||
         std::any_of(document.vectors.begin(), document.vectors.end(), names);
}

}  // namespace

void normalize(Document& document, const Schema& schema, ApplyReport& report) {
  if (!is_normal(document.fields, schema)) normalize_fields(document, schema, report);
  // A vector field has one vector: the last one given.
  order_by_field(document.vectors);
  normalize_vectors(document, schema, report);
  for (std::size_t i = document.vectors.size(); i-- > 1;)
    if (document.vectors[i].field == document.vectors[i - 1].field)
      document.vectors.erase(document.vectors.begin() + static_cast<std::ptrdiff_t>(i) - 1);
}

void merge_former(Change& change, const Document* former) {
  if (former == nullptr) return;
  Document& document = change.document;
  if (change.source_unchanged) document.source = former->source;
  for (const FieldId id : change.unchanged) {
    if (has_field(document, id)) continue;
    for (const FieldValues& field : former->fields)
      if (field.field == id) document.fields.push_back(field);
    for (const VectorValue& vector : former->vectors)
      if (vector.field == id) document.vectors.push_back(vector);
  }
}

Result<void> check_change(const Change& change, const Schema& schema) {
  if (change.kind == Change::Kind::kTruncate) return {};
  const Document& document = change.document;
  const auto invalid = [&document](std::string_view reason) {
    return make_error(ErrorCode::kInvalidArgument,
                      fmt::format("document [{}]: {}", document.key.to_string().substr(0, 100), reason));
  };
  if (document.key.is_none()) return invalid("has no key");
  if (document.key.bytes().size() > DocKey::kBytesMax) return invalid("has a key of over 4096 bytes");
  for (const FieldValues& field : document.fields) {
    if (field.field.value() >= schema.size()) return invalid("has a field that is not in the schema");
    const FieldDefinition& definition = schema.field(field.field);
    if (!definition.values_of.empty() || definition.type == FieldType::kDenseVector)
      return invalid(fmt::format("field [{}] takes no values of its own", definition.path));
  }
  for (const VectorValue& vector : document.vectors) {
    if (vector.field.value() >= schema.size() || schema.field(vector.field).type != FieldType::kDenseVector)
      return invalid("has a vector for what is no vector field");
  }
  for (const FieldId id : change.unchanged)
    if (id.value() >= schema.size()) return invalid("keeps a field that is not in the schema");
  return {};
}

}  // namespace stele::engine::reference
