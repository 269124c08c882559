#include <fmt/format.h>

#include "json/writer.h"
#include "protocols/elastic/endpoints/handlers.h"
#include "protocols/elastic/index/alias_change.h"
#include "protocols/elastic/index/analysis.h"
#include "protocols/elastic/index/catalog_change.h"
#include "protocols/elastic/index/mapping.h"
#include "protocols/elastic/index/names.h"
#include "protocols/elastic/index/settings.h"
#include "protocols/elastic/query/body_reader.h"
#include "protocols/elastic/search/refresh_pins.h"
#include "protocols/elastic/services.h"
#include "views/administration.h"

namespace stele::elastic {
namespace {

struct Creation {
  views::CollectionDefinition definition;
  std::vector<AliasAction> aliases;
};

Outcome<Creation> read_creation(const std::string& name, std::optional<json::Value> body,
                                std::string_view text) {
  Creation creation;
  SettingTexts settings;
  views::DefinitionChange change;
  text::Analysis analysis;
  Similarities similarities{{"BM25", {}}};
  if (body) {
    // Before the mappings, which name its analyzers and similarities.
    if (const std::optional<json::Value> given = body->find("settings")) {
      STELE_TRY(settings, read_settings(*given, name, false));
      STELE_TRY(analysis, check_analysis(settings));
      STELE_TRY(similarities, check_similarities(settings));
    }
    for (const json::Member& member : body->members()) {
      if (member.key == "settings") continue;
      if (member.key == "mappings") {
        if (is_typed_mapping(member.value))
          return illegal_argument("The mapping definition cannot be nested under a type");
        STELE_TRY(const MappingChange mapping, parse_mapping(member.value, analysis, similarities));
        change = mapping.definition_change();
      } else if (member.key == "aliases") {
        if (!member.value.is_object())
          return parsing_failure("[aliases] of an index are an object", place_of(member.value, text));
        for (const json::Member& alias : member.value.members()) {
          STELE_TRY(const AliasTarget target, read_alias_properties(name, alias.value, text));
          creation.aliases.push_back(
              {AliasAction::Kind::kAdd, name, std::string(alias.key), target.properties});
        }
      } else {
        return parse_failure(fmt::format("unknown key [{}] for create index", member.key));
      }
    }
  }
  if (!settings.empty()) change.elastic["settings"] = std::move(settings);
  Result<views::CollectionDefinition> definition = views::CollectionDefinition{}.with(std::move(change));
  if (!definition)
    return Failure{400, "mapper_parsing_exception",
                   fmt::format("Failed to parse mapping: {}", definition.error().message)};
  creation.definition = *std::move(definition);
  return creation;
}

Failure already_exists(const views::CollectionEntry& index) {
  return Failure{400, "resource_already_exists_exception",
                 fmt::format("index [{}/{}] already exists", index.name, index.uuid)}
      .with("index_uuid", index.uuid)
      .with("index", index.name);
}

void write_index(json::Writer& out, const views::CatalogState& catalog, const views::CollectionEntry& index,
                 bool flat) {
  out.key(index.name).begin_object();
  out.key("aliases").begin_object();
  write_index_aliases(out, catalog, index.name, {});
  out.end_object();
  out.key("mappings");
  write_mapping(out, *index.definition, IndexMetadata::of(index));
  out.key("settings");
  write_settings(out, index, flat, "");
  out.end_object();
}

}  // namespace

net::Task<Outcome<Reply>> create_index(Call* call) {
  const std::string name(call->part("index"));
  STELE_CO_RETURN_IF_ERROR(check_index_name(name));
  STELE_CO_TRY(const std::optional<json::Document> body, call->json_body());
  const std::optional<json::Value> root = body ? std::optional<json::Value>(body->root()) : std::nullopt;
  // The index and its aliases, or neither.
  auto created =
      co_await change_catalog(call, [&](const views::CatalogState& catalog) -> Outcome<views::CatalogChange> {
        if (const Index existing = catalog.find(name)) return already_exists(*existing);
        if (is_alias(catalog, name))
          return Failure{400, "invalid_index_name_exception",
                         fmt::format("Invalid index name [{}], already exists as alias", name)}
              .with("index_uuid", "_na_")
              .with("index", name);
        STELE_TRY(Creation creation, read_creation(name, root, call->body));
        views::CatalogChange change;
        STELE_TRY(change.objects, plan_aliases(catalog, {}, creation.aliases));
        change.created = {name, views::CollectionKind::kElastic, std::move(creation.definition)};
        return change;
      });
  if (!created) co_return std::move(created).error();
  // Refreshed by hand from its first moment on.
  if (const Index index = call->catalog()->find(name);
      index && IndexMetadata::of(*index).setting("index.refresh_interval", "") == "-1")
    call->services->pins->pin(*index);
  std::string text;
  json::Writer out(text);
  out.begin_object();
  out.member("acknowledged", true).member("shards_acknowledged", true).member("index", name);
  out.end_object();
  co_return json_reply(std::move(text));
}

net::Task<Outcome<Reply>> get_index(Call* call) {
  STELE_CO_TRY(const IndicesOptions options, IndicesOptions::from(call->parameters));
  STELE_CO_TRY(const bool flat, call->parameters.boolean("flat_settings", false));
  const auto catalog = call->catalog();
  STELE_CO_TRY(const std::vector<ResolvedIndex> indices,
               resolve_indices(*catalog, call->part("index"), options));
  std::string text;
  json::Writer out(text);
  out.begin_object();
  for (const ResolvedIndex& resolved : indices) write_index(out, *catalog, *resolved.index, flat);
  out.end_object();
  co_return json_reply(std::move(text));
}

net::Task<Outcome<Reply>> delete_index(Call* call) {
  STELE_CO_TRY(IndicesOptions options, IndicesOptions::from(call->parameters));
  options.aliases = false;
  const std::string_view expression = call->part("index");
  std::vector<std::int64_t> dropped;
  auto done =
      co_await change_catalog(call, [&](const views::CatalogState& catalog) -> Outcome<views::CatalogChange> {
        for (const std::string& name : split(expression, ','))
          if (!options.ignore_unavailable && is_alias(catalog, name) && !catalog.find(name))
            return illegal_argument(fmt::format(
                "The provided expression [{}] matches an alias, specify the corresponding concrete indices "
                "instead.",
                name));
        STELE_TRY(const std::vector<ResolvedIndex> indices, resolve_indices(catalog, expression, options));
        views::CatalogChange change;
        dropped.clear();
        for (const ResolvedIndex& resolved : indices) {
          // A pattern takes what was made as an index; a user's table is only unpublished by its own name.
          const bool named = expression == resolved.index->name;
          if (!named && resolved.index->kind != views::CollectionKind::kElastic) continue;
          change.dropped.push_back(resolved.index->name);
          dropped.push_back(resolved.index->id);
        }
        STELE_TRY(change.objects, plan_aliases(catalog, change.dropped, {}));
        return change;
      });
  if (!done) co_return std::move(done).error();
  for (const std::int64_t id : dropped) call->services->pins->drop(id);
  co_return json_reply(R"({"acknowledged":true})");
}

net::Task<Outcome<Reply>> index_exists(Call* call) {
  STELE_CO_TRY(IndicesOptions options, IndicesOptions::from(call->parameters));
  const auto catalog = call->catalog();
  const std::string_view expression = call->part("index");
  STELE_CO_TRY(const std::vector<ResolvedIndex> indices, resolve_indices(*catalog, expression, options));
  Reply reply;
  reply.status = indices.empty() && !call->parameters.has("allow_no_indices") ? 404 : 200;
  co_return reply;
}

net::Task<Outcome<Reply>> get_settings(Call* call) {
  STELE_CO_TRY(const IndicesOptions options, IndicesOptions::from(call->parameters));
  STELE_CO_TRY(const bool flat, call->parameters.boolean("flat_settings", false));
  STELE_CO_TRY(const bool include_defaults, call->parameters.boolean("include_defaults", false));
  const auto catalog = call->catalog();
  STELE_CO_TRY(const std::vector<ResolvedIndex> indices,
               resolve_indices(*catalog, call->part("index"), options));
  std::string text;
  json::Writer out(text);
  out.begin_object();
  for (const ResolvedIndex& resolved : indices) {
    out.key(resolved.index->name).begin_object().key("settings");
    write_settings(out, *resolved.index, flat, call->part("name"));
    if (include_defaults) {
      out.key("defaults");
      write_default_settings(out, *resolved.index, flat);
    }
    out.end_object();
  }
  out.end_object();
  co_return json_reply(std::move(text));
}

net::Task<Outcome<Reply>> put_settings(Call* call) {
  STELE_CO_TRY(const IndicesOptions options, IndicesOptions::from(call->parameters));
  STELE_CO_TRY(const std::optional<json::Document> body, call->json_body());
  if (!body) co_return parse_failure("request body is required");
  STELE_CO_TRY(const bool preserve, call->parameters.boolean("preserve_existing", false));
  const auto catalog = call->catalog();
  STELE_CO_TRY(const std::vector<ResolvedIndex> indices,
               resolve_indices(*catalog, call->part("index"), options));
  const std::optional<json::Value> inner = body->root().find("settings");
  const json::Value settings = inner ? *inner : body->root();
  // All of them or none.
  views::CatalogChange change;
  for (const ResolvedIndex& resolved : indices) {
    const std::string& name = resolved.index->name;
    STELE_CO_TRY(SettingTexts texts,
                 read_settings(settings, fmt::format("{}/{}", name, resolved.index->uuid), true));
    views::DefinitionChange& widening = change.widened[name];
    (preserve ? widening.elastic_defaults : widening.elastic)["settings"] = std::move(texts);
  }
  if (change.empty()) co_return json_reply(R"({"acknowledged":true})");
  auto changed = co_await call->services->administration->change_catalog(call->principal, std::move(change),
                                                                         call->deadline);
  if (!changed) co_return changed.error();
  const auto after = call->catalog();
  for (const ResolvedIndex& resolved : indices) {
    const Index index = after->find(resolved.index->name);
    // Searches of an index that is refreshed by hand stay at this moment; others are live again.
    if (index && IndexMetadata::of(*index).setting("index.refresh_interval", "") == "-1") {
      call->services->pins->pin(*index);
    } else {
      call->services->pins->drop(resolved.index->id);
    }
  }
  co_return json_reply(R"({"acknowledged":true})");
}

}  // namespace stele::elastic
