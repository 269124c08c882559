#include "protocols/redis/users/categories.h"

#include <array>

#include "protocols/redis/commands/call.h"

namespace stele::redis {

namespace {

constexpr std::array<std::string_view, 21> kNames = {
    "keyspace", "read",   "write",       "set",       "sortedset",  "list",        "hash",
    "string",   "bitmap", "hyperloglog", "geo",       "stream",     "pubsub",      "admin",
    "fast",     "slow",   "blocking",    "dangerous", "connection", "transaction", "scripting"};

constexpr Categories bit(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return 1U << i;
  }
  return 0;
}

// What a group of COMMAND DOCS is among the categories.
struct OfGroup {
  std::string_view group;
  Categories categories;
};
constexpr std::array kOfGroups = {
    OfGroup{"string", bit("string")},
    OfGroup{"hash", bit("hash")},
    OfGroup{"list", bit("list")},
    OfGroup{"set", bit("set")},
    OfGroup{"sorted_set", bit("sortedset")},
    OfGroup{"stream", bit("stream")},
    OfGroup{"geo", bit("geo")},
    OfGroup{"bitmap", bit("bitmap")},
    OfGroup{"hyperloglog", bit("hyperloglog")},
    OfGroup{"pubsub", bit("pubsub")},
    OfGroup{"connection", bit("connection")},
    OfGroup{"transactions", bit("transaction")},
    OfGroup{"scripting", bit("scripting")},
};

// What COMMAND DOCS has in a group and ACL in other categories: the group's are replaced by these.
struct Exception {
  std::string_view name;
  Categories categories;
};
constexpr Categories kTypes = bit("set") | bit("sortedset") | bit("list");
constexpr std::array kExceptions = {
    Exception{"sort", kTypes | bit("dangerous")},
    Exception{"sort_ro", kTypes | bit("dangerous")},
    Exception{"wait", bit("connection")},
    Exception{"keys", bit("keyspace") | bit("dangerous")},
    Exception{"migrate", bit("keyspace") | bit("dangerous")},
    Exception{"restore", bit("keyspace") | bit("dangerous")},
    Exception{"flushall", bit("keyspace") | bit("dangerous")},
    Exception{"flushdb", bit("keyspace") | bit("dangerous")},
    Exception{"dbsize", bit("keyspace")},
    Exception{"swapdb", bit("keyspace") | bit("dangerous")},
    Exception{"restore-asking", bit("keyspace") | bit("dangerous")},
    Exception{"memory|usage", 0},
    Exception{"pubsub|help", 0},
    Exception{"asking", bit("connection")},
    Exception{"readonly", bit("connection")},
    Exception{"readwrite", bit("connection")},
    Exception{"function|delete", bit("scripting") | bit("write")},
    Exception{"function|flush", bit("scripting") | bit("write")},
    Exception{"function|load", bit("scripting") | bit("write")},
};

Categories of_group(const Command& command) {
  for (const Exception& each : kExceptions) {
    if (each.name == command.name) return each.categories;
  }
  // The container is none of its group, since it does nothing by itself; COMMAND does.
  if (!command.subcommands.empty() && command.handler == nullptr) return 0;
  if (command.group == "generic") return bit("keyspace");
  if (command.name.starts_with("command")) return bit("connection");
  for (const OfGroup& each : kOfGroups) {
    if (each.group == command.group) return each.categories;
  }
  return 0;
}

}  // namespace

std::span<const std::string_view> category_names() {
  return kNames;
}

std::optional<Categories> find_category(std::string_view name) {
  const Categories found = bit(to_lower(name));
  if (found == 0) return std::nullopt;
  return found;
}

Categories categories_of(const Command& command) {
  Categories categories = of_group(command);
  if (command.is(flag::kWrite)) categories |= bit("write");
  // Scripts that say that they only read are no reading commands.
  if (command.is(flag::kReadOnly) && (categories & bit("scripting")) == 0) categories |= bit("read");
  if (command.is(flag::kAdmin)) categories |= bit("admin") | bit("dangerous");
  if (command.is(flag::kDangerous)) categories |= bit("dangerous");
  if (command.is(flag::kPubSub)) categories |= bit("pubsub");
  if (command.is(flag::kBlocking)) categories |= bit("blocking");
  return categories | (command.is(flag::kFast) ? bit("fast") : bit("slow"));
}

}  // namespace stele::redis
