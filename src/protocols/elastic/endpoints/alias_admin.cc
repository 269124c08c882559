#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <set>

#include "json/writer.h"
#include "protocols/elastic/endpoints/handlers.h"
#include "protocols/elastic/index/alias_change.h"
#include "protocols/elastic/index/catalog_change.h"
#include "protocols/elastic/query/body_reader.h"
#include "protocols/elastic/services.h"
#include "views/administration.h"

namespace stele::elastic {
namespace {

// Aliases of hidden indices are told as those of others, unless the request says which it wants.
Outcome<IndicesOptions> shown_indices(const Call& call) {
  STELE_TRY(IndicesOptions options, IndicesOptions::from(call.parameters));
  options.expand_hidden |= !call.parameters.has("expand_wildcards");
  return options;
}

Outcome<std::vector<std::string>> names_of(std::optional<json::Value> one, std::optional<json::Value> many) {
  std::vector<std::string> names;
  const std::optional<json::Value> given = one ? one : many;
  if (!given) return names;
  if (given->is_array()) {
    for (const json::Value element : given->elements()) names.push_back(scalar_text(element).value_or(""));
  } else {
    names = split(scalar_text(*given).value_or(""), ',');
  }
  return names;
}

Failure missing_alias(std::string_view alias) {
  return Failure{404, "aliases_not_found_exception", fmt::format("aliases [{}] missing", alias)}
      .with("resource.type", "aliases")
      .with("resource.id", std::string(alias));
}

bool has_alias(const views::CatalogState& catalog, std::string_view index, std::string_view name) {
  const views::CatalogObject* object = catalog.find_object("elastic.alias", name);
  if (object == nullptr) return false;
  const Alias alias = read_alias(*object);
  return std::ranges::any_of(alias.targets, [&](const AliasTarget& t) { return t.index == index; });
}

// The aliases of `index` that a pattern of a removal names.
std::vector<std::string> matching(const views::CatalogState& catalog, std::string_view index,
                                  const std::string& pattern) {
  std::vector<std::string> names;
  for (const Alias& alias : all_aliases(catalog)) {
    const bool has =
        std::ranges::any_of(alias.targets, [&](const AliasTarget& t) { return t.index == index; });
    if (has && wildcard_match(pattern == "_all" ? "*" : std::string_view(pattern), alias.name))
      names.push_back(alias.name);
  }
  return names;
}

// Names asked for by themselves that no index has and no exclusion behind them takes away. An exclusion is
// one only behind the first pattern.
std::set<std::string> missing_aliases(const views::CatalogState& catalog,
                                      const std::vector<ResolvedIndex>& indices,
                                      const std::vector<std::string>& patterns) {
  const auto is_pattern = [](std::string_view name) { return name.find('*') != std::string_view::npos; };
  const auto first_pattern = std::ranges::find_if(patterns, is_pattern);
  const auto excludes = [](std::string_view name, std::string_view alias) {
    return name.starts_with('-') && (name == "-_all" || wildcard_match(name.substr(1), alias));
  };
  std::set<std::string> missing;
  for (auto name = patterns.begin(); name != patterns.end(); ++name) {
    if (*name == "_all" || is_pattern(*name) || (name > first_pattern && name->starts_with('-'))) continue;
    const auto behind = std::max(name + 1, first_pattern);
    if (std::any_of(behind, patterns.end(), [&](const std::string& other) { return excludes(other, *name); }))
      continue;
    const bool found = std::ranges::any_of(
        indices, [&](const ResolvedIndex& one) { return has_alias(catalog, one.index->name, *name); });
    if (!found || !names_alias(patterns, *name)) missing.insert(*name);
  }
  return missing;
}

struct Steps {
  std::vector<AliasAction> actions;
  std::vector<std::string> indices_to_remove;
};

Outcome<> read_step(const views::CatalogState& catalog, const json::Member& step, std::string_view text,
                    Steps& steps) {
  const json::Value body = step.value;
  STELE_TRY(const std::vector<std::string> indices, names_of(body.find("index"), body.find("indices")));
  STELE_TRY(const std::vector<std::string> aliases, names_of(body.find("alias"), body.find("aliases")));
  if (indices.empty()) return illegal_argument("One of [index] or [indices] is required");
  std::string expression = fmt::format("{}", fmt::join(indices, ","));
  IndicesOptions options;
  options.allow_no_indices = false;
  STELE_TRY(const std::vector<ResolvedIndex> resolved, resolve_indices(catalog, expression, options));
  if (step.key == "remove_index") {
    for (const ResolvedIndex& one : resolved) steps.indices_to_remove.push_back(one.index->name);
    return {};
  }
  if (step.key != "add" && step.key != "remove")
    return x_content_failure(fmt::format("[aliases] unknown field [{}]", step.key), place_of(body, text));
  if (aliases.empty()) return illegal_argument("One of [alias] or [aliases] is required");
  std::string properties = "{}";
  if (step.key == "add") {
    properties.clear();
    json::Writer out(properties);
    out.begin_object();
    for (const json::Member& member : body.members())
      if (member.key != "index" && member.key != "indices" && member.key != "alias" &&
          member.key != "aliases")
        out.key(member.key).raw(member.value.raw());
    out.end_object();
    Result<json::Document> parsed = json::Document::parse_borrowed(properties);
    if (parsed) STELE_RETURN_IF_ERROR(read_alias_properties("", parsed->root(), properties));
  }
  const std::optional<json::Value> must_exist = body.find("must_exist");
  for (const ResolvedIndex& one : resolved) {
    for (const std::string& alias : aliases) {
      if (step.key == "add") {
        steps.actions.push_back({AliasAction::Kind::kAdd, one.index->name, alias, properties});
        continue;
      }
      const std::vector<std::string> names = matching(catalog, one.index->name, alias);
      if (names.empty() && !(must_exist && scalar_text(*must_exist) == "false")) return missing_alias(alias);
      for (const std::string& name : names)
        steps.actions.push_back({AliasAction::Kind::kRemove, one.index->name, name});
    }
  }
  return {};
}

// All steps of a POST /_aliases, read against the catalog as it is.
Outcome<Steps> read_steps(const views::CatalogState& catalog, json::Value list, std::string_view text) {
  Steps steps;
  for (const json::Value action : list.elements()) {
    if (!action.is_object())
      return parsing_failure("[aliases] an action is an object", place_of(action, text));
    for (const json::Member& step : action.members())
      STELE_RETURN_IF_ERROR(read_step(catalog, step, text, steps));
  }
  std::ranges::sort(steps.indices_to_remove);
  const auto repeated = std::ranges::unique(steps.indices_to_remove);
  steps.indices_to_remove.erase(repeated.begin(), repeated.end());
  // The indices go first, whatever stands first.
  for (const AliasAction& action : steps.actions)
    if (action.kind == AliasAction::Kind::kAdd &&
        std::ranges::find(steps.indices_to_remove, action.index) != steps.indices_to_remove.end())
      return index_not_found(action.index);
  return steps;
}

// Adds and removals alone, of the aliases that `actions` reads from the catalog as it is.
using ActionsOf = std::function<Outcome<std::vector<AliasAction>>(const views::CatalogState&)>;

net::Task<Outcome<Reply>> change_aliases(Call* call, ActionsOf actions_of) {
  auto done =
      co_await change_catalog(call, [&](const views::CatalogState& catalog) -> Outcome<views::CatalogChange> {
        STELE_TRY(const std::vector<AliasAction> actions, actions_of(catalog));
        views::CatalogChange change;
        STELE_TRY(change.objects, plan_aliases(catalog, {}, actions));
        return change;
      });
  if (!done) co_return std::move(done).error();
  co_return json_reply(R"({"acknowledged":true})");
}

}  // namespace

net::Task<Outcome<Reply>> put_alias(Call* call) {
  STELE_CO_TRY(const std::optional<json::Document> body, call->json_body());
  const std::string properties = body ? std::string(body->root().raw()) : "{}";
  if (body) STELE_CO_RETURN_IF_ERROR(read_alias_properties("", body->root(), call->body));
  ActionsOf actions_of =
      [call, properties](const views::CatalogState& catalog) -> Outcome<std::vector<AliasAction>> {
    IndicesOptions options;
    options.allow_no_indices = false;
    STELE_TRY(const std::vector<ResolvedIndex> indices,
              resolve_indices(catalog, call->part("index"), options));
    std::vector<AliasAction> actions;
    for (const ResolvedIndex& resolved : indices)
      actions.push_back(
          {AliasAction::Kind::kAdd, resolved.index->name, std::string(call->part("name")), properties});
    return actions;
  };
  auto reply = co_await change_aliases(call, std::move(actions_of));
  co_return reply;
}

net::Task<Outcome<Reply>> delete_alias(Call* call) {
  ActionsOf actions_of = [call](const views::CatalogState& catalog) -> Outcome<std::vector<AliasAction>> {
    STELE_TRY(const std::vector<ResolvedIndex> indices, resolve_indices(catalog, call->part("index"), {}));
    std::vector<AliasAction> actions;
    for (const ResolvedIndex& resolved : indices)
      for (const std::string& pattern : split(call->part("name"), ','))
        for (const std::string& name : matching(catalog, resolved.index->name, pattern))
          actions.push_back({AliasAction::Kind::kRemove, resolved.index->name, name});
    if (actions.empty()) return missing_alias(call->part("name"));
    return actions;
  };
  auto reply = co_await change_aliases(call, std::move(actions_of));
  co_return reply;
}

net::Task<Outcome<Reply>> get_alias(Call* call) {
  const auto catalog = call->catalog();
  STELE_CO_TRY(const IndicesOptions options, shown_indices(*call));
  STELE_CO_TRY(const std::vector<ResolvedIndex> indices,
               resolve_indices(*catalog, call->part("index"), options));
  const std::vector<std::string> patterns = split(call->part("name"), ',');
  const std::set<std::string> missing = missing_aliases(*catalog, indices, patterns);
  Reply reply;
  json::Writer out(reply.body);
  out.begin_object();
  if (!missing.empty()) {
    reply.status = 404;
    out.member("error",
               fmt::format("alias{} [{}] missing", missing.size() == 1 ? "" : "es", fmt::join(missing, ",")));
    out.member("status", 404);
  }
  for (const ResolvedIndex& resolved : indices) {
    std::string inner;
    json::Writer inner_out(inner);
    inner_out.begin_object();
    const std::size_t count = write_index_aliases(inner_out, *catalog, resolved.index->name, patterns);
    inner_out.end_object();
    if (count == 0 && !patterns.empty()) continue;
    out.key(resolved.index->name).begin_object().key("aliases").raw(inner).end_object();
  }
  out.end_object();
  co_return reply;
}

net::Task<Outcome<Reply>> alias_exists(Call* call) {
  const auto catalog = call->catalog();
  STELE_CO_TRY(const IndicesOptions options, shown_indices(*call));
  Reply reply;
  reply.status = 404;
  const Outcome<std::vector<ResolvedIndex>> indices = resolve_indices(*catalog, call->part("index"), options);
  if (!indices) co_return reply;
  for (const ResolvedIndex& resolved : *indices)
    for (const std::string& pattern : split(call->part("name"), ','))
      if (!matching(*catalog, resolved.index->name, pattern).empty()) reply.status = 200;
  co_return reply;
}

net::Task<Outcome<Reply>> update_aliases(Call* call) {
  STELE_CO_TRY(const std::optional<json::Document> body, call->json_body());
  if (!body) co_return parse_failure("request body is required");
  const std::optional<json::Value> list = body->root().find("actions");
  if (!list || !list->is_array() || list->size() == 0)
    co_return validation_failure({"Must specify at least one alias action"});
  // An alias may take the name of an index that goes in the same request.
  auto done =
      co_await change_catalog(call, [&](const views::CatalogState& catalog) -> Outcome<views::CatalogChange> {
        STELE_TRY(Steps steps, read_steps(catalog, *list, call->body));
        views::CatalogChange change;
        STELE_TRY(change.objects, plan_aliases(catalog, steps.indices_to_remove, steps.actions));
        change.dropped = std::move(steps.indices_to_remove);
        return change;
      });
  if (!done) co_return std::move(done).error();
  co_return json_reply(R"({"acknowledged":true,"errors":false})");
}

}  // namespace stele::elastic
