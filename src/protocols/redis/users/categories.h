#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "protocols/redis/commands/command.h"

namespace stele::redis {

// A set of ACL categories: one bit for each row of category_names(), in its order.
using Categories = std::uint32_t;

// "keyspace", "read", …: as ACL CAT lists them.
std::span<const std::string_view> category_names();
// In any case of letters.
std::optional<Categories> find_category(std::string_view name);
// What follows from a row's flags and group.
Categories categories_of(const Command& command);

}  // namespace stele::redis
