#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/collection.h"
#include "json/document.h"
#include "protocols/elastic/failure.h"
#include "protocols/elastic/parameters.h"
#include "views/catalog.h"

namespace stele::elastic {

using Index = std::shared_ptr<const views::CollectionEntry>;

// One index under an alias, as the alias' row in the catalog says (kind "elastic.alias": {"indices":{name:
// {filter, index_routing, search_routing, is_write_index, is_hidden}}}).
struct AliasTarget {
  std::string index;
  std::string properties = "{}";  // the JSON object as it was given
  bool is_write_index = false;
  bool write_index_is_set = false;
  bool is_hidden = false;
};
struct Alias {
  std::string name;
  std::vector<AliasTarget> targets;

  // All its targets say the same.
  bool is_hidden() const { return !targets.empty() && targets.front().is_hidden; }
};
Alias read_alias(const views::CatalogObject& object);
std::string alias_definition(const Alias& alias);
std::vector<Alias> all_aliases(const views::CatalogState& catalog);

// What to do with names that stand for nothing.
struct IndicesOptions {
  bool ignore_unavailable = false;
  bool allow_no_indices = true;
  bool expand_hidden = false;
  bool expand = true;   // expand_wildcards=none: patterns stand for nothing
  bool aliases = true;  // false: names and patterns stand for indices alone

  static Outcome<IndicesOptions> from(const Parameters& parameters);
};

struct ResolvedIndex {
  Index index;
  // JSON filters of the aliases by which it was named; empty when it was also named by itself.
  std::vector<std::string> filters;
};

// Which indices does "a,b*,-bc,alias" name? In the order of first mention, each once. "", "_all" and "*" are
// all that are not hidden. 404 index_not_found_exception for what is not there.
Outcome<std::vector<ResolvedIndex>> resolve_indices(const views::CatalogState& catalog,
                                                    std::string_view expression,
                                                    const IndicesOptions& options);

// The one index that documents named `name` are written to: the index, or the write index of the alias. Null
// when there is nothing of that name; 400 when an alias has no write index.
Outcome<Index> resolve_write_index(const views::CatalogState& catalog, std::string_view name);
// The one index to read a document from; 404 else.
Outcome<Index> resolve_one_index(const views::CatalogState& catalog, std::string_view name);
bool is_alias(const views::CatalogState& catalog, std::string_view name);

// 400 invalid_index_name_exception for what may not be an index' name (or an alias').
Outcome<> check_index_name(std::string_view name);

// 503 for an index that has not joined the stream yet, or cannot be served; nothing for one that is.
Outcome<> check_served(const views::CollectionEntry& index);
// How much it holds; nothing while it is being built.
engine::CollectionStats stats_of(const views::CollectionEntry& index);

// Facts that Elasticsearch adds to an index' failures.
Failure on_index(Failure failure, const views::CollectionEntry& index);

}  // namespace stele::elastic
