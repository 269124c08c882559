#include "protocols/elastic/index/names.h"

#include <fmt/format.h>

#include <algorithm>

#include "json/writer.h"
#include "protocols/elastic/index/settings.h"

namespace stele::elastic {
namespace {

bool is_pattern(std::string_view name) {
  return name.find('*') != std::string_view::npos;
}

bool is_hidden(const views::CollectionEntry& index) {
  // Cheap first: most indices have no such setting.
  return index.name.starts_with('.') ||
         (index.definition && index.definition->elastic_json.find("index.hidden") != std::string::npos &&
          IndexMetadata::of(index).setting("index.hidden", "false") == "true");
}

// Collects indices in the order of their first mention.
class Collector {
 public:
  void add(const Index& index, const std::string* filter) {
    const auto found =
        std::ranges::find(found_, index->id, [](const Entry& e) { return e.resolved.index->id; });
    if (found == found_.end()) {
      Entry entry{{index, {}}, filter == nullptr};
      if (filter != nullptr) entry.resolved.filters.push_back(*filter);
      found_.push_back(std::move(entry));
    } else if (filter == nullptr) {
      found->unfiltered = true;
    } else {
      found->resolved.filters.push_back(*filter);
    }
  }
  void remove(std::string_view pattern) {
    std::erase_if(found_, [&](const Entry& e) { return wildcard_match(pattern, e.resolved.index->name); });
  }
  std::vector<ResolvedIndex> take() {
    std::vector<ResolvedIndex> result;
    for (Entry& entry : found_) {
      if (entry.unfiltered) entry.resolved.filters.clear();
      result.push_back(std::move(entry.resolved));
    }
    return result;
  }
  std::size_t size() const { return found_.size(); }

 private:
  struct Entry {
    ResolvedIndex resolved;
    bool unfiltered;
  };
  std::vector<Entry> found_;
};

std::string filter_of(const AliasTarget& target) {
  Result<json::Document> properties = json::Document::parse_borrowed(target.properties);
  if (!properties) return {};
  const std::optional<json::Value> filter = properties->root().find("filter");
  return filter ? std::string(filter->raw()) : std::string();
}

void add_alias(const views::CatalogState& catalog, const Alias& alias, Collector& collector) {
  for (const AliasTarget& target : alias.targets) {
    const Index index = catalog.find(target.index);
    if (!index) continue;
    const std::string filter = filter_of(target);
    collector.add(index, filter.empty() ? nullptr : &filter);
  }
}

// Hidden indices and aliases are named by themselves, by expand_wildcards, and those with a dot by a pattern
// that begins with one.
void add_pattern(const views::CatalogState& catalog, std::string_view pattern, const IndicesOptions& options,
                 Collector& collector) {
  const auto shows = [&](bool hidden, std::string_view name) {
    return !hidden || options.expand_hidden || (pattern.starts_with('.') && name.starts_with('.'));
  };
  for (const Index& index : catalog.entries())
    if (wildcard_match(pattern, index->name) && shows(is_hidden(*index), index->name))
      collector.add(index, nullptr);
  if (pattern == "*" || !options.aliases) return;
  for (const Alias& alias : all_aliases(catalog))
    if (wildcard_match(pattern, alias.name) && shows(alias.is_hidden(), alias.name))
      add_alias(catalog, alias, collector);
}

Outcome<> add_name(const views::CatalogState& catalog, const std::string& name, const IndicesOptions& options,
                   Collector& collector) {
  if (name.starts_with('<')) return not_supported(fmt::format("date math in index names ([{}]) is", name));
  if (const Index index = catalog.find(name)) {
    collector.add(index, nullptr);
    return {};
  }
  const views::CatalogObject* object = catalog.find_object("elastic.alias", name);
  if (object != nullptr && options.aliases) {
    add_alias(catalog, read_alias(*object), collector);
    return {};
  }
  if (options.ignore_unavailable) return {};
  if (name.starts_with('_')) return check_index_name(name);
  return index_not_found(name);
}

Failure invalid_name(std::string_view name, std::string_view reason) {
  return Failure{400, "invalid_index_name_exception",
                 fmt::format("Invalid index name [{}], {}", name, reason)}
      .with("index_uuid", "_na_")
      .with("index", std::string(name));
}

}  // namespace

Alias read_alias(const views::CatalogObject& object) {
  Alias alias{object.name, {}};
  Result<json::Document> parsed = json::Document::parse_borrowed(object.definition);
  if (!parsed) return alias;
  const std::optional<json::Value> indices = parsed->root().find("indices");
  if (!indices || !indices->is_object()) return alias;
  for (const json::Member& member : indices->members()) {
    AliasTarget target{std::string(member.key), std::string(member.value.raw())};
    if (const auto write = member.value.find("is_write_index"); write && write->is_bool()) {
      target.is_write_index = write->boolean();
      target.write_index_is_set = true;
    }
    if (const auto hidden = member.value.find("is_hidden"); hidden && hidden->is_bool())
      target.is_hidden = hidden->boolean();
    alias.targets.push_back(std::move(target));
  }
  return alias;
}

std::string alias_definition(const Alias& alias) {
  if (alias.targets.empty()) return {};
  std::string text;
  json::Writer out(text);
  out.begin_object().key("indices").begin_object();
  for (const AliasTarget& target : alias.targets) out.key(target.index).raw(target.properties);
  out.end_object().end_object();
  return text;
}

std::vector<Alias> all_aliases(const views::CatalogState& catalog) {
  std::vector<Alias> aliases;
  for (const views::CatalogObject* object : catalog.objects("elastic.alias"))
    aliases.push_back(read_alias(*object));
  return aliases;
}

Outcome<IndicesOptions> IndicesOptions::from(const Parameters& parameters) {
  IndicesOptions options;
  STELE_TRY(options.ignore_unavailable, parameters.boolean("ignore_unavailable", false));
  STELE_TRY(options.allow_no_indices, parameters.boolean("allow_no_indices", true));
  for (const std::string& value : parameters.list("expand_wildcards")) {
    if (value == "all" || value == "hidden") {
      options.expand_hidden = true;
    } else if (value == "none") {
      options.expand = false;
    } else if (value != "open" && value != "closed") {
      return illegal_argument(fmt::format("No valid expand wildcard value [{}]", value));
    }
  }
  return options;
}

Outcome<std::vector<ResolvedIndex>> resolve_indices(const views::CatalogState& catalog,
                                                    std::string_view expression,
                                                    const IndicesOptions& options) {
  Collector collector;
  bool after_pattern = false;
  std::vector<std::string> names = split(expression, ',');
  if (names.empty()) names = {"*"};
  for (const std::string& name : names) {
    const bool exclude = after_pattern && name.starts_with('-') && name.size() > 1;
    if (exclude) {
      collector.remove(std::string_view(name).substr(1));
      continue;
    }
    if (name == "_all" || is_pattern(name)) {
      after_pattern = true;
      const std::size_t before = collector.size();
      if (options.expand)
        add_pattern(catalog, name == "_all" ? "*" : std::string_view(name), options, collector);
      if (collector.size() == before && !options.allow_no_indices) return index_not_found(name);
      continue;
    }
    STELE_RETURN_IF_ERROR(add_name(catalog, name, options, collector));
  }
  if (collector.size() == 0 && !options.allow_no_indices) return index_not_found(expression);
  return collector.take();
}

Outcome<Index> resolve_write_index(const views::CatalogState& catalog, std::string_view name) {
  if (Index index = catalog.find(name)) return index;
  const views::CatalogObject* object = catalog.find_object("elastic.alias", name);
  if (object == nullptr) return Index();
  const Alias alias = read_alias(*object);
  const auto chosen = std::ranges::find_if(alias.targets, &AliasTarget::is_write_index);
  if (chosen != alias.targets.end()) return catalog.find(chosen->index);
  if (alias.targets.size() == 1 && !alias.targets[0].write_index_is_set)
    return catalog.find(alias.targets[0].index);
  return illegal_argument(fmt::format(
      "no write index is defined for alias [{}]. The write index may be explicitly disabled using "
      "is_write_index=false or the alias points to multiple indices without one being designated "
      "as a write index",
      name));
}

Outcome<Index> resolve_one_index(const views::CatalogState& catalog, std::string_view name) {
  if (Index index = catalog.find(name)) return index;
  if (const views::CatalogObject* object = catalog.find_object("elastic.alias", name)) {
    const Alias alias = read_alias(*object);
    if (alias.targets.size() > 1) {
      std::vector<std::string> names;
      for (const AliasTarget& target : alias.targets) names.push_back(target.index);
      return illegal_argument(fmt::format(
          "alias [{}] has more than one index associated with it [{}], can't execute a single index op", name,
          fmt::join(names, ", ")));
    }
    if (alias.targets.size() == 1)
      if (Index index = catalog.find(alias.targets[0].index)) return index;
  }
  return index_not_found(name, "index_expression");
}

bool is_alias(const views::CatalogState& catalog, std::string_view name) {
  return catalog.find_object("elastic.alias", name) != nullptr;
}

Outcome<> check_index_name(std::string_view name) {
  if (name.empty()) return invalid_name(name, "must not be empty");
  if (name.find_first_of("\\/*?\"<>| ,") != std::string_view::npos)
    return invalid_name(
        name, "must not contain the following characters ['\\\\','/','*','?','\"','<','>','|',' ',',']");
  if (name.find('#') != std::string_view::npos) return invalid_name(name, "must not contain '#'");
  if (name.find(':') != std::string_view::npos) return invalid_name(name, "must not contain ':'");
  if (name[0] == '_' || name[0] == '-' || name[0] == '+')
    return invalid_name(name, "must not start with '_', '-', or '+'");
  if (name.size() > 255)
    return invalid_name(name, fmt::format("index name is too long, ({} > 255)", name.size()));
  if (name == "." || name == "..") return invalid_name(name, "must not be '.' or '..'");
  if (std::ranges::any_of(name, [](char c) { return c >= 'A' && c <= 'Z'; }))
    return invalid_name(name, "must be lowercase");
  return {};
}

Outcome<> check_served(const views::CollectionEntry& index) {
  const bool ready =
      index.state == views::CollectionState::kReady || index.state == views::CollectionState::kStale;
  if (ready && index.collection) return {};
  return Failure{503, "no_shard_available_action_exception",
                 fmt::format("index [{}] is not searchable yet: {}{}{}", index.name,
                             views::to_string(index.state), index.reason.empty() ? "" : ": ", index.reason)};
}

engine::CollectionStats stats_of(const views::CollectionEntry& index) {
  return index.collection ? index.collection->stats() : engine::CollectionStats{};
}

Failure on_index(Failure failure, const views::CollectionEntry& index) {
  failure.with("index_uuid", index.uuid);
  failure.with("shard", "0");
  failure.with("index", index.name);
  return failure;
}

}  // namespace stele::elastic
