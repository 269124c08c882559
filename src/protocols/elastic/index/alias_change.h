#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "json/document.h"
#include "json/writer.h"
#include "net/task.h"
#include "protocols/elastic/call.h"
#include "protocols/elastic/index/names.h"

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

// All of them in one transaction of the catalog.
net::Task<Outcome<>> change_aliases(Call* call, std::vector<AliasAction> actions);
// Before an index goes.
net::Task<Outcome<>> forget_index_in_aliases(Call* call, std::string index);

// Do these patterns name this alias? None name all; "-a*" behind what matched takes it away again.
bool names_alias(const std::vector<std::string>& patterns, std::string_view alias);

// "alias":{properties} for each alias of `index` whose name the patterns name. Returns how many there were.
std::size_t write_index_aliases(json::Writer& out, const views::CatalogState& catalog, std::string_view index,
                                const std::vector<std::string>& patterns);

}  // namespace stele::elastic
