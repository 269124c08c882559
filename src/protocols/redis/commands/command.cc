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

void begin_key_specification(wire::ReplyWriter& reply, const KeyPositions& keys, int index,
                             std::string_view kind) {
  reply.map(3);
  reply.bulk("flags");
  answer_texts(reply, words_of(keys.use));
  reply.bulk("begin_search");
  reply.map(2);
  reply.bulk("type");
  reply.bulk("index");
  reply.bulk("spec");
  reply.map(1);
  reply.bulk("index");
  reply.integer(index);
  reply.bulk("find_keys");
  reply.map(2);
  reply.bulk("type");
  reply.bulk(kind);
  reply.bulk("spec");
  reply.map(3);
}

void answer_key_specifications(wire::ReplyWriter& reply, const KeyPositions& keys) {
  reply.array((keys.first > 0 ? 1 : 0) + (keys.count_at > 0 ? 1 : 0));
  if (keys.first > 0) {
    begin_key_specification(reply, keys, keys.first, "range");
    reply.bulk("lastkey");
    reply.integer(keys.last < 0 ? keys.last : keys.last - keys.first);
    reply.bulk("keystep");
    reply.integer(keys.step);
    reply.bulk("limit");
    reply.integer(0);
  }
  if (keys.count_at == 0) return;
  begin_key_specification(reply, keys, keys.count_at, "keynum");
  reply.bulk("keynumidx");
  reply.integer(0);
  reply.bulk("firstkey");
  reply.integer(1);
  reply.bulk("keystep");
  reply.integer(1);
}

void answer_info(wire::ReplyWriter& reply, const Command& command) {
  reply.array(10);
  reply.bulk(command.name);
  reply.integer(command.arity);
  answer_texts(reply, flag_names(command));
  reply.integer(command.keys.first);
  reply.integer(command.keys.last);
  reply.integer(command.keys.step);
  answer_texts(reply, acl_categories(command));
  reply.array(0);  // tips: for clients of a cluster
  answer_key_specifications(reply, command.keys);
  reply.array(command.subcommands.size());
  for (const Command& each : command.subcommands) answer_info(reply, each);
}

void answer_documentation(wire::ReplyWriter& reply, const Command& command) {
  reply.bulk(command.name);
  reply.map(command.subcommands.empty() ? 4 : 5);
  reply.bulk("summary");
  reply.bulk(command.summary);
  reply.bulk("since");
  reply.bulk(command.since);
  reply.bulk("group");
  reply.bulk(command.group);
  reply.bulk("complexity");
  reply.bulk(command.complexity);
  if (command.subcommands.empty()) return;
  reply.bulk("subcommands");
  reply.map(command.subcommands.size());
  for (const Command& each : command.subcommands) answer_documentation(reply, each);
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
    for (const Command& each : command.subcommands) {
      if (fits(each)) names.push_back(each.name);
    }
  }
  call.reply().array(names.size());
  for (const std::string_view name : names) call.reply().bulk(name);
}

// The command that the arguments from the third on make; null after an error was answered.
const Command* asked_command(Call& call) {
  const Command* command = CommandTable::get().find(call[2]);
  if (command != nullptr && !command->subcommands.empty()) {
    command = call.size() > 3 ? CommandTable::find_subcommand(*command, call[3]) : nullptr;
  }
  if (command == nullptr) {
    call.fail("Invalid command specified");
  } else if (command->keys.empty()) {
    call.fail("The command has no key arguments");
    return nullptr;
  } else if (!command->takes(call.size() - 2)) {
    call.fail("Invalid number of arguments specified for command");
    return nullptr;
  }
  return command;
}

void getkeys(Call& call) {
  const Command* const command = asked_command(call);
  if (command == nullptr) return;
  const auto indices = key_indices(*command, call.arguments(2));
  call.reply().array(indices.size());
  for (const std::size_t i : indices) call.reply().bulk(call[i + 2]);
}

void getkeysandflags(Call& call) {
  const Command* const command = asked_command(call);
  if (command == nullptr) return;
  const auto indices = key_indices(*command, call.arguments(2));
  call.reply().array(indices.size());
  for (const std::size_t i : indices) {
    call.reply().array(2);
    call.reply().bulk(call[i + 2]);
    answer_texts(call.reply(), words_of(command->keys.use));
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
