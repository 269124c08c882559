#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "json/writer.h"
#include "protocols/elastic/endpoints/handlers.h"
#include "protocols/elastic/index/mapping.h"
#include "protocols/elastic/query/body_reader.h"
#include "protocols/elastic/search/search_runner.h"

namespace stele::elastic {
namespace {

// What the indices that give a field one type have in common, and where they differ.
struct Facts {
  std::vector<std::string> indices;
  std::vector<std::string> not_searchable;
  std::vector<std::string> not_aggregatable;
  std::map<std::string, std::set<std::string>> meta;
};
using Types = std::map<std::string, Facts>;

Outcome<std::vector<std::string>> read_patterns(const Call& call, std::optional<json::Value> body) {
  std::vector<std::string> patterns = call.parameters.list("fields");
  if (const auto fields = body ? body->find("fields") : std::nullopt) {
    patterns.clear();
    if (fields->is_array()) {
      for (const json::Value field : fields->elements()) patterns.push_back(scalar_text(field).value_or(""));
    } else {
      patterns = split(scalar_text(*fields).value_or(""), ',');
    }
  }
  if (patterns.empty()) return validation_failure({"no fields specified"});
  return patterns;
}

// The indices that have documents for `index_filter`.
net::Task<Outcome<std::vector<ResolvedIndex>>> filtered(Call* call, std::vector<ResolvedIndex> indices,
                                                        std::string filter) {
  const std::string text = fmt::format("{{\"query\":{}}}", filter);
  Result<json::Document> body = json::Document::parse_borrowed(text);
  if (!body) co_return body.error();
  std::vector<ResolvedIndex> kept;
  for (ResolvedIndex& one : indices) {
    STELE_CO_TRY(const SearchTargets targets, find_targets(*call, one.index->name, {}));
    STELE_CO_TRY(engine::Request request, prepare_count(targets, body->root(), text, {}));
    request.deadline = call->deadline;
    auto result = co_await run_search(call, &targets, std::move(request));
    if (!result) co_return std::move(result).error();
    const auto total = result->totals.find("matches");
    if (total != result->totals.end() && total->second.value > 0) kept.push_back(std::move(one));
  }
  co_return kept;
}

void add_meta(const IndexMetadata& metadata, const std::string& path, Facts& facts) {
  const auto parameters = metadata.parameters.find(path);
  if (parameters == metadata.parameters.end()) return;
  Result<json::Document> parsed = json::Document::parse_borrowed(parameters->second);
  const std::optional<json::Value> meta = parsed ? parsed->root().find("meta") : std::nullopt;
  if (!meta || !meta->is_object()) return;
  for (const json::Member& member : meta->members())
    facts.meta[std::string(member.key)].insert(scalar_text(member.value).value_or(""));
}

void add_index(const views::CollectionEntry& index, const std::vector<std::string>& patterns,
               std::map<std::string, Types>& fields) {
  const views::CollectionDefinition& definition = *index.definition;
  const IndexMetadata metadata = IndexMetadata::of(index);
  for (const engine::FieldDefinition& field : definition.schema.fields()) {
    if (std::ranges::none_of(patterns, [&](const std::string& p) { return wildcard_match(p, field.path); }))
      continue;
    const bool object = field.type == engine::FieldType::kObject;
    Facts& facts = fields[field.path][type_name(definition, field)];
    facts.indices.push_back(index.name);
    if (!field.indexed || object) facts.not_searchable.push_back(index.name);
    if (!field.doc_values || object || field.type == engine::FieldType::kText ||
        field.type == engine::FieldType::kDenseVector)
      facts.not_aggregatable.push_back(index.name);
    add_meta(metadata, field.path, facts);
  }
}

void write_names(json::Writer& out, std::string_view key, const std::vector<std::string>& names) {
  out.key(key).begin_array();
  for (const std::string& name : names) out.string(name);
  out.end_array();
}

void write_type(json::Writer& out, const std::string& type, const Facts& facts, bool alone) {
  out.key(type).begin_object();
  out.member("type", type).member("metadata_field", false);
  out.member("searchable", facts.not_searchable.empty());
  out.member("aggregatable", facts.not_aggregatable.empty());
  if (!alone) write_names(out, "indices", facts.indices);
  if (!facts.not_searchable.empty() && facts.not_searchable.size() < facts.indices.size())
    write_names(out, "non_searchable_indices", facts.not_searchable);
  if (!facts.not_aggregatable.empty() && facts.not_aggregatable.size() < facts.indices.size())
    write_names(out, "non_aggregatable_indices", facts.not_aggregatable);
  if (!facts.meta.empty()) {
    out.key("meta").begin_object();
    for (const auto& [key, values] : facts.meta) write_names(out, key, {values.begin(), values.end()});
    out.end_object();
  }
  out.end_object();
}

// Where some indices do not have a field: a type of its own.
void add_unmapped(const std::vector<ResolvedIndex>& indices, Types& types) {
  std::set<std::string> mapped;
  for (const auto& [type, facts] : types) mapped.insert(facts.indices.begin(), facts.indices.end());
  Facts unmapped;
  for (const ResolvedIndex& one : indices)
    if (!mapped.contains(one.index->name)) unmapped.indices.push_back(one.index->name);
  if (unmapped.indices.empty()) return;
  unmapped.not_searchable = unmapped.indices;
  unmapped.not_aggregatable = unmapped.indices;
  types["unmapped"] = std::move(unmapped);
}

}  // namespace

net::Task<Outcome<Reply>> field_caps(Call* call) {
  STELE_CO_TRY(const IndicesOptions options, IndicesOptions::from(call->parameters));
  STELE_CO_TRY(const bool include_unmapped, call->parameters.boolean("include_unmapped", false));
  const auto catalog = call->catalog();
  STELE_CO_TRY(std::vector<ResolvedIndex> indices, resolve_indices(*catalog, call->part("index"), options));
  STELE_CO_TRY(const std::optional<json::Document> body, call->json_body());
  const std::optional<json::Value> root = body ? std::optional(body->root()) : std::nullopt;
  STELE_CO_TRY(const std::vector<std::string> patterns, read_patterns(*call, root));
  if (root && root->find("runtime_mappings")) co_return not_supported("[runtime_mappings] is");
  if (const auto filter = root ? root->find("index_filter") : std::nullopt) {
    std::string text(filter->raw());
    auto kept = co_await filtered(call, std::move(indices), std::move(text));
    if (!kept) co_return std::move(kept).error();
    indices = *std::move(kept);
  }
  std::map<std::string, Types> fields;
  for (const ResolvedIndex& resolved : indices) add_index(*resolved.index, patterns, fields);
  Reply reply;
  json::Writer out(reply.body);
  out.begin_object().key("indices").begin_array();
  for (const ResolvedIndex& resolved : indices) out.string(resolved.index->name);
  out.end_array().key("fields").begin_object();
  for (auto& [path, types] : fields) {
    if (include_unmapped) add_unmapped(indices, types);
    out.key(path).begin_object();
    for (const auto& [type, facts] : types) write_type(out, type, facts, types.size() == 1);
    out.end_object();
  }
  out.end_object().end_object();
  co_return reply;
}

}  // namespace stele::elastic
