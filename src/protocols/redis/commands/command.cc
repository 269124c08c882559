// COMMAND: the table of commands, told to clients.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/command_facts.h"
#include "protocols/redis/commands/glob.h"
#include "protocols/redis/commands/table.h"
#include "protocols/redis/users/key_uses.h"

namespace stele::redis {

namespace {

template <class Texts>
void answer_texts(wire::ReplyWriter& reply, const Texts& texts) {
  reply.set(texts.size());
  for (const auto& text : texts) reply.simple(text);
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    words.push_back(text.substr(0, text.find(' ')));
    text.remove_prefix(std::min(text.size(), words.back().size() + 1));
  }
  return words;
}

void answer_unknown(wire::ReplyWriter& reply, std::string_view name) {
  reply.bulk(name);
  reply.map(2);
  reply.bulk("type");
  reply.bulk("unknown");
  reply.bulk("spec");
  reply.map(0);
}

void answer_begin(wire::ReplyWriter& reply, const KeySpecification& specification) {
  if (specification.is_unknown) return answer_unknown(reply, "begin_search");
  const bool is_index = specification.keyword.empty();
  reply.bulk("begin_search");
  reply.map(2);
  reply.bulk("type");
  reply.bulk(is_index ? "index" : "keyword");
  reply.bulk("spec");
  reply.map(is_index ? 1 : 2);
  if (is_index) {
    reply.bulk("index");
    return reply.integer(specification.first);
  }
  reply.bulk("keyword");
  reply.bulk(specification.keyword);
  reply.bulk("startfrom");
  reply.integer(specification.from);
}

void answer_found(wire::ReplyWriter& reply, const KeySpecification& specification) {
  if (specification.is_unknown) return answer_unknown(reply, "find_keys");
  reply.bulk("find_keys");
  reply.map(2);
  reply.bulk("type");
  reply.bulk(specification.is_counted ? "keynum" : "range");
  reply.bulk("spec");
  reply.map(3);
  if (specification.is_counted) {
    reply.bulk("keynumidx");
    reply.integer(0);
    reply.bulk("firstkey");
    reply.integer(1);
    reply.bulk("keystep");
    return reply.integer(1);
  }
  reply.bulk("lastkey");
  reply.integer(specification.last);
  reply.bulk("keystep");
  reply.integer(specification.step);
  reply.bulk("limit");
  reply.integer(specification.limit);
}

void answer_key_specifications(wire::ReplyWriter& reply, const Command& command) {
  const auto specifications = key_specifications(command);
  reply.array(specifications.size());
  for (const KeySpecification& each : specifications) {
    reply.map(3);
    reply.bulk("flags");
    answer_texts(reply, words_of(each.use));
    answer_begin(reply, each);
    answer_found(reply, each);
  }
}

// What is neither read nor written through a cluster: COMMAND has the first range of keys alone.
struct FirstRange {
  int first = 0;
  int last = 0;
  int step = 0;
};
FirstRange first_range(const Command& command) {
  for (const KeySpecification& each : key_specifications(command)) {
    if (each.is_unknown || each.is_counted || !each.keyword.empty()) continue;
    // Further keys that follow at once are of the range.
    FirstRange range{each.first, each.last < 0 ? each.last : each.first + each.last, each.step};
    if (command.keys.first == each.first && command.keys.last != 0) range.last = command.keys.last;
    return range;
  }
  return {};
}

// Hidden ones are arguments of one command.
std::span<const Command> visible_subcommands(const Command& command) {
  return command.is(flag::kHidesSubcommands) ? std::span<const Command>() : command.subcommands;
}

void answer_info(wire::ReplyWriter& reply, const Command& command) {
  reply.array(10);
  reply.bulk(command.name);
  reply.integer(command.arity);
  answer_texts(reply, flag_names(command));
  const FirstRange range = first_range(command);
  reply.integer(range.first);
  reply.integer(range.last);
  reply.integer(range.step);
  answer_texts(reply, acl_categories(command));
  reply.array(0);  // tips: for clients of a cluster
  answer_key_specifications(reply, command);
  const auto subcommands = visible_subcommands(command);
  reply.array(subcommands.size());
  for (const Command& each : subcommands) answer_info(reply, each);
}

void answer_documentation(wire::ReplyWriter& reply, const Command& command) {
  reply.bulk(command.name);
  const auto subcommands = visible_subcommands(command);
  reply.map(subcommands.empty() ? 4 : 5);
  reply.bulk("summary");
  reply.bulk(command.summary);
  reply.bulk("since");
  reply.bulk(command.since);
  reply.bulk("group");
  reply.bulk(command.group);
  reply.bulk("complexity");
  reply.bulk(command.complexity);
  if (subcommands.empty()) return;
  reply.bulk("subcommands");
  reply.map(subcommands.size());
  for (const Command& each : subcommands) answer_documentation(reply, each);
}

void all_infos(Call& call) {
  const auto commands = CommandTable::get().all();
  call.reply().array(commands.size());
  for (const Command& command : commands) answer_info(call.reply(), command);
}

void count(Call& call) {
  call.reply().integer(static_cast<std::int64_t>(CommandTable::get().all().size()));
}

void info(Call& call) {
  if (call.size() == 2) return all_infos(call);
  call.reply().array(call.size() - 2);
  for (const std::string_view name : call.arguments(2)) {
    const Command* const command = CommandTable::get().find_full(name);
    command != nullptr ? answer_info(call.reply(), *command) : call.reply().null_array();
  }
}

void docs(Call& call) {
  std::vector<const Command*> found;
  for (const std::string_view name : call.arguments(2)) {
    const Command* const command = CommandTable::get().find_full(name);
    if (command != nullptr) found.push_back(command);
  }
  if (call.size() == 2) {
    for (const Command& command : CommandTable::get().all()) found.push_back(&command);
  }
  call.reply().map(found.size());
  for (const Command* const command : found) answer_documentation(call.reply(), *command);
}

void list(Call& call) {
  const bool is_filtered = call.size() == 5 && call.is(2, "FILTERBY");
  const bool by_module = is_filtered && call.is(3, "MODULE");
  const bool by_category = is_filtered && call.is(3, "ACLCAT");
  const bool by_pattern = is_filtered && call.is(3, "PATTERN");
  if (call.size() != 2 && !by_module && !by_category && !by_pattern) return call.fail_syntax();
  const auto fits = [&](const Command& command) {
    if (by_pattern) return fits_glob_ignoring_case(call[4], command.name);
    if (!by_category) return !by_module;
    const auto categories = acl_categories(command);
    return std::ranges::find(categories, "@" + to_lower(call[4])) != categories.end();
  };
  std::vector<std::string_view> names;
  for (const Command& command : CommandTable::get().all()) {
    if (fits(command)) names.push_back(command.name);
    for (const Command& each : visible_subcommands(command)) {
      if (fits(each)) names.push_back(each.name);
    }
  }
  call.reply().array(names.size());
  for (const std::string_view name : names) call.reply().bulk(name);
}

bool has_keys(const Command& command) {
  return std::ranges::any_of(key_specifications(command),
                             [](const KeySpecification& each) { return each.use != "not_key"; });
}

// The command that the arguments from the third on make; null after an error was answered.
const Command* asked_command(Call& call) {
  const Command* command = CommandTable::get().find(call[2]);
  if (command != nullptr && !command->subcommands.empty()) {
    command = call.size() > 3 ? CommandTable::find_subcommand(*command, call[3]) : nullptr;
  }
  if (command == nullptr) {
    call.fail("Invalid command specified");
  } else if (!has_keys(*command)) {
    call.fail("The command has no key arguments");
    return nullptr;
  } else if (!command->takes(call.size() - 2)) {
    call.fail("Invalid number of arguments specified for command");
    return nullptr;
  }
  return command;
}

// The keys of the request that is asked for; nothing after an error was answered.
std::vector<KeyUse> asked_keys(Call& call) {
  const Command* const command = asked_command(call);
  if (command == nullptr) return {};
  std::vector<KeyUse> uses = key_uses(*command, call.arguments(2));
  if (!uses.empty()) return uses;
  // A script may have none.
  command->is(flag::kRunsScript) ? call.reply().array(0)
                                 : call.fail("Invalid arguments specified for command");
  return uses;
}

void getkeys(Call& call) {
  const auto uses = asked_keys(call);
  if (uses.empty()) return;
  call.reply().array(uses.size());
  for (const KeyUse& use : uses) call.reply().bulk(call[use.index + 2]);
}

void getkeysandflags(Call& call) {
  const auto uses = asked_keys(call);
  if (uses.empty()) return;
  call.reply().array(uses.size());
  for (const KeyUse& use : uses) {
    call.reply().array(2);
    call.reply().bulk(call[use.index + 2]);
    answer_texts(call.reply(), words_of(use.use));
  }
}

void help(Call& call) {
  constexpr std::array<std::string_view, 12> kLines = {
      "(no subcommand)",
      "    Answer the facts of all commands.",
      "COUNT",
      "    Answer how many commands there are.",
      "DOCS [<command-name> ...]",
      "    Answer the documentation of commands.",
      "GETKEYS <full-command>, GETKEYSANDFLAGS <full-command>",
      "    Answer the keys of a request.",
      "INFO [<command-name> ...]",
      "    Answer the facts of commands.",
      "LIST [FILTERBY (MODULE <module-name>|ACLCAT <category>|PATTERN <pattern>)]",
      "    Answer the names of commands.",
  };
  answer_help(call, "command", kLines);
}

constexpr std::uint32_t kFlags = flag::kLoading | flag::kStale;
constexpr auto kNothing = Reach::kNothing;
constexpr std::string_view kByNames = "O(N) where N is the number of commands";

constexpr std::array kCommandCommands = {
    Command{"command|count",
            2,
            kFlags,
            {},
            kNothing,
            count,
            "server",
            "2.8.13",
            "O(1)",
            "Answers how many commands there are"},
    Command{"command|info",
            -2,
            kFlags,
            {},
            kNothing,
            info,
            "server",
            "2.8.13",
            kByNames,
            "Answers the facts of commands"},
    Command{"command|docs",
            -2,
            kFlags,
            {},
            kNothing,
            docs,
            "server",
            "7.0.0",
            kByNames,
            "Answers the documentation of commands"},
    Command{"command|list",
            -2,
            kFlags,
            {},
            kNothing,
            list,
            "server",
            "7.0.0",
            kByNames,
            "Answers the names of commands"},
    Command{"command|getkeys",
            -4,
            kFlags,
            {},
            kNothing,
            getkeys,
            "server",
            "2.8.13",
            "O(N)",
            "Answers the keys of a request"},
    Command{"command|getkeysandflags",
            -4,
            kFlags,
            {},
            kNothing,
            getkeysandflags,
            "server",
            "7.0.0",
            "O(N)",
            "Answers the keys of a request and what is done to them"},
    Command{
        "command|help", 2, kFlags, {}, kNothing, help, "server", "5.0.0", "O(1)", "Says what COMMAND can do"},
};

constexpr std::array kCommands = {
    Command{"command",
            -1,
            kFlags,
            {},
            kNothing,
            all_infos,
            "server",
            "2.8.13",
            kByNames,
            "Answers the facts of all commands",
            kCommandCommands},
};

}  // namespace

std::span<const Command> command_commands() {
  return kCommands;
}

}  // namespace stele::redis
