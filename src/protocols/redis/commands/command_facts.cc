#include "protocols/redis/commands/command_facts.h"

#include <algorithm>
#include <array>

#include "protocols/redis/users/categories.h"
#include "protocols/redis/users/key_uses.h"

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
  const auto specifications = key_specifications(command);
  const bool is_movable = std::ranges::any_of(specifications, [](const KeySpecification& each) {
    return each.is_counted || each.is_unknown || !each.keyword.empty();
  });
  if (is_movable) names.emplace_back("movablekeys");
  if (command.is(flag::kRunsScript)) {
    names.emplace_back("no_mandatory_keys");
    names.emplace_back("skip_monitor");
  }
  return names;
}

std::vector<std::string> acl_categories(const Command& command) {
  std::vector<std::string> names;
  const Categories categories = categories_of(command);
  const auto all = category_names();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if ((categories >> i & 1U) != 0) names.push_back("@" + std::string(all[i]));
  }
  return names;
}

}  // namespace stele::redis
