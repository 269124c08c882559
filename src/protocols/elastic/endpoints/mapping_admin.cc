#include <fmt/format.h>

#include <algorithm>

#include "json/writer.h"
#include "protocols/elastic/endpoints/handlers.h"
#include "protocols/elastic/index/analysis.h"
#include "protocols/elastic/index/mapping.h"
#include "protocols/elastic/index/names.h"
#include "protocols/elastic/services.h"
#include "views/administration.h"

namespace stele::elastic {
namespace {

Failure mapping_conflict(const Error& error) {
  const std::string_view from = error.detail("from");
  if (from.empty()) return illegal_argument(error.message);
  const std::string_view to = error.detail("to");
  if (from == to)
    return illegal_argument(
        fmt::format("Mapper for [{0}] conflicts with existing mapper:\n\tCannot update parameters "
                    "of field [{0}]",
                    error.detail("field")));
  return illegal_argument(
      fmt::format("mapper [{}] cannot be changed from type [{}] to [{}]", error.detail("field"), from, to));
}

}  // namespace

net::Task<Outcome<Reply>> get_mapping(Call* call) {
  STELE_CO_TRY(const IndicesOptions options, IndicesOptions::from(call->parameters));
  const auto catalog = call->catalog();
  STELE_CO_TRY(const std::vector<ResolvedIndex> indices,
               resolve_indices(*catalog, call->part("index"), options));
  std::string text;
  json::Writer out(text);
  out.begin_object();
  for (const ResolvedIndex& resolved : indices) {
    out.key(resolved.index->name).begin_object().key("mappings");
    write_mapping(out, *resolved.index->definition, IndexMetadata::of(*resolved.index));
    out.end_object();
  }
  out.end_object();
  co_return json_reply(std::move(text));
}

net::Task<Outcome<Reply>> put_mapping(Call* call) {
  STELE_CO_TRY(IndicesOptions options, IndicesOptions::from(call->parameters));
  STELE_CO_TRY(const std::optional<json::Document> body, call->json_body());
  if (!body) co_return validation_failure({"mapping source is empty"});
  if (is_typed_mapping(body->root()))
    co_return illegal_argument("Types cannot be provided in put mapping requests");
  const auto catalog = call->catalog();
  STELE_CO_TRY(const std::vector<ResolvedIndex> indices,
               resolve_indices(*catalog, call->part("index"), options));
  // All of them or none.
  views::CatalogChange change;
  for (const ResolvedIndex& resolved : indices) {
    if (resolved.index->kind == views::CollectionKind::kPublished)
      co_return illegal_argument(
          fmt::format("the mapping of [{}] follows the columns of table {}: change it with stele.publish",
                      resolved.index->name, resolved.index->table.quoted()));
    const IndexMetadata metadata = IndexMetadata::of(*resolved.index);
    STELE_CO_TRY(const MappingChange mapping, parse_mapping(body->root(), analysis_of(metadata.settings),
                                                            similarities_of(metadata.settings)));
    change.widened[resolved.index->name] = mapping.definition_change();
  }
  if (change.empty()) co_return json_reply(R"({"acknowledged":true})");
  auto changed = co_await call->services->administration->change_catalog(call->principal, std::move(change),
                                                                         call->deadline);
  if (!changed) {
    if (changed.error().code == ErrorCode::kConflict) co_return mapping_conflict(changed.error());
    if (changed.error().code == ErrorCode::kInvalidArgument)
      co_return Failure{400, "mapper_parsing_exception",
                        fmt::format("Failed to parse mapping: {}", changed.error().message)};
    co_return changed.error();
  }
  co_return json_reply(R"({"acknowledged":true})");
}

net::Task<Outcome<Reply>> get_field_mapping(Call* call) {
  STELE_CO_TRY(const IndicesOptions options, IndicesOptions::from(call->parameters));
  const auto catalog = call->catalog();
  STELE_CO_TRY(const std::vector<ResolvedIndex> indices,
               resolve_indices(*catalog, call->part("index"), options));
  const std::vector<std::string> patterns = split(call->part("fields"), ',');
  std::string text;
  json::Writer out(text);
  out.begin_object();
  for (const ResolvedIndex& resolved : indices) {
    const views::CollectionDefinition& definition = *resolved.index->definition;
    const IndexMetadata metadata = IndexMetadata::of(*resolved.index);
    out.key(resolved.index->name).begin_object().key("mappings").begin_object();
    for (const engine::FieldDefinition& field : definition.schema.fields()) {
      const bool wanted = std::ranges::any_of(
          patterns, [&](const std::string& pattern) { return wildcard_match(pattern, field.path); });
      if (!wanted || field.type == engine::FieldType::kObject) continue;
      out.key(field.path);
      write_field_mapping(out, definition, metadata, field.path);
    }
    out.end_object().end_object();
  }
  out.end_object();
  co_return json_reply(std::move(text));
}

}  // namespace stele::elastic
