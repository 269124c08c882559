#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "protocols/redis/commands/command.h"

namespace stele::redis {

// Which command has this name? All rows of all families, hashed by name; the names of Redis 7 that are not
// here yet are told apart from names that nobody knows. Immutable, for any thread. Cost of find(): one hash
// and one comparison.
class CommandTable {
 public:
  static const CommandTable& get();

  // In any case of letters; null for a name that is not served.
  const Command* find(std::string_view name) const;
  // A subcommand of a container, by the second argument.
  static const Command* find_subcommand(const Command& container, std::string_view name);
  // "client|list" or "get".
  const Command* find_full(std::string_view name) const;

  std::span<const Command> all() const { return rows_; }
  // Whether it is a row of all(), and no subcommand.
  bool has(const Command& command) const {
    const auto address = reinterpret_cast<std::uintptr_t>(&command);
    const auto begin = reinterpret_cast<std::uintptr_t>(rows_.data());
    return address >= begin && address < begin + rows_.size() * sizeof(Command);
  }
  // A number for each command and subcommand, for counters and rules: rows of all() first. Hidden subcommands
  // have that of their container.
  std::size_t number(const Command& command) const {
    return has(command) ? static_cast<std::size_t>(&command - rows_.data()) : numbers_.at(&command);
  }
  std::size_t numbers() const { return by_number_.size(); }
  const Command& row_at(std::size_t number) const { return *by_number_[number]; }

 private:
  CommandTable();

  std::vector<Command> rows_;          // of all families, in their order
  std::vector<const Command*> slots_;  // open addressing, into rows_
  std::vector<const Command*> by_number_;
  std::unordered_map<const Command*, std::size_t> numbers_;  // of subcommands
};

// What Redis 7 has under that name and Stele does not serve.
bool is_known_to_redis(std::string_view name);
bool is_known_to_redis(std::string_view container, std::string_view subcommand);

// The families, one a file.
std::span<const Command> string_commands();
std::span<const Command> number_commands();
std::span<const Command> hash_commands();
std::span<const Command> hash_expiry_commands();
std::span<const Command> list_commands();
std::span<const Command> blocking_list_commands();
std::span<const Command> set_commands();
std::span<const Command> sorted_set_commands();
std::span<const Command> blocking_sorted_set_commands();
std::span<const Command> sorted_set_range_commands();
std::span<const Command> sorted_set_algebra_commands();
std::span<const Command> geo_commands();
std::span<const Command> stream_commands();
std::span<const Command> stream_read_commands();
std::span<const Command> stream_group_commands();
std::span<const Command> stream_claim_commands();
std::span<const Command> stream_info_commands();
std::span<const Command> sort_commands();
std::span<const Command> key_commands();
std::span<const Command> memory_commands();
std::span<const Command> expiry_commands();
std::span<const Command> scan_commands();
std::span<const Command> dump_commands();
std::span<const Command> connection_commands();
std::span<const Command> client_commands();
std::span<const Command> transaction_commands();
std::span<const Command> pubsub_commands();
std::span<const Command> scripting_commands();
std::span<const Command> bitmap_commands();
std::span<const Command> bitfield_commands();
std::span<const Command> hyperloglog_commands();
std::span<const Command> function_commands();
std::span<const Command> operation_commands();
std::span<const Command> debug_commands();
std::span<const Command> server_commands();
std::span<const Command> command_commands();
std::span<const Command> config_commands();
std::span<const Command> stele_commands();
std::span<const Command> acl_commands();
std::span<const Command> latency_commands();
std::span<const Command> refused_commands();

}  // namespace stele::redis
