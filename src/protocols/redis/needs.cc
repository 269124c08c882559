#include "protocols/redis/needs.h"

#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/run.h"

namespace stele::redis {

namespace {

using keyspace::KeyClass;

void add(Needs& needs, views::NodeKeys& keys, const Command& command,
         std::span<const std::string_view> arguments, keyspace::DatabaseNumber db, bool lists_written) {
  if (command.reach == Reach::kNothing) return;
  needs.keys = true;
  const bool is_script = command.is(flag::kRunsScript);
  const bool writes = command.is(flag::kWrite) || (is_script && !command.is(flag::kReadOnly));
  needs.is_script |= is_script;
  if (writes && command.reach == Reach::kWhole && command.keys.empty()) {
    needs.durable_write = needs.all_synced = needs.other_writes = true;
    return;
  }
  // What a script writes without saying so is most often of the class of all names.
  if (is_script && writes && key_indices(command, arguments).empty()) {
    needs.durable_write |= is_written_behind(keys.class_of(""));
  }
  bool is_mapped = false;
  for_each_key_index(command, arguments, [&](std::size_t i) {
    const std::string_view name = arguments[i];
    if (keys.reads_through(name)) {
      if (!writes || is_script) needs.loads.emplace_back(db, std::string(name));
      needs.sets_through |= command.name == "set";
    }
    const KeyClass key_class = keys.class_of(name);
    if (key_class == KeyClass::kMapped) {
      is_mapped = true;
      needs.is_loading |= keys.loading(name);
      return;
    }
    needs.other_writes |= writes;
    if (!writes || !is_written_behind(key_class)) return;
    needs.durable_write = true;
    if (lists_written && keys.refuses_keys()) needs.written.emplace_back(db, std::string(name));
    if (key_class == KeyClass::kDurableSync) needs.synced.emplace_back(db, std::string(name));
  });
  if (!writes || !is_mapped) return;
  for (views::MappedWrite& write : mapped_writes(keys, command, arguments, db)) {
    needs.mapped.push_back(std::move(write));
  }
}

}  // namespace

Needs needs_of(views::NodeKeys& keys, const Command& command, std::span<const std::string_view> arguments,
               const Client& client) {
  Needs needs;
  if (command.reach != Reach::kQueue) {
    add(needs, keys, command, arguments, client.db, false);
    return needs;
  }
  needs.keys = !client.transaction.commands.empty();
  std::vector<std::string_view> views;
  for (const QueuedCommand& queued : client.transaction.commands) {
    views.assign(queued.arguments.begin(), queued.arguments.end());
    add(needs, keys, *queued.command, views, client.db, true);
  }
  return needs;
}

}  // namespace stele::redis
