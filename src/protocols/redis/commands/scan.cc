// SCAN and KEYS: going through the names.
#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "protocols/redis/begin_group.h"
#include "protocols/redis/commands/scan_options.h"
#include "protocols/redis/commands/table.h"

namespace stele::redis {

namespace {

// No page holds the keyspace for longer than these take.
constexpr std::int64_t kPageMax = 10'000;
constexpr std::size_t kKeysPage = 1'000;

std::vector<std::string> fitting(std::vector<std::string> names, std::string_view pattern) {
  if (pattern != "*") {
    std::erase_if(names, [&](const std::string& name) { return !fits_glob(pattern, name); });
  }
  return names;
}

void answer_names(wire::ReplyWriter& reply, const std::vector<std::string>& names) {
  reply.array(names.size());
  for (const std::string& name : names) reply.bulk(name);
}

// The type of that name; false for a name that no value here has, which then fits nothing.
bool read_type(std::string_view name, keyspace::ValueType& type) {
  using keyspace::ValueType;
  for (const ValueType each : {ValueType::kString, ValueType::kHash, ValueType::kList, ValueType::kSet,
                               ValueType::kSortedSet, ValueType::kStream}) {
    if (to_lower(name) == to_string(each)) {
      type = each;
      return true;
    }
  }
  return false;
}

void scan(Call& call) {
  ScanArguments asked;
  if (!read_scan_arguments(call, 1, true, asked)) return;
  keyspace::ScanOptions options;
  options.count = asked.count;
  const bool is_known_type = asked.type.empty() || read_type(asked.type, options.type);
  STELE_REDIS_TRY(auto page, call, call.group().keys().scan(call.client().db, asked.cursor, options));
  if (!is_known_type) page.names.clear();
  call.reply().array(2);
  call.reply().bulk(std::to_string(page.cursor));
  answer_names(call.reply(), fitting(std::move(page.names), asked.pattern));
}

// Page by page, each in a group of its own, so that nobody waits for all of them: a name that is there from
// the first to the last is answered once.
net::Task<void> list_names(Call* call) {
  const std::string_view pattern = (*call)[1];
  std::vector<std::string> names;
  keyspace::ScanOptions options;
  options.count = kKeysPage;
  std::uint64_t cursor = 0;
  do {
    const keyspace::Scope scope = keyspace::Scope::slice(cursor);
    keyspace::GroupHandle group;
    while (!group) group = co_await BeginGroup(call->head().keys().keyspace(), scope);
    auto page = group->keys().scan(call->client().db, cursor, options);
    group.reset();
    if (!page) {
      call->fail(page.error());
      co_return;
    }
    cursor = page->cursor;
    auto found = fitting(std::move(page->names), pattern);
    std::ranges::move(found, std::back_inserter(names));
  } while (cursor != 0);
  answer_names(call->reply(), names);
}

void keys(Call& call) {
  if (!call.has_group()) return call.go_on(list_names(&call));
  keyspace::ScanOptions options;
  options.count = std::max<std::size_t>(1, call.group().keys().size(call.client().db));
  STELE_REDIS_TRY(auto page, call, call.group().keys().scan(call.client().db, 0, options));
  answer_names(call.reply(), fitting(std::move(page.names), call[1]));
}

constexpr std::array kCommands = {
    Command{"scan",
            -2,
            flag::kReadOnly,
            {},
            Reach::kCursor,
            scan,
            "generic",
            "2.8.0",
            "O(1) a call, O(N) for all keys",
            "Goes through the names of keys page by page"},
    Command{"keys",
            2,
            flag::kReadOnly | flag::kDangerous,
            {},
            Reach::kPages,
            keys,
            "generic",
            "1.0.0",
            "O(N) with N being the number of keys",
            "Answers all names that fit a pattern"},
};

}  // namespace

bool read_scan_arguments(Call& call, std::size_t at, bool may_have_type, ScanArguments& asked) {
  const std::string_view cursor = call[at];
  const auto [end, error] = std::from_chars(cursor.data(), cursor.data() + cursor.size(), asked.cursor);
  if (error != std::errc{} || end != cursor.data() + cursor.size()) {
    call.fail("invalid cursor");
    return false;
  }
  for (std::size_t i = at + 1; i < call.size(); i += 2) {
    const bool has_value = i + 1 < call.size();
    if (has_value && call.is(i, "MATCH")) {
      asked.pattern = call[i + 1];
    } else if (has_value && call.is(i, "COUNT")) {
      const auto count = integer_argument(call[i + 1]);
      if (!count || *count < 1) {
        count ? call.fail_syntax() : call.fail(count.error());
        return false;
      }
      asked.count = static_cast<std::size_t>(std::min(*count, kPageMax));
    } else if (has_value && may_have_type && call.is(i, "TYPE")) {
      asked.type = call[i + 1];
    } else {
      call.fail_syntax();
      return false;
    }
  }
  return true;
}

std::span<const Command> scan_commands() {
  return kCommands;
}

}  // namespace stele::redis
