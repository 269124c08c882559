#include "protocols/elastic/search/field_values.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "protocols/elastic/parameters.h"
#include "protocols/elastic/query/body_reader.h"

namespace stele::elastic {
namespace {

// By path, the values' JSON texts.
using Values = std::map<std::string, std::vector<std::string>>;

void collect(json::Value value, const std::string& path, Values& values) {
  if (value.is_array()) {
    for (const json::Value element : value.elements()) collect(element, path, values);
  } else if (value.is_object()) {
    for (const json::Member& member : value.members())
      collect(member.value, path.empty() ? std::string(member.key) : path + "." + std::string(member.key),
              values);
  } else if (!value.is_null()) {
    values[path].emplace_back(value.raw());
  }
}

void from_source(const QueryScope& scope, const SearchRequest& request, const engine::Document& document,
                 Values& result) {
  Result<json::Document> parsed = json::Document::parse_borrowed(document.source);
  if (!parsed) return;
  Values leaves;
  collect(parsed->root(), "", leaves);
  for (const FieldRequest& field : request.fields) {
    for (const auto& [path, values] : leaves)
      if (wildcard_match(field.pattern, path)) result[path] = values;
    for (const std::string& path : scope.expand(field.pattern)) {
      const engine::FieldDefinition* definition = scope.field(path);
      if (definition == nullptr || definition->values_of.empty()) continue;
      const auto found = leaves.find(definition->values_of);
      if (found != leaves.end()) result[path] = found->second;
    }
  }
}

bool is_stored(const std::string& parameters) {
  if (parameters.find("\"store\"") == std::string::npos) return false;
  Result<json::Document> parsed = json::Document::parse_borrowed(parameters);
  const std::optional<json::Value> store = parsed ? parsed->root().find("store") : std::nullopt;
  return store && scalar_text(*store) == "true";
}

// What is stored is in the source too: nothing is kept twice.
void from_stored(const IndexMetadata& metadata, std::string_view source,
                 const std::vector<std::string>& patterns, Values& result) {
  if (patterns.empty()) return;
  Result<json::Document> parsed = json::Document::parse_borrowed(source);
  if (!parsed) return;
  Values leaves;
  collect(parsed->root(), "", leaves);
  for (const auto& [path, parameters] : metadata.parameters) {
    const bool asked =
        std::ranges::any_of(patterns, [&](const std::string& p) { return wildcard_match(p, path); });
    const auto found = leaves.find(path);
    if (asked && found != leaves.end() && is_stored(parameters)) result[path] = found->second;
  }
}

void write_values(json::Writer& out, const Values& values) {
  if (values.empty()) return;
  out.key("fields").begin_object();
  for (const auto& [path, texts] : values) {
    out.key(path).begin_array();
    for (const std::string& text : texts) out.raw(text);
    out.end_array();
  }
  out.end_object();
}

void from_columns(const QueryScope& scope, const engine::Hit& hit, Values& result) {
  for (const auto& [path, values] : hit.fields) {
    if (values.empty()) continue;
    const engine::FieldDefinition* definition = scope.field(path);
    const bool date = definition != nullptr && definition->type == engine::FieldType::kDate;
    std::vector<std::string>& texts = result[path];
    texts.clear();
    for (const engine::Value& value : values) {
      std::string text;
      json::Writer out(text);
      if (date && value.integer() != nullptr) {
        out.string(engine::format_iso_date(*value.integer()));
      } else {
        write_value(out, value);
      }
      texts.push_back(std::move(text));
    }
  }
}

}  // namespace

void write_value(json::Writer& out, const engine::Value& value) {
  if (value.is_null()) {
    out.null();
  } else if (const bool* truth = value.boolean()) {
    out.boolean(*truth);
  } else if (const std::int64_t* integer = value.integer()) {
    out.integer(*integer);
  } else if (const double* real = value.real()) {
    out.number(*real);
  } else if (const std::string* text = value.string()) {
    out.string(*text);
  } else {
    out.string(engine::to_string(value));
  }
}

void write_fields(json::Writer& out, const QueryScope& scope, const IndexMetadata& metadata,
                  const SearchRequest& request, const engine::Hit& hit) {
  Values result;
  from_stored(metadata, hit.document->source, request.source.stored, result);
  if (!request.fields.empty()) from_source(scope, request, *hit.document, result);
  from_columns(scope, hit, result);
  write_values(out, result);
}

void write_stored_fields(json::Writer& out, const IndexMetadata& metadata, std::string_view source,
                         const std::vector<std::string>& patterns) {
  Values result;
  from_stored(metadata, source, patterns, result);
  write_values(out, result);
}

}  // namespace stele::elastic
