#include "protocols/qdrant/collection/payload_index.h"

#include <fmt/format.h>

#include <array>

#include "engine/engine.h"
#include "protocols/qdrant/services.h"

namespace stele::qdrant {
namespace {

using engine::FieldType;

bool is_string(json::Value value) {
  return value.is_string();
}
bool is_uuid(json::Value value) {
  return value.is_string() && engine::coerce(FieldType::kUuid, engine::Value(value.string())).has_value();
}
bool is_whole(json::Value value) {
  return value.is_integer();
}
bool is_number(json::Value value) {
  return value.is_number();
}
bool is_bool(json::Value value) {
  return value.is_bool();
}
bool is_date(json::Value value) {
  return value.is_string() && value.string().size() >= 10 &&
         engine::parse_iso_date(value.string()).has_value();
}
bool is_geo(json::Value value) {
  return value.find("lon") && value.find("lat");
}

struct IndexType {
  std::string_view name;
  std::optional<FieldType> field;
  bool (*takes)(json::Value);
};
constexpr std::array kTypes = {
    IndexType{"keyword", FieldType::kKeyword, is_string}, IndexType{"integer", FieldType::kLong, is_whole},
    IndexType{"float", FieldType::kDouble, is_number},    IndexType{"bool", FieldType::kBoolean, is_bool},
    IndexType{"datetime", FieldType::kDate, is_date},     IndexType{"uuid", FieldType::kUuid, is_uuid},
    IndexType{"text", FieldType::kText, is_string},       IndexType{"geo", std::nullopt, is_geo}};

const IndexType* find_type(std::string_view name) {
  for (const IndexType& type : kTypes)
    if (type.name == name) return &type;
  return nullptr;
}

Outcome<> check_integer(json::Value schema) {
  const auto lookup = schema.find("lookup");
  const auto range = schema.find("range");
  if (lookup && range && lookup->is_bool() && range->is_bool() && !lookup->boolean() && !range->boolean())
    return Failure{422,
                   "Validation error in JSON body: [field_schema: Validation error: the 'lookup' and 'range' "
                   "capabilities can't be both disabled]"};
  return {};
}

bool counts(const IndexType& type, const JsonPath& path, json::Value payload) {
  return path.visit(payload, [&](json::Value value) {
    if (!value.is_array()) return type.takes(value);
    for (const json::Value element : value.elements())
      if (type.takes(element)) return true;
    return false;
  });
}

struct Counted {
  std::string name;
  JsonPath path;
  const IndexType* type;
};

std::vector<Counted> indexes_of(const Collection& collection) {
  std::vector<Counted> indexes;
  for (const auto& [name, schema] : collection.entry->definition->qdrant) {
    if (!name.starts_with(kIndexPrefix)) continue;
    const std::string path_text = name.substr(kIndexPrefix.size());
    auto path = JsonPath::parse(path_text);
    if (!path) continue;
    const IndexType* type = find_type(index_type(collection, *path));
    if (type != nullptr) indexes.push_back({path_text, *std::move(path), type});
  }
  return indexes;
}

}  // namespace

Outcome<PayloadIndex> parse_index(json::Value body) {
  const auto name = body.find("field_name");
  if (!name) return format_error("missing field `field_name`");
  auto path = name->is_string() ? JsonPath::parse(name->string()) : std::nullopt;
  if (!path) return format_error(fmt::format("Invalid json path: {}", name->raw().substr(0, 200)));
  auto schema = body.find("field_schema");
  if (!schema || schema->is_null()) schema = body.find("field_type");
  if (!schema || schema->is_null())
    return wrong_input("Can't auto-detect field type, please specify `field_schema` in the request");
  const auto type = schema->is_string() ? schema : schema->find("type");
  const IndexType* known = type && type->is_string() ? find_type(type->string()) : nullptr;
  if (known == nullptr)
    return format_error("data did not match any variant of untagged enum PayloadFieldSchema");
  if (schema->is_object()) STELE_RETURN_IF_ERROR(check_integer(*schema));
  return PayloadIndex{*std::move(path), std::string(known->name), std::string(schema->raw())};
}

views::DefinitionChange change_of(const Collection& collection, const PayloadIndex& index) {
  views::DefinitionChange change;
  change.qdrant[std::string(kIndexPrefix) + index.path.text()] = index.schema;
  const IndexType* type = find_type(index.type);
  const std::string field = index.path.field();
  // One that is mapped already keeps its type: filters ask the payload in the end.
  if (collection.is_own() && type->field && !collection.entry->definition->schema.find(field) &&
      field.size() <= 512)
    change.fields.push_back({.path = field, .type = *type->field});
  return change;
}

std::string index_type(const Collection& collection, const JsonPath& path) {
  const std::string_view schema = collection.part(std::string(kIndexPrefix) + path.text());
  if (schema.empty()) return {};
  const auto parsed = json::Document::parse_borrowed(schema);
  if (!parsed) return {};
  const auto type = parsed->root().is_string() ? std::optional(parsed->root()) : parsed->root().find("type");
  return type && type->is_string() ? std::string(type->string()) : std::string();
}

net::Task<Outcome<IndexCounts>> count_indexed(Call* call, CollectionPtr collection,
                                              engine::Snapshot snapshot) {
  IndexCounts counts_of;
  std::vector<Counted> indexes = indexes_of(*collection);
  if (indexes.empty()) co_return counts_of;
  engine::Request request;
  request.targets.push_back({});
  request.root.step = engine::Select{.sort = {{.kind = engine::SortKey::Kind::kDoc}},
                                     .limit = snapshot.view(0).document_count()};
  request.root.inputs.push_back(
      engine::Stage{engine::Retrieve{.source = engine::TextSearch{engine::make_query(engine::MatchAll{})}}});
  request.deadline = call->deadline;
  const engine::Engine* engine = call->services->engine;
  auto ran = co_await call->services->pool->run([=]() -> Outcome<IndexCounts> {
    auto found = engine->search(snapshot, request);
    if (!found) return Failure::from(found.error());
    IndexCounts totals;
    for (const engine::Hit& hit : found->hits) {
      const auto payload = json::Document::parse_borrowed(hit.document->source);
      if (!payload) continue;
      for (const Counted& index : indexes)
        totals[index.name] += counts(*index.type, index.path, payload->root()) ? 1 : 0;
    }
    return totals;
  });
  if (!ran) co_return Failure{429, "Rate limiting exceeded: the queue of searches is full"};
  co_return std::move(*ran);
}

void write_payload_schema(json::Writer& writer, const Collection& collection, const IndexCounts& counts_of) {
  writer.begin_object();
  for (const Counted& index : indexes_of(collection)) {
    writer.key(index.name).begin_object().member("data_type", index.type->name);
    const std::string_view schema = collection.part(std::string(kIndexPrefix) + index.name);
    if (schema.starts_with('{')) writer.key("params").raw(schema);
    const auto count = counts_of.find(index.name);
    writer.member("points", count == counts_of.end() ? std::size_t{0} : count->second);
    writer.end_object();
  }
  writer.end_object();
}

}  // namespace stele::qdrant
