// The string commands, but for those on numbers.
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "keyspace/errors.h"
#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/expiry_argument.h"
#include "protocols/redis/commands/lcs.h"
#include "protocols/redis/commands/table.h"

namespace stele::redis {

namespace {

using keyspace::ExpiryChange;
using keyspace::SetOptions;

void answer_value(Call& call, std::optional<std::string_view> value) {
  value ? call.reply().bulk(*value) : call.reply().null();
}

void get(Call& call) {
  STELE_REDIS_TRY(const auto value, call, call.group().strings().get(call.key(1)));
  call.count_lookup(value.has_value());
  answer_value(call, value);
}

// SET's IFEQ and IFNE: what the present value is compared with.
struct Comparison {
  std::string_view value;
  bool is_wanted = false;
  bool must_differ = false;
};

// The options of SET from the fourth argument on; false after an error was answered. The words are all
// looked at before the time is, as Redis does.
bool read_set_options(Call& call, SetOptions& options, Comparison& comparison) {
  bool has_expiry = false;
  TimeUnit unit;
  std::string_view time;
  for (std::size_t i = 3; i < call.size(); ++i) {
    const bool has_condition = options.condition != SetOptions::Condition::kNone || comparison.is_wanted;
    if (call.is(i, "NX") && !has_condition) {
      options.condition = SetOptions::Condition::kIfAbsent;
    } else if (call.is(i, "XX") && !has_condition) {
      options.condition = SetOptions::Condition::kIfPresent;
    } else if ((call.is(i, "IFEQ") || call.is(i, "IFNE")) && !has_condition && i + 1 < call.size()) {
      comparison = {call[i + 1], true, call.is(i, "IFNE")};
      ++i;
    } else if (call.is(i, "GET")) {
      options.want_former = true;
    } else if (call.is(i, "KEEPTTL") && !has_expiry) {
      options.expiry = ExpiryChange::keep();
      has_expiry = true;
    } else if (!has_expiry && i + 1 < call.size() && read_time_unit(call[i], unit)) {
      time = call[++i];
      has_expiry = true;
    } else {
      call.fail_syntax();
      return false;
    }
  }
  if (time.data() == nullptr) return true;
  const auto moment = positive_moment(time, unit, call.group().now(), "set");
  if (!moment) {
    call.fail(moment.error());
    return false;
  }
  options.expiry = ExpiryChange::until(*moment);
  return true;
}

void set(Call& call) {
  SetOptions options;
  Comparison comparison;
  if (call.size() > 3 && !read_set_options(call, options, comparison)) return;
  if (comparison.is_wanted) {
    STELE_REDIS_TRY(const auto present, call, call.group().strings().get(call.key(1)));
    const bool fits =
        present ? (*present == comparison.value) != comparison.must_differ : comparison.must_differ;
    if (!fits) return options.want_former ? answer_value(call, present) : call.reply().null();
  }
  STELE_REDIS_TRY(const auto done, call, call.group().strings().set(call.key(1), call[2], options));
  if (options.want_former) return answer_value(call, done.former);
  done.written ? call.reply().ok() : call.reply().null();
}

void setnx(Call& call) {
  SetOptions options;
  options.condition = SetOptions::Condition::kIfAbsent;
  STELE_REDIS_TRY(const auto done, call, call.group().strings().set(call.key(1), call[2], options));
  call.reply().integer(done.written ? 1 : 0);
}

void set_with_expiry(Call& call, TimeUnit unit) {
  STELE_REDIS_TRY(const auto moment, call,
                  positive_moment(call[2], unit, call.group().now(), call.command().name));
  SetOptions options;
  options.expiry = ExpiryChange::until(moment);
  STELE_REDIS_TRY(const auto done, call, call.group().strings().set(call.key(1), call[3], options));
  if (done.written) call.reply().ok();
}

void setex(Call& call) {
  set_with_expiry(call, {true, false});
}

void psetex(Call& call) {
  set_with_expiry(call, {false, false});
}

void getset(Call& call) {
  SetOptions options;
  options.want_former = true;
  STELE_REDIS_TRY(const auto done, call, call.group().strings().set(call.key(1), call[2], options));
  answer_value(call, done.former);
}

void getdel(Call& call) {
  STELE_REDIS_TRY(const auto value, call, call.group().strings().get_delete(call.key(1)));
  call.count_lookup(value.has_value());
  answer_value(call, value);
}

void getex(Call& call) {
  ExpiryChange change = ExpiryChange::keep();
  TimeUnit unit;
  std::string_view time;
  if (call.size() == 3 && call.is(2, "PERSIST")) {
    change = ExpiryChange::clear();
  } else if (call.size() == 4 && read_time_unit(call[2], unit)) {
    time = call[3];
  } else if (call.size() != 2) {
    return call.fail_syntax();
  }
  auto& strings = call.group().strings();
  // As Redis does: the time is looked at only when there is a key.
  STELE_REDIS_TRY(const auto present, call, strings.get(call.key(1)));
  call.count_lookup(present.has_value());
  if (!present) return call.reply().null();
  if (time.data() != nullptr) {
    STELE_REDIS_TRY(const auto moment, call, positive_moment(time, unit, call.group().now(), "getex"));
    change = ExpiryChange::until(moment);
  }
  if (call.size() == 2) return call.reply().bulk(*present);
  STELE_REDIS_TRY(const auto value, call, strings.get_expire(call.key(1), change));
  answer_value(call, value);
}

void mget(Call& call) {
  std::vector<keyspace::KeyRef> keys;
  for (std::size_t i = 1; i < call.size(); ++i) keys.push_back(call.key(i));
  STELE_REDIS_TRY(const auto values, call, call.group().strings().get_many(keys));
  call.reply().array(values.size());
  for (const auto& value : values) {
    call.count_lookup(value.has_value());
    answer_value(call, value);
  }
}

std::vector<keyspace::Strings::Pair> read_pairs(Call& call) {
  std::vector<keyspace::Strings::Pair> pairs;
  for (std::size_t i = 1; i + 1 < call.size(); i += 2) pairs.push_back({call.key(i), call[i + 1]});
  return pairs;
}

void mset(Call& call) {
  if (call.size() % 2 == 0) return call.fail_arity();
  const auto done = call.group().strings().set_many(read_pairs(call));
  if (!done) return call.fail(done.error());
  call.reply().ok();
}

void msetnx(Call& call) {
  if (call.size() % 2 == 0) return call.fail_arity();
  STELE_REDIS_TRY(const bool written, call, call.group().strings().set_many_if_absent(read_pairs(call)));
  call.reply().integer(written ? 1 : 0);
}

void append(Call& call) {
  auto& strings = call.group().strings();
  STELE_REDIS_TRY(const std::size_t length, call, strings.length(call.key(1)));
  if (length + call[2].size() > call.head().settings().bulk_bytes_max) return call.fail(keyspace::too_long());
  STELE_REDIS_TRY(const std::size_t grown, call, strings.append(call.key(1), call[2]));
  call.reply().integer(static_cast<std::int64_t>(grown));
}

void length(Call& call) {
  STELE_REDIS_TRY(const std::size_t bytes, call, call.group().strings().length(call.key(1)));
  call.reply().integer(static_cast<std::int64_t>(bytes));
}

void getrange(Call& call) {
  STELE_REDIS_TRY(std::int64_t start, call, integer_argument(call[2]));
  STELE_REDIS_TRY(std::int64_t end, call, integer_argument(call[3]));
  STELE_REDIS_TRY(const auto value, call, call.group().strings().get(call.key(1)));
  call.count_lookup(value.has_value());
  const auto size = static_cast<std::int64_t>(value ? value->size() : 0);
  if (start < 0 && end < 0 && start > end) return call.reply().bulk("");
  if (start < 0) start = std::max<std::int64_t>(start + size, 0);
  if (end < 0) end = std::max<std::int64_t>(end + size, 0);
  end = std::min(end, size - 1);
  if (start > end || size == 0) return call.reply().bulk("");
  call.reply().bulk(
      value->substr(static_cast<std::size_t>(start), static_cast<std::size_t>(end - start + 1)));
}

void setrange(Call& call) {
  STELE_REDIS_TRY(const std::int64_t offset, call, integer_argument(call[2]));
  if (offset < 0) return call.fail("offset is out of range");
  auto& strings = call.group().strings();
  STELE_REDIS_TRY(const auto former, call, strings.get(call.key(1)));
  const std::string_view patch = call[3];
  if (patch.empty()) return call.reply().integer(static_cast<std::int64_t>(former ? former->size() : 0));
  const auto from = static_cast<std::size_t>(offset);
  const std::size_t limit = call.head().settings().bulk_bytes_max;
  if (from > limit || from + patch.size() > limit) return call.fail(keyspace::too_long());
  STELE_REDIS_TRY(const std::size_t size, call,
                  strings.overwrite(call.key(1), from, patch, keyspace::ChangeEvent::kSetRange));
  call.reply().integer(static_cast<std::int64_t>(size));
}

// Whether the string at the key is that one, and so its key is to go.
void delete_if(Call& call, std::string_view value, bool must_differ) {
  STELE_REDIS_TRY(const auto present, call, call.group().strings().get(call.key(1)));
  if (!present || (*present == value) == must_differ) return call.reply().integer(0);
  STELE_REDIS_TRY(const bool removed, call, call.group().keys().remove(call.key(1)));
  call.reply().integer(removed ? 1 : 0);
}

void delifeq(Call& call) {
  delete_if(call, call[2], false);
}

void delex(Call& call) {
  if (call.size() == 2) {
    STELE_REDIS_TRY(const bool removed, call, call.group().keys().remove(call.key(1)));
    return call.reply().integer(removed ? 1 : 0);
  }
  if (call.size() != 4) return call.fail_arity();
  STELE_REDIS_TRY(const auto type, call, call.group().keys().type(call.key(1)));
  if (type == keyspace::ValueType::kNone) return call.reply().integer(0);
  if (type != keyspace::ValueType::kString)
    return call.fail("Key should be of string type if conditions are specified");
  if (call.is(2, "IFEQ") || call.is(2, "IFNE")) return delete_if(call, call[3], call.is(2, "IFNE"));
  call.fail("Invalid condition. Use IFEQ or IFNE: digests are not supported by Stele");
}

constexpr std::uint32_t kRead = flag::kReadOnly;
constexpr std::uint32_t kWrite = flag::kWrite;
constexpr std::uint32_t kGrow = flag::kWrite | flag::kDenyOom;
constexpr std::uint32_t kFast = flag::kFast;
constexpr auto kKeys = Reach::kKeys;

constexpr std::array kCommands = {
    Command{"set",
            -3,
            kGrow,
            {1, 1, 1, "RW access update variable_flags"},
            kKeys,
            set,
            "string",
            "1.0.0",
            "O(1)",
            "Stores a string at a key"},
    Command{"get",
            2,
            kRead | kFast,
            {1, 1, 1, "RO access"},
            kKeys,
            get,
            "string",
            "1.0.0",
            "O(1)",
            "Answers the string at a key"},
    Command{"setnx",
            3,
            kGrow | kFast,
            {1, 1, 1, "OW insert"},
            kKeys,
            setnx,
            "string",
            "1.0.0",
            "O(1)",
            "Stores a string if there is no key"},
    Command{"setex",
            4,
            kGrow,
            {1, 1, 1, "OW update"},
            kKeys,
            setex,
            "string",
            "2.0.0",
            "O(1)",
            "Stores a string for some seconds"},
    Command{"psetex",
            4,
            kGrow,
            {1, 1, 1, "OW update"},
            kKeys,
            psetex,
            "string",
            "2.6.0",
            "O(1)",
            "Stores a string for some milliseconds"},
    Command{"getset",
            3,
            kGrow | kFast,
            {1, 1, 1, "RW access update"},
            kKeys,
            getset,
            "string",
            "1.0.0",
            "O(1)",
            "Stores a string and answers the former one"},
    Command{"getdel",
            2,
            kWrite | kFast,
            {1, 1, 1, "RW access delete"},
            kKeys,
            getdel,
            "string",
            "6.2.0",
            "O(1)",
            "Answers a string and removes its key"},
    Command{"getex",
            -2,
            kWrite | kFast,
            {1, 1, 1, "RW access update"},
            kKeys,
            getex,
            "string",
            "6.2.0",
            "O(1)",
            "Answers a string and sets when its key expires"},
    Command{"delifeq",
            3,
            kWrite | kFast,
            {1, 1, 1, "RW delete"},
            kKeys,
            delifeq,
            "string",
            "9.0.0",
            "O(1)",
            "Removes a key if its string is the given one"},
    Command{"delex",
            -2,
            kWrite | kFast,
            {1, 1, 1, "RW delete"},
            kKeys,
            delex,
            "string",
            "8.4.0",
            "O(1)",
            "Removes a key if its string is, or is not, the given one"},
    Command{"mget",
            -2,
            kRead | kFast,
            {1, -1, 1, "RO access"},
            kKeys,
            mget,
            "string",
            "1.0.0",
            "O(N) where N is the number of keys",
            "Answers the strings at several keys"},
    Command{"mset",
            -3,
            kGrow,
            {1, -1, 2, "OW update"},
            kKeys,
            mset,
            "string",
            "1.0.1",
            "O(N) where N is the number of keys",
            "Stores several strings at once"},
    Command{"msetnx",
            -3,
            kGrow,
            {1, -1, 2, "OW insert"},
            kKeys,
            msetnx,
            "string",
            "1.0.1",
            "O(N) where N is the number of keys",
            "Stores several strings if none of the keys exists"},
    Command{"append",
            3,
            kGrow | kFast,
            {1, 1, 1, "RW insert"},
            kKeys,
            append,
            "string",
            "2.0.0",
            "O(1)",
            "Appends to the string at a key"},
    Command{"strlen",
            2,
            kRead | kFast,
            {1, 1, 1, "RO"},
            kKeys,
            length,
            "string",
            "2.2.0",
            "O(1)",
            "Answers the length of the string at a key"},
    Command{"getrange",
            4,
            kRead,
            {1, 1, 1, "RO access"},
            kKeys,
            getrange,
            "string",
            "2.4.0",
            "O(N) where N is the length of the answer",
            "Answers a part of the string at a key"},
    Command{"substr",
            4,
            kRead,
            {1, 1, 1, "RO access"},
            kKeys,
            getrange,
            "string",
            "1.0.0",
            "O(N) where N is the length of the answer",
            "Answers a part of the string at a key"},
    Command{"lcs",
            -3,
            kRead,
            {1, 2, 1, "RO access"},
            kKeys,
            lcs,
            "string",
            "7.0.0",
            "O(N*M) where N and M are the lengths",
            "Finds what two strings have in common"},
    Command{"setrange",
            4,
            kGrow,
            {1, 1, 1, "RW update"},
            kKeys,
            setrange,
            "string",
            "2.2.0",
            "O(N) where N is the length of the string",
            "Overwrites a part of the string at a key"},
};

}  // namespace

std::span<const Command> string_commands() {
  return kCommands;
}

}  // namespace stele::redis
