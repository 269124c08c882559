#include <fmt/format.h>

#include "json/writer.h"
#include "protocols/elastic/endpoints/handlers.h"
#include "protocols/elastic/index/alias_change.h"
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
  std::vector<AliasTarget> aliases;  // `index` holds the alias' name here
};

Outcome<Creation> read_creation(const std::string& name, std::optional<json::Value> body,
                                std::string_view text) {
  Creation creation;
  IndexMetadata metadata;
  views::DefinitionChange change;
  if (body) {
    for (const json::Member& member : body->members()) {
      if (member.key == "settings") {
        STELE_RETURN_IF_ERROR(read_settings(member.value, name, false, metadata));
      } else if (member.key == "mappings") {
        if (is_typed_mapping(member.value))
          return illegal_argument("The mapping definition cannot be nested under a type");
        STELE_TRY(MappingChange mapping, parse_mapping(member.value));
        change = std::move(mapping.change);
        metadata.parameters = std::move(mapping.parameters);
        metadata.root = std::move(mapping.root);
      } else if (member.key == "aliases") {
        for (const json::Member& alias : member.value.members()) {
          STELE_TRY(AliasTarget target, read_alias_properties(std::string(alias.key), alias.value, text));
          creation.aliases.push_back(std::move(target));
        }
      } else {
        return parse_failure(fmt::format("unknown key [{}] for create index", member.key));
      }
    }
  }
  change.elastic_json = metadata.to_json();
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
  const auto before = call->catalog();
  if (const Index existing = before->find(name)) co_return already_exists(*existing);
  if (is_alias(*before, name))
    co_return Failure{400, "invalid_index_name_exception",
                      fmt::format("Invalid index name [{}], already exists as alias", name)}
        .with("index_uuid", "_na_")
        .with("index", name);
  STELE_CO_TRY(Creation creation, read_creation(name, root, call->body));
  auto created = co_await call->services->administration->create_collection(
      call->principal, name, views::CollectionKind::kElastic, std::move(creation.definition), call->deadline);
  if (!created) {
    if (created.error().code == ErrorCode::kAlreadyExists)
      if (const Index existing = call->catalog()->find(name)) co_return already_exists(*existing);
    co_return created.error();
  }
  // Refreshed by hand from its first moment on.
  if (IndexMetadata::of(**created).setting("index.refresh_interval", "") == "-1")
    call->services->pins->pin((*created)->id);
  if (!creation.aliases.empty()) {
    std::vector<AliasAction> actions;
    for (AliasTarget& alias : creation.aliases) {
      AliasAction action{AliasAction::Kind::kAdd, name, alias.index, alias.properties};
      actions.push_back(std::move(action));
    }
    auto done = co_await change_aliases(call, std::move(actions));
    if (!done) co_return std::move(done).error();
  }
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
  const auto catalog = call->catalog();
  const std::string_view expression = call->part("index");
  for (const std::string& name : split(expression, ','))
    if (!options.ignore_unavailable && is_alias(*catalog, name) && !catalog->find(name))
      co_return illegal_argument(fmt::format(
          "The provided expression [{}] matches an alias, specify the corresponding concrete indices "
          "instead.",
          name));
  STELE_CO_TRY(const std::vector<ResolvedIndex> indices, resolve_indices(*catalog, expression, options));
  for (const ResolvedIndex& resolved : indices) {
    // A pattern takes what was made as an index; a user's table is only unpublished by its own name.
    const std::string& name = resolved.index->name;
    const bool named = expression == name;
    if (!named && resolved.index->kind != views::CollectionKind::kElastic) continue;
    auto forgotten = co_await forget_index_in_aliases(call, name);
    if (!forgotten) co_return std::move(forgotten).error();
    auto dropped =
        co_await call->services->administration->drop_collection(call->principal, name, call->deadline);
    if (!dropped && dropped.error().code != ErrorCode::kNotFound) co_return dropped.error();
    call->services->pins->drop(resolved.index->id);
  }
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
  for (const ResolvedIndex& resolved : indices) {
    const std::string& name = resolved.index->name;
    const IndexMetadata former = IndexMetadata::of(*resolved.index);
    IndexMetadata metadata = former;
    STELE_CO_RETURN_IF_ERROR(
        read_settings(settings, fmt::format("{}/{}", name, resolved.index->uuid), true, metadata));
    if (preserve)
      for (const auto& [key, value] : former.settings) metadata.settings[key] = value;
    views::DefinitionChange change;
    change.elastic_json = metadata.to_json();
    auto changed = co_await call->services->administration->add_fields(call->principal, name,
                                                                       std::move(change), call->deadline);
    if (!changed) co_return changed.error();
    // Searches of an index that is refreshed by hand stay at this moment; others are live again.
    if (metadata.setting("index.refresh_interval", "") == "-1") {
      call->services->pins->pin(resolved.index->id);
    } else {
      call->services->pins->drop(resolved.index->id);
    }
  }
  co_return json_reply(R"({"acknowledged":true})");
}

}  // namespace stele::elastic
