// The commands on keys of any type, but for expiry and scans.
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "keyspace/errors.h"
#include "keyspace/numbers.h"
#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/object_encoding.h"
#include "protocols/redis/commands/table.h"

namespace stele::redis {

namespace {

using keyspace::DatabaseNumber;
using keyspace::KeyRef;
using keyspace::ValueType;

void del(Call& call) {
  std::int64_t removed = 0;
  for (std::size_t i = 1; i < call.size(); ++i) {
    STELE_REDIS_TRY(const bool was_there, call, call.group().keys().remove(call.key(i)));
    removed += was_there ? 1 : 0;
  }
  call.reply().integer(removed);
}

void exists(Call& call) {
  std::int64_t found = 0;
  for (std::size_t i = 1; i < call.size(); ++i) {
    STELE_REDIS_TRY(const bool is_there, call, call.group().keys().exists(call.key(i)));
    call.count_lookup(is_there);
    found += is_there ? 1 : 0;
  }
  call.reply().integer(found);
}

void touch(Call& call) {
  std::int64_t found = 0;
  for (std::size_t i = 1; i < call.size(); ++i) {
    STELE_REDIS_TRY(const bool is_there, call, call.group().keys().touch(call.key(i)));
    call.count_lookup(is_there);
    found += is_there ? 1 : 0;
  }
  call.reply().integer(found);
}

void type(Call& call) {
  STELE_REDIS_TRY(const ValueType found, call, call.group().keys().type(call.key(1)));
  call.reply().simple(to_string(found));
}

void rename(Call& call) {
  const auto done = call.group().keys().rename(call.key(1), call.key(2));
  if (!done) return call.fail(done.error());
  call.reply().ok();
}

void renamenx(Call& call) {
  STELE_REDIS_TRY(const bool done, call, call.group().keys().rename_if_absent(call.key(1), call.key(2)));
  call.reply().integer(done ? 1 : 0);
}

void randomkey(Call& call) {
  STELE_REDIS_TRY(const auto name, call, call.group().keys().random(call.client().db));
  name ? call.reply().bulk(*name) : call.reply().null();
}

void dbsize(Call& call) {
  call.reply().integer(static_cast<std::int64_t>(call.group().keys().size(call.client().db)));
}

void flush(Call& call, std::optional<DatabaseNumber> db) {
  if (call.size() > 2 || (call.size() == 2 && !call.is(1, "ASYNC") && !call.is(1, "SYNC"))) {
    return call.fail_syntax();
  }
  const auto done = call.group().keys().flush(db);
  call.head().tracking().invalidate_all();
  if (!done) return call.fail(done.error());
  call.reply().ok();
}

void flushdb(Call& call) {
  flush(call, call.client().db);
}

void flushall(Call& call) {
  flush(call, std::nullopt);
}

struct CopyOptions {
  DatabaseNumber db;
  bool replaces = false;
};

bool read_copy_options(Call& call, CopyOptions& options) {
  options.db = call.client().db;
  for (std::size_t i = 3; i < call.size(); ++i) {
    if (call.is(i, "REPLACE")) {
      options.replaces = true;
    } else if (call.is(i, "DB") && i + 1 < call.size()) {
      const auto number = integer_argument(call[++i]);
      if (!number || *number < 0 || *number >= kDatabases) {
        number ? call.fail("DB index is out of range") : call.fail(number.error());
        return false;
      }
      options.db = DatabaseNumber(static_cast<std::uint16_t>(*number));
    } else {
      call.fail_syntax();
      return false;
    }
  }
  return true;
}

// Writes what is at `from` to `to`, where nothing is, with its expiry.
Result<void> copy_value(keyspace::Group& group, KeyRef from, KeyRef to, ValueType type) {
  if (type == ValueType::kHash) {
    STELE_TRY(const auto fields, group.hashes().get_all(from));
    // Copied: views hold until the next operation only.
    std::vector<keyspace::Field> kept;
    for (const auto& field : fields) kept.push_back({std::string(field.name), std::string(field.value)});
    std::vector<keyspace::FieldRef> refs;
    for (const auto& field : kept) refs.push_back({field.name, field.value});
    STELE_RETURN_IF_ERROR(group.hashes().set(to, refs));
    std::vector<std::string_view> names;
    for (const auto& field : kept) names.push_back(field.name);
    STELE_TRY(const auto expiries, group.hashes().expiries(from, names));
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (!expiries[i].at) continue;
      STELE_RETURN_IF_ERROR(group.hashes().expire(to, std::span(names).subspan(i, 1), *expiries[i].at,
                                                  keyspace::ExpireCondition::kAlways));
    }
  } else if (type == ValueType::kList) {
    STELE_TRY(const auto values, group.lists().range(from, 0, -1));
    const std::vector<std::string> kept(values.begin(), values.end());
    const std::vector<std::string_view> refs(kept.begin(), kept.end());
    STELE_RETURN_IF_ERROR(group.lists().push(to, keyspace::ListEnd::kRight, refs));
  } else if (type == ValueType::kSet) {
    const KeyRef keys[] = {from};
    STELE_TRY(const auto members, group.sets().combine(keyspace::SetOperation::kUnion, keys, 0));
    const std::vector<std::string_view> refs(members.begin(), members.end());
    STELE_RETURN_IF_ERROR(group.sets().add(to, refs));
  } else if (type == ValueType::kSortedSet) {
    const KeyRef keys[] = {from};
    STELE_TRY(const auto members, group.sorted_sets().combine(keys, {}, 0));
    std::vector<keyspace::ScoredRef> refs;
    for (const auto& each : members) refs.push_back({each.member, each.score});
    STELE_RETURN_IF_ERROR(group.sorted_sets().add(to, refs, {}));
  } else if (type == ValueType::kStream) {
    STELE_RETURN_IF_ERROR(group.streams().copy(from, to));
  } else {
    STELE_TRY(const auto value, group.strings().get(from));
    const std::string kept(*value);
    STELE_RETURN_IF_ERROR(group.strings().set(to, kept, {}));
  }
  STELE_TRY(const auto expiry, group.keys().expiry(from));
  if (expiry.at) {
    STELE_RETURN_IF_ERROR(group.keys().expire(to, *expiry.at, keyspace::ExpireCondition::kAlways));
  }
  return {};
}

void copy(Call& call) {
  CopyOptions options;
  if (!read_copy_options(call, options)) return;
  const KeyRef from = call.key(1);
  const KeyRef to{options.db, call[2]};
  if (from == to) return call.fail("source and destination objects are the same");
  auto& keys = call.group().keys();
  STELE_REDIS_TRY(const ValueType type, call, keys.type(from));
  if (type == ValueType::kNone) return call.reply().integer(0);
  STELE_REDIS_TRY(const bool is_taken, call, keys.exists(to));
  if (is_taken && !options.replaces) return call.reply().integer(0);
  if (is_taken) {
    const auto removed = keys.remove(to);
    if (!removed) return call.fail(removed.error());
  }
  const auto copied = copy_value(call.group(), from, to, type);
  if (!copied) return call.fail(copied.error());
  call.reply().integer(1);
}

void move(Call& call) {
  STELE_REDIS_TRY(const std::int64_t number, call, integer_argument(call[2]));
  if (number < 0 || number >= kDatabases) return call.fail("DB index is out of range");
  const KeyRef from = call.key(1);
  const KeyRef to{DatabaseNumber(static_cast<std::uint16_t>(number)), call[1]};
  if (from == to) return call.fail("source and destination objects are the same");
  auto& keys = call.group().keys();
  STELE_REDIS_TRY(const ValueType type, call, keys.type(from));
  STELE_REDIS_TRY(const bool is_taken, call, keys.exists(to));
  if (type == ValueType::kNone || is_taken) return call.reply().integer(0);
  const auto copied = copy_value(call.group(), from, to, type);
  if (!copied) return call.fail(copied.error());
  STELE_REDIS_TRY(const bool is_moved, call, keys.remove(from));
  call.reply().integer(is_moved ? 1 : 0);
}

Result<std::string_view> encoding_of_set(Call& call) {
  STELE_TRY(const auto members, call.group().sets().members(call.key(2)));
  const bool is_small = members.size() <= call.head().settings().intset_entries_max;
  const auto is_integer = [](std::string_view member) {
    return !member.empty() && keyspace::parse_integer(member).has_value();
  };
  return is_small && std::ranges::all_of(members, is_integer) ? "intset" : "hashtable";
}

Result<std::string_view> encoding_of_sorted_set(Call& call) {
  const Settings& settings = call.head().settings();
  const std::size_t longest = settings.sorted_value_bytes_max;
  STELE_TRY(const auto members, call.group().sorted_sets().range(call.key(2), keyspace::RankRange{}, {}));
  const bool is_small =
      members.size() <= settings.sorted_entries_max &&
      std::ranges::all_of(members, [&](const auto& each) { return each.member.size() <= longest; });
  return is_small ? "listpack" : "skiplist";
}

// What Redis would keep a new value as, by the same limits.
Result<std::string_view> encoding_of(Call& call, ValueType type) {
  if (type == ValueType::kHash) {
    const Settings& settings = call.head().settings();
    STELE_TRY(const auto fields, call.group().hashes().get_all(call.key(2)));
    const std::size_t longest = settings.listpack_value_bytes_max;
    bool is_small = fields.size() <= settings.listpack_entries_max;
    for (std::size_t i = 0; is_small && i < fields.size(); ++i) {
      is_small = fields[i].name.size() <= longest && fields[i].value.size() <= longest;
    }
    return is_small ? "listpack" : "hashtable";
  }
  if (type == ValueType::kList) return "quicklist";
  if (type == ValueType::kStream) return "stream";
  if (type == ValueType::kSet) return encoding_of_set(call);
  if (type == ValueType::kSortedSet) return encoding_of_sorted_set(call);
  constexpr std::size_t kEmbeddedBytesMax = 44;
  STELE_TRY(const auto value, call.group().strings().get(call.key(2)));
  if (keyspace::parse_integer(*value)) return "int";
  return value->size() <= kEmbeddedBytesMax ? "embstr" : "raw";
}

// The type of what is there; false when the absence, or an error, was answered.
bool find_object(Call& call, ValueType& type) {
  const auto found = call.group().keys().type(call.key(2));
  if (!found) {
    call.fail(found.error());
  } else if (*found == ValueType::kNone) {
    call.reply().null();
  } else {
    type = *found;
    return true;
  }
  return false;
}

void object_encoding(Call& call) {
  ValueType type = ValueType::kNone;
  if (!find_object(call, type)) return;
  STELE_REDIS_TRY(const std::string_view encoding, call, encoding_of(call, type));
  call.reply().bulk(encoding);
}

void object_refcount(Call& call) {
  ValueType type = ValueType::kNone;
  if (find_object(call, type)) call.reply().integer(1);
}

constexpr std::string_view kOtherPolicy =
    " Please note that when switching between policies at runtime LRU and LFU data will take some time to "
    "adjust.";

void object_freq(Call& call) {
  STELE_REDIS_TRY(const auto usage, call, call.group().keys().usage(call.key(2)));
  if (!usage) return call.reply().null();
  if (!counts_uses(call.head().settings().eviction_policy)) {
    return call.fail("An LFU maxmemory policy is not selected, access frequency not tracked." +
                     std::string(kOtherPolicy));
  }
  call.reply().integer(usage->count);
}

void object_idletime(Call& call) {
  STELE_REDIS_TRY(const auto usage, call, call.group().keys().usage(call.key(2)));
  if (!usage) return call.reply().null();
  if (counts_uses(call.head().settings().eviction_policy)) {
    return call.fail("An LFU maxmemory policy is selected, idle time not tracked." +
                     std::string(kOtherPolicy));
  }
  call.reply().integer(static_cast<std::int64_t>(usage->idle_ms / 1000));
}

void object_help(Call& call) {
  constexpr std::array<std::string_view, 8> kLines = {
      "ENCODING <key>", "    Answer how Redis would keep the value at <key>.",
      "FREQ <key>",     "    Answer the logarithmic count of uses of <key>, with an LFU policy.",
      "IDLETIME <key>", "    Answer for how many seconds <key> was not used, with any other policy.",
      "REFCOUNT <key>", "    Answer 1 for a key that is there.",
  };
  answer_help(call, "object", kLines);
}

constexpr std::uint32_t kRead = flag::kReadOnly;
constexpr std::uint32_t kWrite = flag::kWrite;
constexpr std::uint32_t kFast = flag::kFast;
constexpr std::uint32_t kFlush = flag::kWrite | flag::kDangerous;
constexpr auto kKeys = Reach::kKeys;
constexpr std::string_view kByKeys = "O(N) where N is the number of keys";
constexpr KeyPositions kObject = {2, 2, 1, "RO"};

constexpr std::array kObjectCommands = {
    Command{"object|encoding", 3, kRead, kObject, kKeys, object_encoding, "generic", "2.2.3", "O(N)",
            "Answers how Redis would keep a value"},
    Command{"object|refcount", 3, kRead, kObject, kKeys, object_refcount, "generic", "2.2.3", "O(1)",
            "Answers how many own a value: one"},
    Command{"object|freq", 3, kRead, kObject, kKeys, object_freq, "generic", "4.0.0", "O(1)",
            "Answers how often a key was used, as a logarithm"},
    Command{"object|idletime", 3, kRead, kObject, kKeys, object_idletime, "generic", "2.2.3", "O(1)",
            "Answers for how long a key was not used"},
    Command{"object|help",
            2,
            flag::kLoading | flag::kStale,
            {},
            Reach::kNothing,
            object_help,
            "generic",
            "6.2.0",
            "O(1)",
            "Says what OBJECT can do"},
};

constexpr std::array kCommands = {
    Command{
        "del", -2, kWrite, {1, -1, 1, "RM delete"}, kKeys, del, "generic", "1.0.0", kByKeys, "Removes keys"},
    Command{"unlink",
            -2,
            kWrite | kFast,
            {1, -1, 1, "RM delete"},
            kKeys,
            del,
            "generic",
            "4.0.0",
            kByKeys,
            "Removes keys"},
    Command{"exists",
            -2,
            kRead | kFast,
            {1, -1, 1, "RO"},
            kKeys,
            exists,
            "generic",
            "1.0.0",
            kByKeys,
            "Answers how many of the keys are there"},
    Command{"touch",
            -2,
            kRead | kFast,
            {1, -1, 1, "RO"},
            kKeys,
            touch,
            "generic",
            "3.2.1",
            kByKeys,
            "Answers how many of the keys are there"},
    Command{"type",
            2,
            kRead | kFast,
            {1, 1, 1, "RO"},
            kKeys,
            type,
            "generic",
            "1.0.0",
            "O(1)",
            "Answers the type of the value at a key"},
    Command{"rename",
            3,
            kWrite,
            {1, 2, 1, "RW access delete update"},
            kKeys,
            rename,
            "generic",
            "1.0.0",
            "O(1)",
            "Renames a key"},
    Command{"renamenx",
            3,
            kWrite | kFast,
            {1, 2, 1, "RW access delete insert"},
            kKeys,
            renamenx,
            "generic",
            "1.0.0",
            "O(1)",
            "Renames a key if the new name is free"},
    // Its second key may lie in another database, which key positions cannot say.
    Command{"copy",
            -3,
            kWrite | flag::kDenyOom,
            {1, 2, 1, "RW access update"},
            Reach::kWhole,
            copy,
            "generic",
            "6.2.0",
            "O(N) where N is the size of the value",
            "Copies a value to another key"},
    Command{"randomkey",
            1,
            kRead,
            {},
            Reach::kWhole,
            randomkey,
            "generic",
            "1.0.0",
            "O(N) where N is the number of keys",
            "Answers a random name"},
    Command{"dbsize",
            1,
            kRead | kFast,
            {},
            Reach::kNoKey,
            dbsize,
            "server",
            "1.0.0",
            "O(1)",
            "Answers how many keys the database has"},
    Command{"flushdb",
            -1,
            kFlush,
            {},
            Reach::kWhole,
            flushdb,
            "server",
            "1.0.0",
            kByKeys,
            "Removes all keys of the database"},
    Command{"flushall",
            -1,
            kFlush,
            {},
            Reach::kWhole,
            flushall,
            "server",
            "1.0.0",
            kByKeys,
            "Removes all keys of all databases"},
    Command{"move",
            3,
            kWrite | kFast,
            {1, 1, 1, "RW access update"},
            Reach::kWhole,
            move,
            "generic",
            "1.0.0",
            "O(N) where N is the size of the value",
            "Moves a key to another database"},
    Command{"object",
            -2,
            0,
            {},
            Reach::kNothing,
            nullptr,
            "generic",
            "2.2.3",
            "Depends on subcommand.",
            "Tells about the value at a key",
            kObjectCommands},
};

}  // namespace

Result<std::string_view> encoding_of_object(Call& call) {
  STELE_TRY(const ValueType type, call.group().keys().type(call.key(2)));
  if (type == ValueType::kNone) return keyspace::no_such_key();
  return encoding_of(call, type);
}

std::span<const Command> key_commands() {
  return kCommands;
}

}  // namespace stele::redis
