#include "protocols/redis/users/key_uses.h"

#include <algorithm>
#include <array>

#include "keyspace/numbers.h"
#include "protocols/redis/commands/call.h"

namespace stele::redis {

namespace {

using Arguments = std::span<const std::string_view>;

constexpr std::string_view kRead = "RO access";
constexpr std::string_view kStored = "OW update";
constexpr std::string_view kTaken = "RW access delete";
constexpr std::string_view kInserted = "RW insert";

// Commands whose keys are not all used alike.
struct OfCommand {
  std::string_view name;
  std::array<KeySpecification, 3> specifications;
  std::size_t size;
};

constexpr KeySpecification at(int first, std::string_view use, int last = 0) {
  return {.use = use, .first = first, .last = last};
}
constexpr KeySpecification behind(std::string_view word, int from, std::string_view use, int last = 0) {
  return {.use = use, .keyword = word, .from = from, .last = last};
}
constexpr KeySpecification unknown(std::string_view use) {
  return {.use = use, .is_unknown = true};
}
constexpr KeySpecification counted(int first, std::string_view use) {
  return {.use = use, .first = first, .is_counted = true};
}
constexpr KeySpecification kStreams = {.use = kRead, .keyword = "STREAMS", .from = 1, .last = -1, .limit = 2};
constexpr KeySpecification kGroupStreams = {
    .use = kRead, .keyword = "STREAMS", .from = 4, .last = -1, .limit = 2};

constexpr std::array kOfCommands = {
    OfCommand{"bitfield", {at(1, "RW access update variable_flags")}, 1},
    OfCommand{"bitop", {at(2, kStored), at(3, kRead, -1)}, 2},
    OfCommand{"blmove", {at(1, kTaken), at(2, kInserted)}, 2},
    OfCommand{"brpoplpush", {at(1, kTaken), at(2, kInserted)}, 2},
    OfCommand{"copy", {at(1, kRead), at(2, kStored)}, 2},
    OfCommand{"georadius", {at(1, kRead), behind("STORE", 6, kStored), behind("STOREDIST", 6, kStored)}, 3},
    OfCommand{
        "georadiusbymember", {at(1, kRead), behind("STORE", 5, kStored), behind("STOREDIST", 5, kStored)}, 3},
    OfCommand{"geosearchstore", {at(1, kStored), at(2, kRead)}, 2},
    OfCommand{"lmove", {at(1, kTaken), at(2, kInserted)}, 2},
    OfCommand{"migrate", {at(3, kTaken), behind("KEYS", -2, "RW access delete incomplete", -1)}, 2},
    OfCommand{"pfmerge", {at(1, "RW access insert"), at(2, kRead, -1)}, 2},
    OfCommand{"rename", {at(1, kTaken), at(2, kStored)}, 2},
    OfCommand{"renamenx", {at(1, kTaken), at(2, "OW insert")}, 2},
    OfCommand{"rpoplpush", {at(1, kTaken), at(2, kInserted)}, 2},
    OfCommand{"sdiffstore", {at(1, kStored), at(2, kRead, -1)}, 2},
    OfCommand{"set", {at(1, "RW access update variable_flags")}, 1},
    OfCommand{"sinterstore", {at(1, "RW update"), at(2, kRead, -1)}, 2},
    OfCommand{"smove", {at(1, kTaken), at(2, kInserted)}, 2},
    OfCommand{"sort", {at(1, kRead), unknown(kRead), unknown(kStored)}, 3},
    OfCommand{"sort_ro", {at(1, kRead), unknown(kRead)}, 2},
    OfCommand{"spublish", {at(1, "not_key")}, 1},
    OfCommand{"ssubscribe", {at(1, "not_key", -1)}, 1},
    OfCommand{"sunionstore", {at(1, kStored), at(2, kRead, -1)}, 2},
    OfCommand{"sunsubscribe", {at(1, "not_key", -1)}, 1},
    OfCommand{"xread", {kStreams}, 1},
    OfCommand{"xreadgroup", {kGroupStreams}, 1},
    OfCommand{"zdiffstore", {at(1, kStored), counted(2, kRead)}, 2},
    OfCommand{"zinterstore", {at(1, kStored), counted(2, kRead)}, 2},
    OfCommand{"zrangestore", {at(1, kStored), at(2, kRead)}, 2},
    OfCommand{"zunionstore", {at(1, kStored), counted(2, kRead)}, 2},
};

const OfCommand* find_of(std::string_view name) {
  const auto found = std::ranges::find(kOfCommands, name, &OfCommand::name);
  return found == kOfCommands.end() ? nullptr : &*found;
}

// The argument behind the keyword; 0 if it is not there.
std::size_t behind_keyword(const KeySpecification& specification, Arguments arguments) {
  const int count = static_cast<int>(arguments.size());
  const bool is_backwards = specification.from < 0;
  const int begin = is_backwards ? count + specification.from : specification.from;
  const int end = is_backwards ? 0 : count;
  for (int i = begin; is_backwards ? i > end : i < end; i += is_backwards ? -1 : 1) {
    if (i < 1 || i >= count) break;
    if (is_word(arguments[static_cast<std::size_t>(i)], specification.keyword))
      return static_cast<std::size_t>(i) + 1;
  }
  return 0;
}

void add_keys(const KeySpecification& specification, Arguments arguments, std::vector<KeyUse>& uses) {
  if (specification.is_unknown || specification.use == "not_key") return;
  std::size_t first = specification.keyword.empty() ? static_cast<std::size_t>(specification.first)
                                                    : behind_keyword(specification, arguments);
  const std::size_t count = arguments.size();
  if (first == 0 || first >= count) return;
  std::size_t end = first;  // behind the last
  if (specification.is_counted) {
    end = first + 1 + counted_keys(arguments[first], count - first - 1);
    ++first;
  } else if (specification.last >= 0) {
    end = std::min(count, first + static_cast<std::size_t>(specification.last) + 1);
  } else if (specification.limit > 0) {
    end = first + (count - first) / static_cast<std::size_t>(specification.limit);
  } else {
    end = count + 1 - static_cast<std::size_t>(-specification.last);
  }
  for (std::size_t i = first; i < end; i += static_cast<std::size_t>(specification.step))
    uses.push_back({i, specification.use});
}

bool counts_too_many(const KeySpecification& specification, Arguments arguments) {
  const auto at = static_cast<std::size_t>(specification.first);
  if (at >= arguments.size()) return false;
  const auto count = keyspace::parse_integer(arguments[at]);
  return count && *count > static_cast<std::int64_t>(arguments.size() - at - 1);
}

// SET reads only for GET, BITFIELD writes only for SET and INCRBY.
std::string_view use_of_set(Arguments arguments) {
  const auto options = arguments.subspan(std::min<std::size_t>(arguments.size(), 3));
  const bool gets = std::ranges::any_of(options, [](std::string_view word) { return is_word(word, "GET"); });
  return gets ? "RW access update" : kStored;
}

std::string_view use_of_bitfield(Arguments arguments) {
  for (std::size_t i = 2; i < arguments.size(); ++i) {
    const std::size_t behind_it = arguments.size() - i - 1;
    if (is_word(arguments[i], "GET") && behind_it >= 2) {
      i += 2;
    } else if (is_word(arguments[i], "OVERFLOW") && behind_it >= 1) {
      i += 1;
    } else {
      return "RW access update";
    }
  }
  return kRead;
}

// MIGRATE's keys are behind KEYS when the usual place is empty; words of other options may say KEYS too.
void add_migrated(Arguments arguments, std::vector<KeyUse>& uses) {
  for (std::size_t i = 6; i < arguments.size(); ++i) {
    if (is_word(arguments[i], "AUTH")) {
      i += 1;
    } else if (is_word(arguments[i], "AUTH2")) {
      i += 2;
    } else if (is_word(arguments[i], "KEYS")) {
      if (!arguments[3].empty()) return;
      for (std::size_t j = i + 1; j < arguments.size(); ++j) uses.push_back({j, kTaken});
      return;
    }
  }
  if (arguments.size() > 3) uses.push_back({3, kTaken});
}

}  // namespace

std::vector<KeySpecification> key_specifications(const Command& command) {
  if (const OfCommand* const found = find_of(command.name)) {
    return {found->specifications.begin(),
            found->specifications.begin() + static_cast<std::ptrdiff_t>(found->size)};
  }
  std::vector<KeySpecification> specifications;
  const KeyPositions& keys = command.keys;
  if (keys.first > 0) {
    const int last = keys.last < 0 ? keys.last : keys.last - keys.first;
    specifications.push_back({.use = keys.use, .first = keys.first, .last = last, .step = keys.step});
  }
  if (keys.count_at > 0) specifications.push_back(counted(keys.count_at, keys.use));
  return specifications;
}

std::vector<KeyUse> key_uses(const Command& command, Arguments arguments) {
  std::vector<KeyUse> uses;
  if (command.name == "migrate") {
    add_migrated(arguments, uses);
    return uses;
  }
  for (const KeySpecification& each : key_specifications(command)) {
    // More keys than there are arguments: a syntax error, which names none.
    if (each.is_counted && counts_too_many(each, arguments)) return {};
    add_keys(each, arguments, uses);
  }
  if (!uses.empty() && command.name == "set") uses[0].use = use_of_set(arguments);
  if (!uses.empty() && command.name == "bitfield") uses[0].use = use_of_bitfield(arguments);
  // What the specifications do not find: the key of SORT's STORE, or of a second STORE.
  for_each_key_index(command, arguments, [&](std::size_t i) {
    const bool is_known = std::ranges::any_of(uses, [i](const KeyUse& use) { return use.index == i; });
    if (!is_known) uses.push_back({i, command.keys.may_store ? kStored : command.keys.use});
  });
  return uses;
}

}  // namespace stele::redis
