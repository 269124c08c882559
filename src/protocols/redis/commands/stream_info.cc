// XINFO.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "keyspace/errors.h"
#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/stream_arguments.h"
#include "protocols/redis/commands/table.h"

namespace stele::redis {

namespace {

using keyspace::StreamGroupInfo;
using keyspace::StreamInfo;
using keyspace::StreamPending;

void fail_subcommand(Call& call) {
  call.fail(
      fmt::format("unknown subcommand or wrong number of arguments for '{}'. Try XINFO HELP.", call[1]));
}

void answer_number(wire::ReplyWriter& reply, std::string_view name, std::uint64_t number) {
  reply.bulk(name);
  reply.integer(static_cast<std::int64_t>(number));
}

void answer_id(wire::ReplyWriter& reply, std::string_view name, keyspace::StreamId id) {
  reply.bulk(name);
  answer_stream_id(reply, id);
}

void answer_if_known(wire::ReplyWriter& reply, std::string_view name, std::optional<std::uint64_t> number) {
  reply.bulk(name);
  number ? reply.integer(static_cast<std::int64_t>(*number)) : reply.null();
}

// False: that there is no stream, or an error, was answered.
bool find_stream(Call& call, std::optional<StreamInfo>& info) {
  auto found = call.group().streams().info(call.key(2));
  if (!found) {
    call.fail(found.error());
    return false;
  }
  if (!*found) {
    call.fail(keyspace::no_such_key());
    return false;
  }
  info = *found;
  return true;
}

void answer_head(wire::ReplyWriter& reply, const StreamInfo& info) {
  answer_number(reply, "length", info.size);
  answer_number(reply, "radix-tree-keys", info.nodes);
  answer_number(reply, "radix-tree-nodes", info.nodes + 1);
  answer_id(reply, "last-generated-id", info.last_id);
  answer_id(reply, "max-deleted-entry-id", info.max_deleted_id);
  answer_number(reply, "entries-added", info.entries_added);
  answer_id(reply, "recorded-first-entry-id", info.first_id);
}

void answer_edge(Call& call, std::string_view name, bool is_last) {
  call.reply().bulk(name);
  const auto entries = call.group().streams().range(call.key(2), {.count_max = 1, .is_reversed = is_last});
  if (!entries || entries->entries.empty()) return call.reply().null();
  answer_entry(call.reply(), *entries, entries->entries.front());
}

// What is pending in a group, for one consumer or (with the names) for all.
void answer_pending(wire::ReplyWriter& reply, const std::vector<StreamPending>& pending, bool has_names) {
  reply.bulk("pending");
  reply.array(pending.size());
  for (const StreamPending& each : pending) {
    reply.array(has_names ? 4 : 3);
    answer_stream_id(reply, each.id);
    if (has_names) reply.bulk(each.consumer);
    reply.integer(each.delivered_at.value);
    reply.integer(static_cast<std::int64_t>(each.deliveries));
  }
}

void answer_group_in_full(Call& call, const StreamGroupInfo& group, std::size_t count_max) {
  auto& streams = call.group().streams();
  auto& reply = call.reply();
  const auto pending = streams.pending(call.key(2), group.name, {.count_max = count_max});
  const auto consumers = streams.consumers(call.key(2), group.name);
  reply.map(7);
  reply.bulk("name");
  reply.bulk(group.name);
  answer_id(reply, "last-delivered-id", group.last_id);
  answer_if_known(reply, "entries-read", group.entries_read);
  answer_if_known(reply, "lag", group.lag);
  answer_number(reply, "pel-count", group.pending);
  answer_pending(reply, pending.value_or(std::vector<StreamPending>{}), true);
  reply.bulk("consumers");
  reply.array(consumers ? consumers->size() : 0);
  if (!consumers) return;
  for (const auto& each : *consumers) {
    const auto own =
        streams.pending(call.key(2), group.name, {.count_max = count_max, .consumer = each.name});
    reply.map(4);
    reply.bulk("name");
    reply.bulk(each.name);
    answer_number(reply, "seen-time", static_cast<std::uint64_t>(each.seen_at.value));
    answer_number(reply, "pel-count", each.pending);
    answer_pending(reply, own.value_or(std::vector<StreamPending>{}), false);
  }
}

void answer_in_full(Call& call, const StreamInfo& info, std::size_t count_max) {
  auto& streams = call.group().streams();
  STELE_REDIS_TRY(const auto groups, call, streams.groups(call.key(2)));
  call.reply().map(9);
  answer_head(call.reply(), info);
  call.reply().bulk("entries");
  const auto entries = streams.range(call.key(2), {.count_max = count_max});
  answer_entries(call.reply(), entries.value_or(keyspace::StreamEntries{}));
  call.reply().bulk("groups");
  call.reply().array(groups.size());
  for (const StreamGroupInfo& group : groups) answer_group_in_full(call, group, count_max);
}

void xinfo_stream(Call& call) {
  std::optional<StreamInfo> info;
  if (!find_stream(call, info)) return;
  if (call.size() > 3) {
    std::int64_t count = 10;
    if ((call.size() != 4 && call.size() != 6) || !call.is(3, "FULL")) return fail_subcommand(call);
    if (call.size() == 6) {
      if (!call.is(4, "COUNT")) return fail_subcommand(call);
      STELE_REDIS_TRY(count, call, integer_argument(call[5]));
      if (count < 0) count = 10;
    }
    return answer_in_full(call, *info, static_cast<std::size_t>(count));
  }
  call.reply().map(10);
  answer_head(call.reply(), *info);
  answer_number(call.reply(), "groups", info->groups);
  answer_edge(call, "first-entry", false);
  answer_edge(call, "last-entry", true);
}

void xinfo_groups(Call& call) {
  std::optional<StreamInfo> info;
  if (!find_stream(call, info)) return;
  STELE_REDIS_TRY(const auto groups, call, call.group().streams().groups(call.key(2)));
  auto& reply = call.reply();
  reply.array(groups.size());
  for (const StreamGroupInfo& group : groups) {
    reply.map(6);
    reply.bulk("name");
    reply.bulk(group.name);
    answer_number(reply, "consumers", group.consumers);
    answer_number(reply, "pending", group.pending);
    answer_id(reply, "last-delivered-id", group.last_id);
    answer_if_known(reply, "entries-read", group.entries_read);
    answer_if_known(reply, "lag", group.lag);
  }
}

void xinfo_consumers(Call& call) {
  std::optional<StreamInfo> info;
  if (!find_stream(call, info)) return;
  const auto consumers = call.group().streams().consumers(call.key(2), call[3]);
  if (!consumers)
    return call.fail_with_code(
        fmt::format("NOGROUP No such consumer group '{}' for key name '{}'", call[3], call[2]));
  auto& reply = call.reply();
  reply.array(consumers->size());
  for (const auto& each : *consumers) {
    const std::int64_t idle = std::max<std::int64_t>(call.group().now().value - each.seen_at.value, 0);
    reply.map(3);
    reply.bulk("name");
    reply.bulk(each.name);
    answer_number(reply, "pending", each.pending);
    answer_number(reply, "idle", static_cast<std::uint64_t>(idle));
  }
}

void xinfo_help(Call& call) {
  constexpr auto kLines = std::to_array<std::string_view>({
      "CONSUMERS <key> <groupname>",
      "    Show consumers of <groupname>.",
      "GROUPS <key>",
      "    Show the stream consumer groups.",
      "STREAM <key> [FULL [COUNT <count>]",
      "    Show information about the stream.",
  });
  answer_help(call, "xinfo", kLines);
}

constexpr std::uint32_t kRead = flag::kReadOnly;
constexpr auto kKeys = Reach::kKeys;
constexpr std::string_view kStream = "stream";
constexpr std::string_view kOne = "O(1)";
constexpr KeyPositions kKey = {2, 2, 1, "RO access"};

constexpr std::array kInfoCommands = {
    Command{"xinfo|stream", -3, kRead, kKey, kKeys, xinfo_stream, kStream, "5.0.0", kOne,
            "Answers facts of a stream"},
    Command{"xinfo|groups", 3, kRead, kKey, kKeys, xinfo_groups, kStream, "5.0.0", kOne,
            "Answers the groups of a stream"},
    Command{"xinfo|consumers", 4, kRead, kKey, kKeys, xinfo_consumers, kStream, "5.0.0", kOne,
            "Answers the consumers of a group"},
    Command{"xinfo|help",
            2,
            flag::kLoading | flag::kStale,
            {},
            Reach::kNothing,
            xinfo_help,
            kStream,
            "5.0.0",
            kOne,
            "Says what XINFO can do"},
};

constexpr std::array kCommands = {
    Command{"xinfo",
            -2,
            0,
            {},
            Reach::kNothing,
            nullptr,
            kStream,
            "5.0.0",
            "Depends on subcommand",
            "A container for commands that tell of streams",
            kInfoCommands},
};

}  // namespace

std::span<const Command> stream_info_commands() {
  return kCommands;
}

}  // namespace stele::redis
