// XREAD and XREADGROUP, which may wait for entries.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "keyspace/numbers.h"
#include "protocols/redis/blocked.h"
#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/stream_arguments.h"
#include "protocols/redis/commands/table.h"

namespace stele::redis {

namespace {

using keyspace::Group;
using keyspace::KeyRef;
using keyspace::StreamEntries;
using keyspace::StreamId;
using keyspace::ValueType;

constexpr std::size_t kBlockedCountMax = 1000;

struct Reading {
  std::size_t first_key = 0;  // among the arguments
  std::size_t keys = 0;
  std::size_t count_max = 0;  // 0 = all
  bool is_acknowledged = false;
  bool may_block = false;
  std::optional<Duration> timeout;  // where it may; none: for ever
  std::optional<std::string_view> group;
  std::string_view consumer;
  // Of each key: entries beyond it. Nothing: what the group has not had.
  std::vector<std::optional<StreamId>> beyond;
};

bool read_block(Call& call, std::string_view text, Reading& reading) {
  // A script's client has no connection.
  if (call.client().stream_or_null == nullptr) {
    call.fail(fmt::format("{} command is not allowed with BLOCK option from scripts", call[0]));
    return false;
  }
  const auto ms = keyspace::parse_integer(text);
  if (!ms || *ms > std::chrono::duration_cast<std::chrono::milliseconds>(Duration::max()).count() / 2) {
    call.fail("timeout is not an integer or out of range");
    return false;
  }
  if (*ms < 0) {
    call.fail("timeout is negative");
    return false;
  }
  reading.may_block = true;
  reading.timeout = std::nullopt;
  if (*ms > 0) reading.timeout = std::chrono::milliseconds(*ms);
  return true;
}

bool read_count_option(Call& call, std::string_view text, Reading& reading) {
  const auto count = integer_argument(text);
  if (!count) {
    call.fail(count.error());
    return false;
  }
  reading.count_max = static_cast<std::size_t>(std::max<std::int64_t>(*count, 0));
  return true;
}

bool fail(Call& call, std::string_view text) {
  call.fail(text);
  return false;
}

bool read_options(Call& call, bool by_group, Reading& reading) {
  for (std::size_t i = 1; i < call.size() && reading.first_key == 0; ++i) {
    const std::size_t behind = call.size() - i - 1;
    if (behind > 0 && call.is(i, "BLOCK")) {
      if (!read_block(call, call[++i], reading)) return false;
    } else if (behind > 0 && call.is(i, "COUNT")) {
      if (!read_count_option(call, call[++i], reading)) return false;
    } else if (behind > 0 && call.is(i, "STREAMS")) {
      if (behind % 2 != 0)
        return fail(call,
                    "Unbalanced XREAD list of streams: for each stream key an ID or '$' must be specified.");
      reading.first_key = i + 1;
      reading.keys = behind / 2;
    } else if (behind > 1 && call.is(i, "GROUP")) {
      if (!by_group)
        return fail(call, "The GROUP option is only supported by XREADGROUP. You called XREAD instead.");
      reading.group = call[i + 1];
      reading.consumer = call[i + 2];
      i += 2;
    } else if (call.is(i, "NOACK")) {
      if (!by_group)
        return fail(call, "The NOACK option is only supported by XREADGROUP. You called XREAD instead.");
      reading.is_acknowledged = true;
    } else {
      break;
    }
  }
  if (reading.first_key == 0) return fail(call, "syntax error");
  if (by_group && !reading.group) return fail(call, "Missing GROUP option for XREADGROUP");
  return true;
}

bool read_id(Call& call, std::size_t key, Reading& reading) {
  const std::string_view text = call[reading.first_key + reading.keys + key];
  const KeyRef name = call.key(reading.first_key + key);
  auto& streams = call.group().streams();
  const auto info = streams.info(name);
  if (!info) {
    call.fail(info.error());
    return false;
  }
  if (reading.group) {
    const auto group = streams.group(name, *reading.group);
    if (!group || !*group) {
      fail_without_group(call, name.name, *reading.group, " in XREADGROUP with GROUP option");
      return false;
    }
  }
  std::optional<StreamId>& beyond = reading.beyond.emplace_back();
  if (text == "$") {
    if (reading.group)
      return fail(
          call,
          "The $ ID is meaningless in the context of XREADGROUP: you want to read the history of this "
          "consumer by specifying a proper ID, or use the > ID to get new messages. The $ ID would "
          "just return an empty result set.");
    beyond = *info ? (*info)->last_id : StreamId{};
    return true;
  }
  if (text == ">") {
    if (!reading.group)
      return fail(call,
                  "The > ID can be specified only when calling XREADGROUP using the GROUP <group> <consumer> "
                  "option.");
    return true;
  }
  return read_stream_id(call, text, false, beyond.emplace());
}

void answer_stream(wire::ReplyWriter& reply, std::string_view key, const StreamEntries& entries) {
  if (reply.protocol() < 3) reply.array(2);
  reply.bulk(key);
  answer_entries(reply, entries);
}

void answer_streams(wire::ReplyWriter& reply, std::size_t count) {
  reply.protocol() < 3 ? reply.array(count) : reply.map(count);
}

// What is there for one key; nothing when there is nothing to serve.
Result<std::optional<StreamEntries>> read_one(Group& group, KeyRef key, const Reading& reading,
                                              const std::optional<StreamId>& beyond) {
  auto& streams = group.streams();
  if (reading.group && beyond) {
    STELE_TRY(auto entries,
              streams.read_pending(key, *reading.group, reading.consumer, *beyond, reading.count_max));
    return std::optional(std::move(entries));
  }
  StreamEntries entries;
  if (reading.group) {
    STELE_TRY(entries, streams.read_new(key, *reading.group, reading.consumer, reading.count_max,
                                        reading.is_acknowledged));
  } else {
    const auto first = beyond->next();
    if (!first) return std::nullopt;
    STELE_TRY(entries, streams.range(key, {.first = *first, .count_max = reading.count_max}));
  }
  if (entries.entries.empty()) return std::nullopt;
  return std::optional(std::move(entries));
}

// XREAD and XREADGROUP while they wait: the first of the keys with something is answered alone.
class BlockedReading final : public BlockedClient {
 public:
  BlockedReading(Call& call, const Reading& reading)
      : BlockedClient(call.client().protocol),
        reading_(reading),
        group_(reading.group.value_or("")),
        consumer_(reading.consumer) {
    for (std::size_t i = 0; i < reading.keys; ++i)
      keys_.emplace_back(keyspace::Key(call.key(reading.first_key + i)), reading.beyond[i]);
    if (reading_.group) reading_.group = group_;
    reading_.consumer = consumer_;
    if (reading_.count_max == 0) reading_.count_max = kBlockedCountMax;
  }

  bool waits_for_absence() const override { return reading_.group.has_value(); }

  Readiness readiness(Group& group, KeyRef key) override {
    const auto info = group.streams().info(key);
    if (!reading_.group) {
      const bool is_ready = info && *info && (*info)->size > 0 && (*info)->last_entry_id > beyond(key);
      return is_ready ? Readiness::kYes : Readiness::kNo;
    }
    // Also to be told that it waits in vain.
    if (!info || !*info) return Readiness::kYes;
    const auto read = group.streams().group(key, group_);
    if (!read || !*read) return Readiness::kYes;
    return (*info)->last_entry_id > (*read)->last_id ? Readiness::kYes : Readiness::kNo;
  }

 private:
  StreamId beyond(KeyRef key) const {
    const auto at = std::ranges::find_if(keys_, [&](const auto& each) { return KeyRef(each.first) == key; });
    return at == keys_.end() ? StreamId::last() : at->second.value_or(StreamId::last());
  }

  void take(Group& group, KeyRef key, wire::ReplyWriter& reply) override {
    if (reading_.group) {
      const auto info = group.streams().info(key);
      if (!info || !*info) return reply.error("UNBLOCKED the stream key no longer exists");
      const auto read = group.streams().group(key, group_);
      if (!read || !*read)
        return reply.error("NOGROUP the consumer group this client was blocked on no longer exists");
    }
    const auto beyond_or_none =
        reading_.group ? std::optional<StreamId>() : std::optional<StreamId>(beyond(key));
    const auto entries = read_one(group, key, reading_, beyond_or_none);
    if (!entries) return reply.error(error_text(entries.error()));
    answer_streams(reply, 1);
    answer_stream(reply, key.name, entries->value_or(StreamEntries{}));
  }

  Reading reading_;
  const std::string group_;
  const std::string consumer_;
  std::vector<std::pair<keyspace::Key, std::optional<StreamId>>> keys_;
};

void read(Call& call, bool by_group) {
  Reading reading;
  if (!read_options(call, by_group, reading)) return;
  for (std::size_t i = 0; i < reading.keys; ++i) {
    if (!read_id(call, i, reading)) return;
  }
  std::string served;
  std::size_t count = 0;
  wire::ReplyWriter writer(served, call.client().protocol);
  for (std::size_t i = 0; i < reading.keys; ++i) {
    const KeyRef key = call.key(reading.first_key + i);
    STELE_REDIS_TRY(const auto entries, call, read_one(call.group(), key, reading, reading.beyond[i]));
    if (!entries) continue;
    ++count;
    answer_stream(writer, key.name, *entries);
  }
  if (count > 0) {
    answer_streams(call.reply(), count);
    return call.reply().raw(served);
  }
  if (!reading.may_block || !call.may_block()) return call.reply().null_array();
  Block block{std::make_shared<BlockedReading>(call, reading), {}, reading.timeout, true};
  for (std::size_t i = 0; i < reading.keys; ++i) {
    keyspace::Key key(call.key(reading.first_key + i));
    if (std::ranges::find(block.keys, key) == block.keys.end()) block.keys.push_back(std::move(key));
  }
  call.block(std::move(block));
}

void xread(Call& call) {
  read(call, false);
}

void xreadgroup(Call& call) {
  read(call, true);
}

constexpr std::string_view kStream = "stream";
constexpr std::string_view kByEntries = "O(N) where N is the number of entries";
constexpr KeyPositions kRead = {.use = "RO access", .keyword = "STREAMS", .keyword_from = 1};
constexpr KeyPositions kReadByGroup = {.use = "RO access", .keyword = "STREAMS", .keyword_from = 4};

constexpr std::array kCommands = {
    Command{"xread", -4, flag::kReadOnly | flag::kBlocking, kRead, Reach::kKeys, xread, kStream, "5.0.0",
            kByEntries, "Answers entries of streams beyond ids, or waits for some"},
    Command{"xreadgroup", -7, flag::kWrite | flag::kBlocking, kReadByGroup, Reach::kKeys, xreadgroup, kStream,
            "5.0.0", kByEntries,
            "Gives a consumer the entries that its group has not had, or waits for some"},
};

}  // namespace

std::span<const Command> stream_read_commands() {
  return kCommands;
}

}  // namespace stele::redis
