#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/glob.h"
#include "protocols/redis/commands/table.h"
#include "protocols/redis/users/categories.h"
#include "protocols/redis/users/rules.h"

namespace stele::redis {

namespace {

Error syntax() {
  return make_error(ErrorCode::kInvalidArgument, "Syntax error");
}

Error unknown() {
  return make_error(ErrorCode::kInvalidArgument, "Unknown command or category name in ACL");
}

Error after_all(std::string_view pattern, std::string_view word, std::string_view reset,
                std::string_view what) {
  return make_error(ErrorCode::kInvalidArgument,
                    fmt::format("Adding a pattern after the {} pattern (or the '{}' flag) is not valid and "
                                "does not have any effect. Try '{}' to start with an empty list of {}",
                                pattern, word, reset, what));
}

// Spaces and NULs would tear the line of an ACL file.
bool has_spaces(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return c == '\0' || c == ' ' || (c >= '\t' && c <= '\r'); });
}

std::size_t number_of(const Command& command) {
  return CommandTable::get().number(command);
}

// By name, those that ACL tells apart: what hides its subcommands is one command.
const Command* find_command(std::string_view name) {
  const CommandTable& table = CommandTable::get();
  const std::size_t bar = name.find('|');
  const Command* const row = table.find(name.substr(0, bar));
  if (row == nullptr || bar == std::string_view::npos) return row;
  return row->is(flag::kHidesSubcommands) ? nullptr : table.find_full(name);
}

std::span<const Command> visible_subcommands(const Command& command) {
  return command.is(flag::kHidesSubcommands) ? std::span<const Command>() : command.subcommands;
}

// Calls `take` with every command and subcommand that ACL tells apart.
template <class Take>
void for_each_command(Take take) {
  for (const Command& command : CommandTable::get().all()) {
    take(command);
    for (const Command& each : visible_subcommands(command)) take(each);
  }
}

struct CommandCategories {
  std::size_t number;
  Categories categories;
};
const std::vector<CommandCategories>& all_categories() {
  static const std::vector<CommandCategories> kAll = [] {
    std::vector<CommandCategories> all;
    for_each_command(
        [&](const Command& command) { all.push_back({number_of(command), categories_of(command)}); });
    return all;
  }();
  return kAll;
}

// Which argument of which command names channels.
struct ChannelArguments {
  std::string_view name;
  bool has_many;
  bool is_pattern;
};
constexpr std::array kChannelArguments = {
    ChannelArguments{"subscribe", true, false}, ChannelArguments{"ssubscribe", true, false},
    ChannelArguments{"psubscribe", true, true}, ChannelArguments{"publish", false, false},
    ChannelArguments{"spublish", false, false},
};

}  // namespace

const std::vector<KeyUse>& AskedRequest::keys() {
  if (!has_keys_) keys_ = key_uses(command, arguments);
  has_keys_ = true;
  return keys_;
}

Result<void> Selector::apply(std::string_view rule) {
  if (is_word(rule, "ALLKEYS") || rule == "~*") {
    all_keys_ = true;
    keys_.clear();
  } else if (is_word(rule, "RESETKEYS")) {
    all_keys_ = false;
    keys_.clear();
  } else if (is_word(rule, "ALLCHANNELS") || rule == "&*") {
    all_channels_ = true;
    channels_.clear();
  } else if (is_word(rule, "RESETCHANNELS")) {
    all_channels_ = false;
    channels_.clear();
  } else if (is_word(rule, "ALLCOMMANDS") || is_word(rule, "+@ALL")) {
    change_all(true);
  } else if (is_word(rule, "NOCOMMANDS") || is_word(rule, "-@ALL")) {
    change_all(false);
  } else if (rule.starts_with('~') || rule.starts_with('%')) {
    return add_key_pattern(rule);
  } else if (rule.starts_with('&')) {
    return add_channel(rule);
  } else if (rule.starts_with("+@") || rule.starts_with("-@")) {
    return change_category(rule);
  } else if (rule.starts_with('+') || rule.starts_with('-')) {
    return change_command(rule);
  } else {
    return syntax();
  }
  return {};
}

Result<void> Selector::add_key_pattern(std::string_view rule) {
  if (all_keys_) return after_all("*", "allkeys", "resetkeys", "patterns");
  KeyPattern added;
  std::size_t begin = 1;
  if (rule[0] == '%') {
    added.reads = added.writes = false;
    for (; begin < rule.size() && rule[begin] != '~'; ++begin) {
      bool& use = rule[begin] == 'R' || rule[begin] == 'r' ? added.reads : added.writes;
      const bool is_known = std::string_view("RrWw").find(rule[begin]) != std::string_view::npos;
      if (!is_known || use) return syntax();
      use = true;
    }
    if (begin >= rule.size() || (!added.reads && !added.writes)) return syntax();
    ++begin;
  }
  added.pattern = rule.substr(begin);
  if (has_spaces(added.pattern)) return syntax();
  const auto found = std::ranges::find(keys_, added.pattern, &KeyPattern::pattern);
  if (found == keys_.end()) {
    keys_.push_back(std::move(added));
  } else {
    found->reads |= added.reads;
    found->writes |= added.writes;
  }
  return {};
}

Result<void> Selector::add_channel(std::string_view rule) {
  if (all_channels_) return after_all("*", "allchannels", "resetchannels", "channels");
  const std::string_view pattern = rule.substr(1);
  if (has_spaces(pattern)) return syntax();
  if (std::ranges::find(channels_, pattern) == channels_.end()) channels_.emplace_back(pattern);
  return {};
}

Result<void> Selector::change_command(std::string_view rule) {
  const std::string_view name = rule.substr(1);
  const bool is_allowed = rule[0] == '+';
  if (is_allowed && name.find('|') != std::string_view::npos) return allow_argument(name);
  const Command* const command = find_command(name);
  if (command == nullptr) return unknown();
  change(*command, is_allowed);
  return {};
}

// "client|id", a subcommand, or "select|0", a first argument of what has no subcommands.
Result<void> Selector::allow_argument(std::string_view name) {
  const std::size_t bar = name.rfind('|');
  const std::string_view argument = name.substr(bar + 1);
  const Command* const command = find_command(name.substr(0, bar));
  if (command == nullptr) return unknown();
  if (command->name.find('|') != std::string_view::npos) {
    return make_error(ErrorCode::kInvalidArgument, "Allowing first-arg of a subcommand is not supported");
  }
  if (argument.empty()) return syntax();
  if (!visible_subcommands(*command).empty()) {
    const Command* const subcommand = find_command(name);
    if (subcommand == nullptr) return unknown();
    change(*subcommand, true);
    return {};
  }
  if (has_spaces(argument)) return syntax();
  std::vector<std::string>& allowed = first_arguments_[number_of(*command)];
  const std::string lowered = to_lower(argument);
  if (std::ranges::find(allowed, lowered) == allowed.end()) allowed.push_back(lowered);
  return {};
}

Result<void> Selector::change_category(std::string_view rule) {
  const auto category = find_category(rule.substr(2));
  if (!category) return unknown();
  change_all_of(*category, rule[0] == '+');
  return {};
}

void Selector::change(const Command& command, bool is_allowed) {
  const std::size_t number = number_of(command);
  commands_.set(number, is_allowed);
  if (!is_allowed) all_commands_ = false;
  first_arguments_.erase(number);
  for (const Command& each : visible_subcommands(command)) change(each, is_allowed);
}

void Selector::change_all(bool is_allowed) {
  is_allowed ? commands_.set() : commands_.reset();
  all_commands_ = future_commands_ = is_allowed;
  first_arguments_.clear();
}

void Selector::change_all_of(std::uint32_t category, bool is_allowed) {
  for_each_command([&](const Command& command) {
    if ((categories_of(command) & category) != 0) change(command, is_allowed);
  });
}

bool Selector::may_run(const AskedRequest& request) const {
  if (all_commands_ || request.command.is(flag::kNoAuth)) return true;
  const std::size_t number = number_of(request.command);
  if (commands_.test(number)) return true;
  const auto found = first_arguments_.find(number);
  if (found == first_arguments_.end() || request.arguments.size() < 2) return false;
  return std::ranges::find(found->second, to_lower(request.arguments[1])) != found->second.end();
}

bool Selector::may_use(const KeyUse& use, std::string_view key) const {
  return std::ranges::any_of(keys_, [&](const KeyPattern& each) {
    return (each.reads || !use.is_read()) && (each.writes || !use.is_written()) &&
           fits_glob(each.pattern, key);
  });
}

bool Selector::may_use_channel(std::string_view channel, bool is_pattern) const {
  return std::ranges::any_of(channels_, [&](const std::string& each) {
    return is_pattern ? each == channel : fits_glob(each, channel);
  });
}

Verdict Selector::check(AskedRequest& request) const {
  if (!may_run(request)) return {Denial::kCommand, 0};
  if (!all_keys_) {
    for (const KeyUse& use : request.keys()) {
      if (!may_use(use, request.arguments[use.index])) return {Denial::kKey, use.index};
    }
  }
  if (all_channels_ || request.command.group != "pubsub") return {};
  const auto found = std::ranges::find(kChannelArguments, request.command.name, &ChannelArguments::name);
  if (found == kChannelArguments.end()) return {};
  const std::size_t end = found->has_many ? request.arguments.size() : 2;
  for (std::size_t i = 1; i < end; ++i) {
    if (!may_use_channel(request.arguments[i], found->is_pattern)) return {Denial::kChannel, i};
  }
  return {};
}

bool Selector::may_read_all(AskedRequest& request) const {
  if (!check(request).is_allowed()) return false;
  return all_keys_ ||
         std::ranges::any_of(keys_, [](const KeyPattern& each) { return each.reads && each.pattern == "*"; });
}

// The categories that come nearest to what is allowed, one after the other; `written` gets them too.
std::string Selector::closest_categories(Selector& written) const {
  std::string text;
  Selector left = *this;
  Categories used = 0;
  const auto names = category_names();
  while (true) {
    std::optional<std::size_t> best;
    std::size_t least_different = std::numeric_limits<std::size_t>::max();
    std::size_t most_alike = 0;
    for (std::size_t i = 0; i < names.size(); ++i) {
      if ((used >> i & 1U) != 0) continue;
      std::size_t on = 0;
      std::size_t off = 0;
      for (const CommandCategories& each : all_categories()) {
        if ((each.categories >> i & 1U) != 0) left.commands_.test(each.number) ? ++on : ++off;
      }
      const std::size_t different = future_commands_ ? on : off;
      const std::size_t alike = future_commands_ ? off : on;
      const bool is_better =
          different < least_different || (different == least_different && alike > most_alike);
      if (alike <= different || !is_better) continue;
      best = i;
      least_different = different;
      most_alike = alike;
    }
    if (!best) return text;
    const Categories category = 1U << *best;
    used |= category;
    written.change_all_of(category, !future_commands_);
    left.change_all_of(category, future_commands_);
    text += fmt::format(" {}@{}", future_commands_ ? '-' : '+', names[*best]);
  }
}

void Selector::describe_differences(const Command& command, Selector& written, std::string& text) const {
  const std::size_t number = number_of(command);
  const bool is_allowed = commands_.test(number);
  if (is_allowed != written.commands_.test(number)) {
    text += fmt::format(" {}{}", is_allowed ? '+' : '-', command.name);
    written.change(command, is_allowed);
  }
  for (const Command& each : visible_subcommands(command)) describe_differences(each, written, text);
  const auto found = first_arguments_.find(number);
  if (is_allowed || found == first_arguments_.end()) return;
  for (const std::string& argument : found->second) text += fmt::format(" +{}|{}", command.name, argument);
}

std::string Selector::describe_commands() const {
  Selector written(false);
  written.change_all(future_commands_);
  std::string text = future_commands_ ? "+@all" : "-@all";
  text += closest_categories(written);
  for (const Command& command : CommandTable::get().all()) describe_differences(command, written, text);
  return text;
}

std::string Selector::describe_keys() const {
  if (all_keys_) return "~*";
  std::string text;
  for (const KeyPattern& each : keys_) {
    const std::string_view mark = each.reads && each.writes ? "~" : (each.reads ? "%R~" : "%W~");
    text += fmt::format("{}{}{}", text.empty() ? "" : " ", mark, each.pattern);
  }
  return text;
}

std::string Selector::describe_channels() const {
  if (all_channels_) return "&*";
  std::string text;
  for (const std::string& each : channels_) text += fmt::format("{}&{}", text.empty() ? "" : " ", each);
  return text;
}

std::string Selector::describe() const {
  const std::string keys = describe_keys();
  const std::string channels = describe_channels();
  return fmt::format("{}{}{}{}{}{}", keys, keys.empty() ? "" : " ", all_channels_ ? "" : "resetchannels ",
                     channels, channels.empty() ? "" : " ", describe_commands());
}

}  // namespace stele::redis
