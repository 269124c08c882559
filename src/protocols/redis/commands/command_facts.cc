#include "protocols/redis/commands/command_facts.h"

#include <array>

namespace stele::redis {

namespace {

struct FlagName {
  std::uint32_t flag;
  std::string_view name;
};

constexpr std::array kFlagNames = {
    FlagName{flag::kWrite, "write"},
    FlagName{flag::kReadOnly, "readonly"},
    FlagName{flag::kDenyOom, "denyoom"},
    FlagName{flag::kAdmin, "admin"},
    FlagName{flag::kPubSub, "pubsub"},
    FlagName{flag::kNoScript, "noscript"},
    FlagName{flag::kLoading, "loading"},
    FlagName{flag::kStale, "stale"},
    FlagName{flag::kSkipSlowlog, "skip_slowlog"},
    FlagName{flag::kFast, "fast"},
    FlagName{flag::kNoAuth, "no_auth"},
    FlagName{flag::kAllowBusy, "allow_busy"},
    FlagName{flag::kNoMulti, "no_multi"},
    FlagName{flag::kBlocking, "blocking"},
};

}  // namespace

std::vector<std::string_view> flag_names(const Command& command) {
  std::vector<std::string_view> names;
  for (const FlagName& each : kFlagNames) {
    if (command.is(each.flag)) names.push_back(each.name);
  }
  if (command.keys.count_at > 0 || command.keys.may_store) names.push_back("movablekeys");
  return names;
}

std::vector<std::string> acl_categories(const Command& command) {
  std::vector<std::string> categories;
  const std::string_view group = command.group;
  const bool is_on_keys = command.reach != Reach::kNothing || command.is(flag::kWrite | flag::kReadOnly);
  if (group == "generic" && command.subcommands.empty() && is_on_keys) categories.emplace_back("@keyspace");
  if (group == "server" && command.is(flag::kWrite | flag::kReadOnly)) categories.emplace_back("@keyspace");
  if (command.is(flag::kReadOnly)) categories.emplace_back("@read");
  if (command.is(flag::kWrite)) categories.emplace_back("@write");
  for (const std::string_view type : {"string", "hash", "list", "set", "stream", "geo"}) {
    if (group == type) categories.push_back("@" + std::string(group));
  }
  if (group == "sorted_set") categories.emplace_back("@sortedset");
  if (command.is(flag::kAdmin)) categories.emplace_back("@admin");
  categories.emplace_back(command.is(flag::kFast) ? "@fast" : "@slow");
  if (command.is(flag::kDangerous | flag::kAdmin)) categories.emplace_back("@dangerous");
  if (command.is(flag::kBlocking)) categories.emplace_back("@blocking");
  if (group == "pubsub") categories.emplace_back("@pubsub");
  if (group == "bitmap" || group == "hyperloglog") categories.push_back("@" + std::string(group));
  if (group == "connection") categories.emplace_back("@connection");
  if (group == "transactions") categories.emplace_back("@transaction");
  if (group == "scripting") categories.emplace_back("@scripting");
  return categories;
}

}  // namespace stele::redis
