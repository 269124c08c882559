#include "views/definition.h"

#include <array>
#include <utility>

#include "json/document.h"
#include "json/writer.h"
#include "views/field_json.h"

namespace stele::views {
namespace {

constexpr std::array<std::pair<DynamicSetting, std::string_view>, 4> kDynamicNames = {{
    {DynamicSetting::kTrue, "true"},
    {DynamicSetting::kFalse, "false"},
    {DynamicSetting::kStrict, "strict"},
    {DynamicSetting::kDisabled, "disabled"},
}};

Error malformed(std::string_view what, const Error& cause) {
  return make_error(ErrorCode::kInvalidArgument, "definition: " + std::string(what) + ": " + cause.message);
}

Result<DynamicSetting> read_dynamic(json::Value value) {
  STELE_TRY(const std::string_view text, value.as_string());
  for (const auto& [setting, name] : kDynamicNames)
    if (name == text) return setting;
  return make_error(ErrorCode::kInvalidArgument, "unknown dynamic setting: " + std::string(text));
}

Result<FieldReading> read_reading(json::Value value) {
  STELE_TRY(const json::Members members, value.as_object());
  FieldReading reading;
  for (const auto& [key, member] : members) {
    if (key == "type" || key == "format") {
      STELE_TRY(const std::string_view text, member.as_string());
      (key == "type" ? reading.type : reading.format) = std::string(text);
    } else if (key == "coerce" || key == "ignore_malformed") {
      STELE_TRY(const bool flag, member.as_bool());
      (key == "coerce" ? reading.coerce : reading.ignore_malformed) = flag;
    } else {
      return make_error(ErrorCode::kInvalidArgument, "unknown parameter: " + std::string(key));
    }
  }
  return reading;
}

void write_reading(json::Writer& writer, const FieldReading& reading) {
  writer.begin_object();
  if (!reading.type.empty()) writer.member("type", reading.type);
  if (!reading.format.empty()) writer.member("format", reading.format);
  if (!reading.coerce) writer.member("coerce", false);
  if (reading.ignore_malformed) writer.member("ignore_malformed", true);
  writer.end_object();
}

Result<ColumnMapping> read_column(json::Value value) {
  STELE_RETURN_IF_ERROR(value.as_object());
  ColumnMapping column;
  for (const auto& [key, member] : value.members()) {
    if (key == "type_oid") {
      STELE_TRY(const std::uint64_t oid, member.as_uint64());
      column.type_oid = static_cast<std::uint32_t>(oid);
      continue;
    }
    if (key == "key") {
      STELE_TRY(const std::int64_t place, member.as_int64());
      column.key = static_cast<std::int32_t>(place);
      continue;
    }
    STELE_TRY(const std::string_view text, member.as_string());
    if (key == "column") column.column = std::string(text);
    if (key == "type") column.type = std::string(text);
    if (key == "path") column.path = std::string(text);
    if (key == "left_out") column.left_out = std::string(text);
  }
  return column;
}

void write_column(json::Writer& writer, const ColumnMapping& column) {
  writer.begin_object();
  writer.member("column", column.column).member("type", column.type).member("type_oid", column.type_oid);
  if (!column.path.empty()) writer.member("path", column.path);
  if (column.key >= 0) writer.member("key", column.key);
  if (!column.left_out.empty()) writer.member("left_out", column.left_out);
  writer.end_object();
}

Result<void> read_fields(json::Value array, CollectionDefinition& definition) {
  STELE_TRY(const json::Elements elements, array.as_array());
  std::vector<engine::FieldDefinition> fields;
  for (const json::Value element : elements) {
    STELE_TRY(auto field, read_field(element));
    fields.push_back(std::move(field));
  }
  STELE_TRY(definition.schema, engine::Schema::create(std::move(fields)));
  return {};
}

Result<void> read_readings(json::Value object, CollectionDefinition& definition) {
  STELE_TRY(const json::Members members, object.as_object());
  for (const auto& [path, value] : members) {
    STELE_TRY(auto reading, read_reading(value));
    definition.readings.insert_or_assign(std::string(path), std::move(reading));
  }
  return {};
}

Result<void> read_objects(json::Value object, CollectionDefinition& definition) {
  STELE_TRY(const json::Members members, object.as_object());
  for (const auto& [path, value] : members) {
    STELE_TRY(const DynamicSetting setting, read_dynamic(value));
    definition.objects.insert_or_assign(std::string(path), setting);
  }
  return {};
}

Result<void> read_columns(json::Value array, CollectionDefinition& definition) {
  STELE_TRY(const json::Elements elements, array.as_array());
  for (const json::Value element : elements) {
    STELE_TRY(auto column, read_column(element));
    definition.columns.push_back(std::move(column));
  }
  return {};
}

Result<void> read_elastic(json::Value value, CollectionDefinition& definition) {
  definition.elastic_json = std::string(value.raw());
  return {};
}

Result<void> read_qdrant(json::Value value, CollectionDefinition& definition) {
  STELE_TRY(const json::Members members, value.as_object());
  for (const auto& [name, part] : members)
    definition.qdrant.insert_or_assign(std::string(name), std::string(part.raw()));
  return {};
}

Result<void> read_vectors(json::Value value, CollectionDefinition& definition) {
  STELE_TRY(const json::Elements elements, value.as_array());
  for (const json::Value element : elements) {
    STELE_TRY(const json::Members members, element.as_object());
    PointVector vector;
    for (const auto& [key, member] : members) {
      if (key == "sparse") {
        STELE_TRY(vector.sparse, member.as_bool());
        continue;
      }
      STELE_TRY(const std::string_view text, member.as_string());
      (key == "name" ? vector.name : vector.column) = std::string(text);
    }
    definition.vectors.push_back(std::move(vector));
  }
  return {};
}

// Lays `change` over what a head keeps; parts with an empty value go.
std::string merged_sections(std::string_view json, const HeadSections& change, const HeadSections& defaults) {
  HeadSections sections;
  const Result<json::Document> parsed = json::Document::parse_borrowed(json);
  if (parsed && parsed->root().is_object()) {
    for (const json::Member& member : parsed->root().members()) {
      if (!member.value.is_object()) continue;
      HeadParts& parts = sections[std::string(member.key)];
      for (const auto& [key, part] : member.value.members())
        parts.insert_or_assign(std::string(key), std::string(part.raw()));
    }
  }
  for (const auto& [name, parts] : defaults) sections[name].insert(parts.begin(), parts.end());
  for (const auto& [name, parts] : change)
    for (const auto& [key, part] : parts) sections[name].insert_or_assign(key, part);
  std::string out;
  json::Writer writer(out);
  writer.begin_object();
  for (const auto& [name, parts] : sections) {
    writer.key(name).begin_object();
    for (const auto& [key, part] : parts)
      if (!part.empty()) writer.key(key).raw(part);
    writer.end_object();
  }
  writer.end_object();
  return out;
}

struct Part {
  std::string_view name;
  Result<void> (*read)(json::Value, CollectionDefinition&);
};
constexpr std::array kParts = {Part{"fields", read_fields},   Part{"readings", read_readings},
                               Part{"objects", read_objects}, Part{"columns", read_columns},
                               Part{"elastic", read_elastic}, Part{"qdrant", read_qdrant},
                               Part{"vectors", read_vectors}};

}  // namespace

std::string_view to_string(DynamicSetting setting) {
  return kDynamicNames.at(static_cast<std::size_t>(setting)).second;
}

DynamicSetting CollectionDefinition::dynamic_at(std::string_view path) const {
  if (objects.empty()) return DynamicSetting::kTrue;
  while (true) {
    if (const auto found = objects.find(path); found != objects.end()) return found->second;
    if (path.empty()) return DynamicSetting::kTrue;
    const std::size_t dot = path.rfind('.');
    path = dot == std::string_view::npos ? std::string_view() : path.substr(0, dot);
  }
}

const FieldReading* CollectionDefinition::reading(std::string_view path) const {
  const auto found = readings.find(path);
  return found == readings.end() ? nullptr : &found->second;
}

const PointVector* CollectionDefinition::vector(std::string_view name) const {
  for (const PointVector& vector : vectors)
    if (vector.name == name) return &vector;
  return nullptr;
}

Result<CollectionDefinition> CollectionDefinition::with(DefinitionChange change) const {
  for (const engine::FieldDefinition& field : change.fields) {
    const auto there = schema.find(field.path);
    if (!there || schema.field(*there) == field) continue;
    const std::string from(engine::to_string(schema.field(*there).type));
    const std::string to(engine::to_string(field.type));
    return make_error(ErrorCode::kConflict, "field [" + field.path + "] of type [" + from +
                                                "] cannot be changed to type [" + to + "]")
        .with("field", field.path)
        .with("from", from)
        .with("to", to);
  }
  CollectionDefinition changed = *this;
  STELE_TRY(changed.schema, schema.with(std::move(change.fields)));
  changed.readings.merge(change.readings);
  for (auto& [path, setting] : change.objects) changed.objects.insert_or_assign(path, setting);
  if (!change.elastic.empty() || !change.elastic_defaults.empty())
    changed.elastic_json = merged_sections(elastic_json, change.elastic, change.elastic_defaults);
  for (auto& [name, part] : change.qdrant) {
    if (part.empty()) {
      changed.qdrant.erase(name);
    } else {
      changed.qdrant.insert_or_assign(name, std::move(part));
    }
  }
  return changed;
}

Result<CollectionDefinition> CollectionDefinition::from_json(std::string_view text) {
  STELE_TRY(const json::Document document, json::Document::parse_borrowed(text));
  STELE_TRY(const json::Members members, document.root().as_object());
  CollectionDefinition definition;
  for (const auto& [key, value] : members)
    for (const Part& part : kParts)
      if (part.name == key)
        if (auto read = part.read(value, definition); !read) return malformed(key, read.error());
  return definition;
}

std::string CollectionDefinition::to_json() const {
  std::string out;
  json::Writer writer(out);
  writer.begin_object().key("fields").begin_array();
  for (const engine::FieldDefinition& field : schema.fields()) write_field(writer, field);
  writer.end_array();
  if (!readings.empty()) {
    writer.key("readings").begin_object();
    for (const auto& [path, reading] : readings) {
      writer.key(path);
      write_reading(writer, reading);
    }
    writer.end_object();
  }
  if (!objects.empty()) {
    writer.key("objects").begin_object();
    for (const auto& [path, setting] : objects) writer.member(path, to_string(setting));
    writer.end_object();
  }
  if (!columns.empty()) {
    writer.key("columns").begin_array();
    for (const ColumnMapping& column : columns) write_column(writer, column);
    writer.end_array();
  }
  if (!elastic_json.empty()) writer.key("elastic").raw(elastic_json);
  if (!qdrant.empty()) {
    writer.key("qdrant").begin_object();
    for (const auto& [name, part] : qdrant) writer.key(name).raw(part);
    writer.end_object();
  }
  if (!vectors.empty()) {
    writer.key("vectors").begin_array();
    for (const PointVector& vector : vectors) {
      writer.begin_object().member("name", vector.name).member("column", vector.column);
      if (vector.sparse) writer.member("sparse", true);
      writer.end_object();
    }
    writer.end_array();
  }
  writer.end_object();
  return out;
}

}  // namespace stele::views
