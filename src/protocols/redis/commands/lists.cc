// The list commands that never wait.
#include <array>
#include <limits>
#include <vector>

#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/list_arguments.h"
#include "protocols/redis/commands/table.h"

namespace stele::redis {

namespace {

using keyspace::ListEnd;
using keyspace::Lists;

Lists& lists_of(Call& call) {
  return call.group().lists();
}

void push(Call& call, ListEnd end) {
  STELE_REDIS_TRY(const std::size_t size, call, lists_of(call).push(call.key(1), end, call.arguments(2)));
  call.reply().integer(static_cast<std::int64_t>(size));
}

void lpush(Call& call) {
  push(call, ListEnd::kLeft);
}

void rpush(Call& call) {
  push(call, ListEnd::kRight);
}

void push_if_present(Call& call, ListEnd end) {
  STELE_REDIS_TRY(const std::size_t size, call,
                  lists_of(call).push_if_present(call.key(1), end, call.arguments(2)));
  call.reply().integer(static_cast<std::int64_t>(size));
}

void lpushx(Call& call) {
  push_if_present(call, ListEnd::kLeft);
}

void rpushx(Call& call) {
  push_if_present(call, ListEnd::kRight);
}

void pop(Call& call, ListEnd end) {
  if (call.size() > 3) return call.fail_arity();
  if (call.size() == 2) {
    STELE_REDIS_TRY(const auto value, call, lists_of(call).pop(call.key(1), end));
    return value ? call.reply().bulk(*value) : call.reply().null();
  }
  const auto count = keyspace::parse_integer(call[2]);
  if (!count || *count < 0) return call.fail("value is out of range, must be positive");
  STELE_REDIS_TRY(const auto values, call,
                  lists_of(call).pop_many(call.key(1), end, static_cast<std::size_t>(*count)));
  if (!values) return call.reply().null_array();
  answer_values(call.reply(), *values);
}

void lpop(Call& call) {
  pop(call, ListEnd::kLeft);
}

void rpop(Call& call) {
  pop(call, ListEnd::kRight);
}

void llen(Call& call) {
  STELE_REDIS_TRY(const std::size_t size, call, lists_of(call).size(call.key(1)));
  call.reply().integer(static_cast<std::int64_t>(size));
}

void lrange(Call& call) {
  STELE_REDIS_TRY(const std::int64_t first, call, integer_argument(call[2]));
  STELE_REDIS_TRY(const std::int64_t last, call, integer_argument(call[3]));
  STELE_REDIS_TRY(const auto values, call, lists_of(call).range(call.key(1), first, last));
  call.count_lookup(!values.empty());
  answer_values(call.reply(), values);
}

void lindex(Call& call) {
  // Redis looks at the key before it looks at the number.
  STELE_REDIS_TRY(const std::size_t size, call, lists_of(call).size(call.key(1)));
  call.count_lookup(size > 0);
  if (size == 0) return call.reply().null();
  STELE_REDIS_TRY(const std::int64_t index, call, integer_argument(call[2]));
  STELE_REDIS_TRY(const auto value, call, lists_of(call).at(call.key(1), index));
  value ? call.reply().bulk(*value) : call.reply().null();
}

void lset(Call& call) {
  STELE_REDIS_TRY(const std::size_t size, call, lists_of(call).size(call.key(1)));
  const auto index = integer_argument(call[2]);
  if (size > 0 && !index) return call.fail(index.error());
  const auto done = lists_of(call).set(call.key(1), index.value_or(0), call[3]);
  if (!done) return call.fail(done.error());
  call.reply().ok();
}

void linsert(Call& call) {
  const bool before = call.is(2, "BEFORE");
  if (!before && !call.is(2, "AFTER")) return call.fail_syntax();
  STELE_REDIS_TRY(const std::int64_t size, call,
                  lists_of(call).insert(call.key(1), before, call[3], call[4]));
  call.reply().integer(size);
}

void lrem(Call& call) {
  STELE_REDIS_TRY(const std::int64_t count, call, integer_argument(call[2]));
  STELE_REDIS_TRY(const std::size_t removed, call, lists_of(call).remove(call.key(1), count, call[3]));
  call.reply().integer(static_cast<std::int64_t>(removed));
}

void ltrim(Call& call) {
  STELE_REDIS_TRY(const std::int64_t first, call, integer_argument(call[2]));
  STELE_REDIS_TRY(const std::int64_t last, call, integer_argument(call[3]));
  const auto done = lists_of(call).trim(call.key(1), first, last);
  if (!done) return call.fail(done.error());
  call.reply().ok();
}

// Whether the options from the third argument on were read; else an error was answered.
bool read_search(Call& call, Lists::Search& search, bool& wants_all) {
  for (std::size_t i = 3; i < call.size(); i += 2) {
    if (i + 1 == call.size()) {
      call.fail_syntax();
      return false;
    }
    const auto number = keyspace::parse_integer(call[i + 1]);
    std::string_view refusal;
    if (call.is(i, "RANK")) {
      if (!number) refusal = "value is not an integer or out of range";
      if (number == std::numeric_limits<std::int64_t>::min())
        refusal = "value is out of range, value must between -9223372036854775807 and 9223372036854775807";
      if (number == 0)
        refusal =
            "RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative "
            "to start from the end of the list";
      search.rank = number.value_or(1);
    } else if (call.is(i, "COUNT")) {
      if (!number || *number < 0) refusal = "COUNT can't be negative";
      search.count = static_cast<std::size_t>(number.value_or(0));
      wants_all = true;
    } else if (call.is(i, "MAXLEN")) {
      if (!number || *number < 0) refusal = "MAXLEN can't be negative";
      search.compare_max = static_cast<std::size_t>(number.value_or(0));
    } else {
      refusal = "syntax error";
    }
    if (refusal.empty()) continue;
    call.fail(refusal);
    return false;
  }
  return true;
}

void lpos(Call& call) {
  Lists::Search search{.value = call[2]};
  bool wants_all = false;
  if (!read_search(call, search, wants_all)) return;
  STELE_REDIS_TRY(const auto found, call, lists_of(call).positions(call.key(1), search));
  if (!wants_all) {
    return found.empty() ? call.reply().null() : call.reply().integer(static_cast<std::int64_t>(found[0]));
  }
  call.reply().array(found.size());
  for (const std::size_t index : found) call.reply().integer(static_cast<std::int64_t>(index));
}

void move(Call& call, ListEnd from, ListEnd to) {
  STELE_REDIS_TRY(const auto value, call, lists_of(call).move(call.key(1), from, call.key(2), to));
  value ? call.reply().bulk(*value) : call.reply().null();
}

void lmove(Call& call) {
  const auto from = list_end(call[3]);
  const auto to = list_end(call[4]);
  if (!from || !to) return call.fail_syntax();
  move(call, *from, *to);
}

void rpoplpush(Call& call) {
  move(call, ListEnd::kRight, ListEnd::kLeft);
}

void lmpop(Call& call) {
  ManyPops asked;
  if (!read_many_pops(call, 1, asked)) return;
  for (std::size_t i = 0; i < asked.keys; ++i) {
    const keyspace::KeyRef key = call.key(2 + i);
    STELE_REDIS_TRY(const auto values, call, lists_of(call).pop_many(key, asked.end, asked.count));
    if (!values) continue;
    return answer_popped(call.reply(), key.name, *values);
  }
  call.reply().null_array();
}

constexpr std::uint32_t kRead = flag::kReadOnly;
constexpr std::uint32_t kWrite = flag::kWrite;
constexpr std::uint32_t kGrow = flag::kWrite | flag::kDenyOom;
constexpr std::uint32_t kFast = flag::kFast;
constexpr auto kKeys = Reach::kKeys;
constexpr std::string_view kGroup = "list";
constexpr KeyPositions kInsert = {1, 1, 1, "RW insert"};
constexpr KeyPositions kUpdate = {1, 1, 1, "RW update"};
constexpr KeyPositions kDelete = {1, 1, 1, "RW delete"};
constexpr KeyPositions kPop = {1, 1, 1, "RW access delete"};
constexpr KeyPositions kLook = {1, 1, 1, "RO"};
constexpr KeyPositions kAccess = {1, 1, 1, "RO access"};
constexpr KeyPositions kMove = {1, 2, 1, "RW access delete insert"};
constexpr std::string_view kByElements = "O(N) where N is the number of elements";
constexpr std::string_view kByLength = "O(N) where N is the length of the list";

constexpr std::array kCommands = {
    Command{"lpush", -3, kGrow | kFast, kInsert, kKeys, lpush, kGroup, "1.0.0", kByElements,
            "Puts elements at the left end of a list"},
    Command{"rpush", -3, kGrow | kFast, kInsert, kKeys, rpush, kGroup, "1.0.0", kByElements,
            "Puts elements at the right end of a list"},
    Command{"lpushx", -3, kGrow | kFast, kInsert, kKeys, lpushx, kGroup, "2.2.0", kByElements,
            "Puts elements at the left end of a list if it is there"},
    Command{"rpushx", -3, kGrow | kFast, kInsert, kKeys, rpushx, kGroup, "2.2.0", kByElements,
            "Puts elements at the right end of a list if it is there"},
    Command{"lpop", -2, kWrite | kFast, kPop, kKeys, lpop, kGroup, "1.0.0", kByElements,
            "Takes elements from the left end of a list"},
    Command{"rpop", -2, kWrite | kFast, kPop, kKeys, rpop, kGroup, "1.0.0", kByElements,
            "Takes elements from the right end of a list"},
    Command{"llen", 2, kRead | kFast, kLook, kKeys, llen, kGroup, "1.0.0", "O(1)",
            "Answers how many elements a list has"},
    Command{"lrange", 4, kRead, kAccess, kKeys, lrange, kGroup, "1.0.0", kByLength,
            "Answers a range of elements of a list"},
    Command{"lindex", 3, kRead, kAccess, kKeys, lindex, kGroup, "1.0.0", kByLength,
            "Answers the element of a list with that index"},
    Command{"lset", 4, kGrow, kUpdate, kKeys, lset, kGroup, "1.0.0", kByLength,
            "Sets the element of a list with that index"},
    Command{"linsert", 5, kGrow, kInsert, kKeys, linsert, kGroup, "2.2.0", kByLength,
            "Puts an element beside another one in a list"},
    Command{"lrem", 4, kWrite, kDelete, kKeys, lrem, kGroup, "1.0.0", kByLength,
            "Removes elements that equal a value from a list"},
    Command{"ltrim", 4, kWrite, kDelete, kKeys, ltrim, kGroup, "1.0.0", kByElements,
            "Removes all but a range of elements from a list"},
    Command{"lpos", -3, kRead, kAccess, kKeys, lpos, kGroup, "6.0.6", kByLength,
            "Answers the indices of elements that equal a value"},
    Command{"lmove", 5, kGrow, kMove, kKeys, lmove, kGroup, "6.2.0", "O(1)",
            "Moves an element from one list to another"},
    Command{"rpoplpush", 3, kGrow, kMove, kKeys, rpoplpush, kGroup, "1.2.0", "O(1)",
            "Moves the last element of a list to the left end of another"},
    Command{"lmpop",
            -4,
            kWrite,
            {0, 0, 0, "RW access delete", 1},
            kKeys,
            lmpop,
            kGroup,
            "7.0.0",
            kByElements,
            "Takes elements from the first list that has some"},
};

}  // namespace

std::optional<ListEnd> list_end(std::string_view word) {
  if (is_word(word, "LEFT")) return ListEnd::kLeft;
  if (is_word(word, "RIGHT")) return ListEnd::kRight;
  return std::nullopt;
}

bool read_many_pops(Call& call, std::size_t at, ManyPops& asked) {
  const auto refuse = [&](std::string_view text) {
    call.fail(text);
    return false;
  };
  const auto keys = keyspace::parse_integer(call[at]);
  if (!keys || *keys < 1) return refuse("numkeys should be greater than 0");
  // The keys, then the end.
  if (static_cast<std::uint64_t>(*keys) >= call.size() - at - 1) return refuse("syntax error");
  asked.keys = static_cast<std::size_t>(*keys);
  std::size_t next = at + 1 + asked.keys;
  const auto end = list_end(call[next++]);
  if (!end) return refuse("syntax error");
  asked.end = *end;
  bool has_count = false;
  for (; next < call.size(); next += 2) {
    if (has_count || !call.is(next, "COUNT") || next + 1 == call.size()) return refuse("syntax error");
    const auto count = keyspace::parse_integer(call[next + 1]);
    if (!count || *count < 1) return refuse("count should be greater than 0");
    asked.count = static_cast<std::size_t>(*count);
    has_count = true;
  }
  return true;
}

void answer_values(wire::ReplyWriter& reply, std::span<const std::string_view> values) {
  reply.array(values.size());
  for (const std::string_view value : values) reply.bulk(value);
}

void answer_popped(wire::ReplyWriter& reply, std::string_view key, std::span<const std::string_view> values) {
  reply.array(2);
  reply.bulk(key);
  answer_values(reply, values);
}

std::span<const Command> list_commands() {
  return kCommands;
}

}  // namespace stele::redis
