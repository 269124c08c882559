#include "protocols/elastic/index/alias_change.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "protocols/elastic/call.h"
#include "protocols/elastic/query/body_reader.h"

namespace stele::elastic {
namespace {

Outcome<> check_alias(const views::CatalogState& catalog, const std::vector<std::string>& gone,
                      const AliasAction& action) {
  if (action.alias.empty()) return validation_failure({"alias name is missing"});
  const bool stays = catalog.find(action.alias) && std::ranges::find(gone, action.alias) == gone.end();
  if (stays || action.alias == action.index)
    return Failure{
        400, "invalid_alias_name_exception",
        fmt::format("Invalid alias name [{0}]: an index or data stream exists with the same name as the "
                    "alias",
                    action.alias)};
  if (Outcome<> name = check_index_name(action.alias);
      !name && name.error().reason.find("lowercase") == std::string::npos)
    return Failure{400, "invalid_alias_name_exception",
                   fmt::format("Invalid alias name [{}]: {}", action.alias, name.error().reason)};
  return {};
}

Outcome<> check_write_indices(const Alias& alias) {
  std::vector<std::string> names;
  for (const AliasTarget& target : alias.targets)
    if (target.is_write_index) names.push_back(target.index);
  if (names.size() <= 1) return {};
  return illegal_argument(
      fmt::format("alias [{}] has more than one write index [{}]", alias.name, fmt::join(names, ",")));
}

}  // namespace

Outcome<AliasTarget> read_alias_properties(std::string name, json::Value properties, std::string_view text) {
  AliasTarget target;
  target.index = std::move(name);
  if (!properties.is_object())
    return parsing_failure("alias properties must be an object", place_of(properties, text));
  json::Writer out(target.properties = "");
  out.begin_object();
  for (const json::Member& member : properties.members()) {
    if (member.key == "filter") {
      if (!member.value.is_object() || member.value.size() == 0) continue;
      out.key("filter").raw(member.value.raw());
    } else if (member.key == "routing") {
      // For both, where they are not given themselves.
      for (const std::string_view one : {"index_routing", "search_routing"})
        if (!properties.find(one)) out.member(one, scalar_text(member.value).value_or(""));
    } else if (member.key == "index_routing" || member.key == "search_routing") {
      out.member(member.key, scalar_text(member.value).value_or(""));
    } else if (member.key == "is_write_index" || member.key == "is_hidden") {
      const bool truth = scalar_text(member.value) == "true";
      out.member(member.key, truth);
      if (member.key == "is_write_index") {
        target.is_write_index = truth;
        target.write_index_is_set = true;
      }
    } else if (member.key != "must_exist") {
      return parsing_failure(fmt::format("Unknown field [{}] in alias [{}]", member.key, target.index),
                             place_of(member.value, text));
    }
  }
  out.end_object();
  return target;
}

Outcome<std::vector<views::ObjectChange>> plan_aliases(const views::CatalogState& catalog,
                                                       const std::vector<std::string>& gone,
                                                       const std::vector<AliasAction>& actions) {
  // By name, with what was stored of it.
  struct Planned {
    Alias alias;
    std::string former;
  };
  std::map<std::string, Planned> planned;
  const auto take = [&](const std::string& name) -> Alias& {
    const auto [place, added] = planned.try_emplace(name);
    if (!added) return place->second.alias;
    place->second.alias.name = name;
    if (const views::CatalogObject* object = catalog.find_object("elastic.alias", name))
      place->second = {read_alias(*object), object->definition};
    return place->second.alias;
  };
  const auto drop = [](Alias& alias, const std::string& index) {
    return std::erase_if(alias.targets, [&](const AliasTarget& target) { return target.index == index; });
  };
  for (Alias& alias : all_aliases(catalog))
    for (const std::string& index : gone)
      if (drop(alias, index) > 0) drop(take(alias.name), index);
  for (const AliasAction& action : actions) {
    STELE_RETURN_IF_ERROR(check_alias(catalog, gone, action));
    Alias& alias = take(action.alias);
    drop(alias, action.index);
    if (action.kind == AliasAction::Kind::kRemove) continue;
    Result<json::Document> properties = json::Document::parse_borrowed(action.properties);
    if (!properties) return properties.error();
    STELE_TRY(AliasTarget target, read_alias_properties(action.index, properties->root(), action.properties));
    alias.targets.push_back(std::move(target));
  }
  std::vector<views::ObjectChange> changes;
  for (const auto& [name, change] : planned) {
    STELE_RETURN_IF_ERROR(check_write_indices(change.alias));
    changes.push_back({{"elastic.alias", name, alias_definition(change.alias)}, change.former});
  }
  return changes;
}

bool names_alias(const std::vector<std::string>& patterns, std::string_view alias) {
  bool named = patterns.empty();
  for (const std::string& one : patterns) {
    const std::string_view pattern = one;
    if (pattern.starts_with('-')) {
      named = named && !wildcard_match(pattern.substr(1), alias);
    } else {
      named = named || pattern == "_all" || wildcard_match(pattern, alias);
    }
  }
  return named;
}

std::size_t write_index_aliases(json::Writer& out, const views::CatalogState& catalog, std::string_view index,
                                const std::vector<std::string>& patterns) {
  std::size_t written = 0;
  for (const Alias& alias : all_aliases(catalog)) {
    if (!names_alias(patterns, alias.name)) continue;
    for (const AliasTarget& target : alias.targets) {
      if (target.index != index) continue;
      out.key(alias.name).raw(target.properties);
      ++written;
    }
  }
  return written;
}

}  // namespace stele::elastic
