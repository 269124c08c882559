#include "protocols/redis/tracking/events.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace stele::redis {

namespace {

using keyspace::Change;
using keyspace::ChangeEvent;
using keyspace::ValueType;

struct Letter {
  char letter;
  bool is_event;  // one of those that A stands for
};

// In the order of CONFIG GET, which is also that of the bits.
constexpr std::array kLetters = {
    Letter{'g', true},  Letter{'$', true},  Letter{'l', true},  Letter{'s', true}, Letter{'h', true},
    Letter{'z', true},  Letter{'x', true},  Letter{'e', true},  Letter{'t', true}, Letter{'d', true},
    Letter{'n', false}, Letter{'K', false}, Letter{'E', false}, Letter{'m', false}};

constexpr std::uint32_t bit_of(char letter) {
  for (std::size_t i = 0; i < kLetters.size(); ++i) {
    if (kLetters[i].letter == letter) return 1U << i;
  }
  return 0;
}

constexpr std::uint32_t all_events() {
  std::uint32_t bits = 0;
  for (const Letter& each : kLetters) bits |= each.is_event ? bit_of(each.letter) : 0;
  return bits;
}

constexpr auto kGeneric = std::to_array<std::string_view>(
    {"copy_to", "del", "expire", "move_from", "move_to", "persist", "rename_from", "rename_to", "restore"});
constexpr auto kString = std::to_array<std::string_view>(
    {"append", "incrby", "incrbyfloat", "pfadd", "set", "setbit", "setrange"});

// Which letter asks for the event of this name: after the few that are listed, the first letters tell.
std::uint32_t class_of(std::string_view event) {
  if (event == "expired") return bit_of('x');
  if (event == "evicted") return bit_of('e');
  if (std::ranges::find(kGeneric, event) != kGeneric.end()) return bit_of('g');
  if (std::ranges::find(kString, event) != kString.end()) return bit_of('$');
  if (event.starts_with("geo")) return bit_of('z');
  if (event == "sortstore") return bit_of('l');
  switch (event.front()) {
    case 'h':
    case 's':
    case 'z':
      return bit_of(event.front());
    case 'x':
      return bit_of('t');
    default:
      return bit_of('l');  // lpush, rpop, …
  }
}

// What PostgreSQL changed is told as the command that would have done it.
std::string_view name_of_applied(ValueType type) {
  switch (type) {
    case ValueType::kNone:
      return "del";
    case ValueType::kString:
      return "set";
    case ValueType::kHash:
      return "hset";
    case ValueType::kList:
      return "rpush";
    case ValueType::kSet:
      return "sadd";
    case ValueType::kSortedSet:
      return "zadd";
    case ValueType::kStream:
      return "xadd";
  }
  return "";
}

}  // namespace

std::optional<std::uint32_t> read_notified(std::string_view letters) {
  std::uint32_t bits = 0;
  for (const char letter : letters) {
    const std::uint32_t bit = letter == 'A' ? all_events() : bit_of(letter);
    if (bit == 0) return std::nullopt;
    bits |= bit;
  }
  return bits;
}

std::string write_notified(std::uint32_t notified) {
  std::string letters;
  const bool has_all = (notified & all_events()) == all_events();
  if (has_all) letters += 'A';
  for (const auto& [letter, is_event] : kLetters) {
    // Redis names none of the rest beside A but these three.
    const bool is_told = is_event || letter == 'n' ? !has_all : true;
    if (is_told && (notified & bit_of(letter)) != 0) letters += letter;
  }
  return letters;
}

void Events::publish(std::string_view event, const Change& change, std::uint32_t notified) {
  if ((notified & class_of(event)) == 0) return;
  const std::uint16_t db = change.key.db.value();
  if ((notified & bit_of('K')) != 0) {
    channels_.publish(fmt::format("__keyspace@{}__:{}", db, change.key.name), event);
  }
  if ((notified & bit_of('E')) != 0) {
    channels_.publish(fmt::format("__keyevent@{}__:{}", db, event), change.key.name);
  }
}

void Events::notify(const Change& change, std::uint32_t notified) {
  if (change.event == ChangeEvent::kApplied) return publish(name_of_applied(change.type), change, notified);
  const std::string_view name = keyspace::notification_name(change.event);
  if (!name.empty()) publish(name, change, notified);
}

void Events::on_changes(std::span<const Change> changes) {
  if (tracking_.is_used()) {
    // Once each, in the order of their first change; a flush is told as one.
    std::vector<std::string_view> keys;
    for (const Change& change : changes) {
      if (change.event != ChangeEvent::kFlush) keys.push_back(change.key.name);
    }
    if (keys.size() > 1) {
      std::ranges::sort(keys);
      keys.erase(std::ranges::unique(keys).begin(), keys.end());
    }
    if (!keys.empty()) tracking_.invalidate(keys, RunningClient::id());
  }
  const std::uint32_t notified = notified_.load(std::memory_order_relaxed);
  if (notified == 0) return;
  for (const Change& change : changes) notify(change, notified);
}

}  // namespace stele::redis
