#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "json/document.h"
#include "json/writer.h"
#include "protocols/elastic/failure.h"
#include "protocols/elastic/index/names.h"
#include "views/administration.h"

namespace stele::elastic {

// One step of POST /_aliases.
struct AliasAction {
  enum class Kind : std::uint8_t { kAdd, kRemove };
  Kind kind = Kind::kAdd;
  std::string index;  // a concrete one
  std::string alias;
  std::string properties = "{}";
};

// {"filter": …, "routing": …, "is_write_index": …} → what is kept of it; `index` of the result is `name`.
// 400 for what an alias does not have.
Outcome<AliasTarget> read_alias_properties(std::string name, json::Value properties, std::string_view text);

// What the aliases become by `actions` once the indices `gone` are no more, for the transaction that does
// both. 400 for a name that may not be one and for an alias with two write indices.
Outcome<std::vector<views::ObjectChange>> plan_aliases(const views::CatalogState& catalog,
                                                       const std::vector<std::string>& gone,
                                                       const std::vector<AliasAction>& actions);

// Do these patterns name this alias? None name all; "-a*" behind what matched takes it away again.
bool names_alias(const std::vector<std::string>& patterns, std::string_view alias);

// "alias":{properties} for each alias of `index` whose name the patterns name. Returns how many there were.
std::size_t write_index_aliases(json::Writer& out, const views::CatalogState& catalog, std::string_view index,
                                const std::vector<std::string>& patterns);

}  // namespace stele::elastic
