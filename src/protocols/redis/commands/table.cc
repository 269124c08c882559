#include "protocols/redis/commands/table.h"

#include "base/check.h"

namespace stele::redis {

namespace {

constexpr std::size_t kSlots = 1024;  // a power of two, about four times the commands
constexpr std::size_t kLongestName = 24;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::size_t hash_name(std::string_view name) {
  std::uint32_t hash = 2166136261U;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(lower(c))) * 16777619U;
  return (hash ^ (hash >> 15)) & (kSlots - 1);
}

bool equal_ignoring_case(std::string_view text, std::string_view lowered) {
  if (text.size() != lowered.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (lower(text[i]) != lowered[i]) return false;
  }
  return true;
}

}  // namespace

const CommandTable& CommandTable::get() {
  static const CommandTable table;
  return table;
}

CommandTable::CommandTable() : slots_(kSlots) {
  for (const auto& family : {string_commands(),
                             number_commands(),
                             hash_commands(),
                             hash_expiry_commands(),
                             list_commands(),
                             blocking_list_commands(),
                             set_commands(),
                             sorted_set_commands(),
                             blocking_sorted_set_commands(),
                             sorted_set_range_commands(),
                             sorted_set_algebra_commands(),
                             geo_commands(),
                             stream_commands(),
                             stream_read_commands(),
                             stream_group_commands(),
                             stream_claim_commands(),
                             stream_info_commands(),
                             sort_commands(),
                             key_commands(),
                             memory_commands(),
                             expiry_commands(),
                             scan_commands(),
                             dump_commands(),
                             connection_commands(),
                             client_commands(),
                             transaction_commands(),
                             pubsub_commands(),
                             scripting_commands(),
                             bitmap_commands(),
                             bitfield_commands(),
                             hyperloglog_commands(),
                             function_commands(),
                             operation_commands(),
                             debug_commands(),
                             server_commands(),
                             command_commands(),
                             config_commands(),
                             stele_commands(),
                             acl_commands(),
                             latency_commands(),
                             refused_commands()}) {
    rows_.insert(rows_.end(), family.begin(), family.end());
  }
  STELE_CHECK(rows_.size() < kSlots / 2);
  for (const Command& command : rows_) {
    std::size_t slot = hash_name(command.name);
    while (slots_[slot] != nullptr) slot = (slot + 1) % kSlots;
    slots_[slot] = &command;
    by_number_.push_back(&command);
  }
  for (const Command& command : rows_) {
    for (const Command& each : command.subcommands) {
      const bool is_hidden = command.is(flag::kHidesSubcommands);
      numbers_.emplace(&each, is_hidden ? number(command) : by_number_.size());
      if (!is_hidden) by_number_.push_back(&each);
    }
  }
}

const Command* CommandTable::find(std::string_view name) const {
  if (name.size() > kLongestName) return nullptr;
  for (std::size_t slot = hash_name(name); slots_[slot] != nullptr; slot = (slot + 1) % kSlots) {
    if (equal_ignoring_case(name, slots_[slot]->name)) return slots_[slot];
  }
  return nullptr;
}

const Command* CommandTable::find_subcommand(const Command& container, std::string_view name) {
  for (const Command& command : container.subcommands) {
    if (equal_ignoring_case(name, command.name.substr(container.name.size() + 1))) return &command;
  }
  return nullptr;
}

const Command* CommandTable::find_full(std::string_view name) const {
  const std::size_t bar = name.find('|');
  const Command* const command = find(name.substr(0, bar));
  if (command == nullptr || bar == std::string_view::npos) return command;
  return find_subcommand(*command, name.substr(bar + 1));
}

}  // namespace stele::redis
