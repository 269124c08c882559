#include <fmt/format.h>

#include <map>

#include "json/writer.h"
#include "protocols/qdrant/collection/collection.h"
#include "protocols/qdrant/endpoints/handlers.h"
#include "protocols/qdrant/services.h"
#include "views/administration.h"

namespace stele::qdrant {
namespace {

using Aliases = std::map<std::string, std::string, std::less<>>;  // alias → collection; empty: deleted

Aliases read_all(const views::CatalogState& catalog) {
  Aliases aliases;
  for (const views::CatalogObject* object : catalog.objects(kAliasKind)) {
    std::string target = alias_target(catalog, object->name);
    // Those of a collection that went are gone with it.
    if (catalog.find(target) != nullptr) aliases.emplace(object->name, std::move(target));
  }
  return aliases;
}

Outcome<std::string> text_of(json::Value action, std::string_view name) {
  const auto value = action.find(name);
  if (!value) return format_error(fmt::format("missing field `{}`", name));
  if (!value->is_string() || value->string().empty() || value->string().size() > 255)
    return invalid_body(name, "must be from 1 to 255 characters");
  return std::string(value->string());
}

Outcome<> create(json::Value action, const views::CatalogState& catalog, Aliases& aliases) {
  STELE_TRY(const std::string target, text_of(action, "collection_name"));
  STELE_TRY(std::string alias, text_of(action, "alias_name"));
  if (catalog.find(target) == nullptr) return collection_not_found(target);
  if (catalog.find(alias) != nullptr)
    return Failure{409, fmt::format("Wrong input: Collection `{}` already exists!", alias)};
  aliases.insert_or_assign(std::move(alias), target);
  return {};
}

Outcome<> remove(json::Value action, const views::CatalogState&, Aliases& aliases) {
  STELE_TRY(std::string alias, text_of(action, "alias_name"));
  aliases.insert_or_assign(std::move(alias), std::string());
  return {};
}

Outcome<> rename(json::Value action, const views::CatalogState& catalog, Aliases& aliases) {
  STELE_TRY(const std::string old_name, text_of(action, "old_alias_name"));
  STELE_TRY(std::string new_name, text_of(action, "new_alias_name"));
  const auto found = aliases.find(old_name);
  if (found == aliases.end() || found->second.empty())
    return not_found(fmt::format("Alias {} does not exists!", old_name));
  if (catalog.find(new_name) != nullptr)
    return Failure{409, fmt::format("Wrong input: Collection `{}` already exists!", new_name)};
  std::string target = std::exchange(found->second, std::string());
  aliases.insert_or_assign(std::move(new_name), std::move(target));
  return {};
}

Outcome<> apply(json::Value action, const views::CatalogState& catalog, Aliases& aliases) {
  if (const auto given = action.find("create_alias")) return create(*given, catalog, aliases);
  if (const auto given = action.find("delete_alias")) return remove(*given, catalog, aliases);
  if (const auto given = action.find("rename_alias")) return rename(*given, catalog, aliases);
  return format_error("data did not match any variant of untagged enum AliasOperations");
}

void write(json::Writer& writer, const Aliases& aliases, std::string_view of) {
  writer.begin_object().key("aliases").begin_array();
  for (const auto& [alias, target] : aliases) {
    if (!of.empty() && target != of) continue;
    writer.begin_object().member("alias_name", alias).member("collection_name", target).end_object();
  }
  writer.end_array().end_object();
}

}  // namespace

// All changes of a request at once, in its order.
net::Task<Outcome<Reply>> change_aliases(Call* call) {
  STELE_CO_TRY(const json::Document body, call->json_body());
  const auto actions = body.root().find("actions");
  if (!actions || !actions->is_array()) co_return format_error("missing field `actions`");
  const auto catalog = call->services->catalog->current();
  const Aliases before = read_all(*catalog);
  Aliases after = before;
  for (const json::Value action : actions->elements())
    STELE_CO_RETURN_IF_ERROR(apply(action, *catalog, after));
  std::vector<views::CatalogObject> objects;
  for (const auto& [alias, target] : after) {
    const auto former = before.find(alias);
    if (former != before.end() ? former->second == target : target.empty()) continue;
    views::CatalogObject object{std::string(kAliasKind), alias, {}};
    if (!target.empty()) {
      json::Writer writer(object.definition);
      writer.begin_object().member("collection", target).end_object();
    }
    objects.push_back(std::move(object));
  }
  if (!objects.empty()) {
    auto put = co_await call->services->administration->put_objects(call->principal, std::move(objects),
                                                                    call->deadline);
    if (!put) co_return Failure::from(put.error());
  }
  co_return Reply{"true"};
}

net::Task<Outcome<Reply>> list_aliases(Call* call) {
  Reply reply;
  json::Writer writer(reply.result);
  write(writer, read_all(*call->services->catalog->current()), "");
  co_return reply;
}

net::Task<Outcome<Reply>> list_collection_aliases(Call* call) {
  STELE_CO_TRY(const CollectionPtr collection, find_collection(*call));
  Reply reply;
  json::Writer writer(reply.result);
  write(writer, read_all(*call->services->catalog->current()), collection->name());
  co_return reply;
}

}  // namespace stele::qdrant
