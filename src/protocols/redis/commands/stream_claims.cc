// XPENDING, XCLAIM and XAUTOCLAIM.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/stream_arguments.h"
#include "protocols/redis/commands/table.h"

namespace stele::redis {

namespace {

using keyspace::StreamClaim;
using keyspace::StreamId;
using keyspace::WallMs;

// Whether there is such a group; else that is answered.
bool has_group(Call& call) {
  const auto group = call.group().streams().group(call.key(1), call[2]);
  if (!group) {
    call.fail(group.error());
    return false;
  }
  if (*group) return true;
  fail_without_group(call, call[1], call[2], "");
  return false;
}

void pending_summary(Call& call) {
  if (!has_group(call)) return;
  auto& streams = call.group().streams();
  STELE_REDIS_TRY(const auto group, call, streams.group(call.key(1), call[2]));
  STELE_REDIS_TRY(auto consumers, call, streams.consumers(call.key(1), call[2]));
  auto& reply = call.reply();
  reply.array(4);
  reply.integer(static_cast<std::int64_t>(group->pending));
  if (group->pending == 0) {
    reply.null();
    reply.null();
    return reply.null_array();
  }
  answer_stream_id(reply, group->first_pending);
  answer_stream_id(reply, group->last_pending);
  std::erase_if(consumers, [](const auto& each) { return each.pending == 0; });
  reply.array(consumers.size());
  for (const auto& each : consumers) {
    reply.array(2);
    reply.bulk(each.name);
    reply.bulk(fmt::to_string(each.pending));
  }
}

void xpending(Call& call) {
  if (call.size() == 3) return pending_summary(call);
  constexpr std::size_t kLeast = 6;
  constexpr std::size_t kMost = 9;
  if (call.size() < kLeast || call.size() > kMost) return call.fail_syntax();
  std::size_t at = 3;
  keyspace::StreamPendingQuery query;
  if (call.is(3, "IDLE")) {
    STELE_REDIS_TRY(query.idle_ms_min, call, integer_argument(call[4]));
    if (call.size() < 8) return call.fail_syntax();
    at += 2;
  }
  STELE_REDIS_TRY(const std::int64_t count, call, integer_argument(call[at + 2]));
  if (!read_first_id(call, call[at], query.first) || !read_last_id(call, call[at + 1], query.last)) return;
  if (at + 3 < call.size()) query.consumer = call[at + 3];
  if (!has_group(call)) return;
  if (count <= 0) return call.reply().array(0);
  query.count_max = static_cast<std::size_t>(count);
  STELE_REDIS_TRY(const auto pending, call, call.group().streams().pending(call.key(1), call[2], query));
  auto& reply = call.reply();
  reply.array(pending.size());
  for (const auto& each : pending) {
    reply.array(4);
    answer_stream_id(reply, each.id);
    reply.bulk(each.consumer);
    reply.integer(std::max<std::int64_t>(call.group().now().value - each.delivered_at.value, 0));
    reply.integer(static_cast<std::int64_t>(each.deliveries));
  }
}

// A number with an error of its own.
bool read_number(Call& call, std::size_t at, std::string_view text, std::int64_t& number) {
  const auto parsed = integer_argument(call[at]);
  if (!parsed) {
    call.fail(text);
    return false;
  }
  number = *parsed;
  return true;
}

bool read_claim_options(Call& call, std::size_t first, StreamClaim& claim) {
  const std::int64_t now = call.group().now().value;
  for (std::size_t i = first; i < call.size(); ++i) {
    const bool has_value = i + 1 < call.size();
    std::int64_t number = 0;
    if (call.is(i, "FORCE")) {
      claim.creates_pending = true;
    } else if (call.is(i, "JUSTID")) {
      claim.only_ids = true;
    } else if (has_value && call.is(i, "IDLE")) {
      if (!read_number(call, ++i, "Invalid IDLE option argument for XCLAIM", number)) return false;
      claim.delivered_at = WallMs{number > now || number < 0 ? now : now - number};
    } else if (has_value && call.is(i, "TIME")) {
      if (!read_number(call, ++i, "Invalid TIME option argument for XCLAIM", number)) return false;
      claim.delivered_at = WallMs{number > now || number < 0 ? now : number};
    } else if (has_value && call.is(i, "RETRYCOUNT")) {
      if (!read_number(call, ++i, "Invalid RETRYCOUNT option argument for XCLAIM", number)) return false;
      claim.deliveries.reset();
      if (number >= 0) claim.deliveries = static_cast<std::uint64_t>(number);
    } else if (has_value && call.is(i, "LASTID")) {
      if (!read_stream_id(call, call[++i], false, claim.last_id.emplace())) return false;
    } else {
      call.fail(fmt::format("Unrecognized XCLAIM option '{}'", call[i]));
      return false;
    }
  }
  return true;
}

void answer_claimed(Call& call, const keyspace::StreamEntries& entries, bool only_ids) {
  if (!only_ids) return answer_entries(call.reply(), entries);
  call.reply().array(entries.entries.size());
  for (const auto& entry : entries.entries) answer_stream_id(call.reply(), entry.id);
}

void xclaim(Call& call) {
  if (!has_group(call)) return;
  StreamClaim claim{.consumer = call[3]};
  if (!read_number(call, 4, "Invalid min-idle-time argument for XCLAIM", claim.idle_ms_min)) return;
  std::vector<StreamId> ids;
  std::size_t i = 5;
  for (; i < call.size(); ++i) {
    const auto id = parse_stream_id(call[i], 0);
    if (!id) break;
    ids.push_back(*id);
  }
  if (!read_claim_options(call, i, claim)) return;
  STELE_REDIS_TRY(const auto entries, call, call.group().streams().claim(call.key(1), call[2], claim, ids));
  answer_claimed(call, entries, claim.only_ids);
}

void xautoclaim(Call& call) {
  constexpr std::int64_t kCountMax = std::numeric_limits<std::int64_t>::max() / 16;
  StreamClaim claim{.consumer = call[3]};
  std::int64_t count = 100;
  StreamId first;
  if (!read_number(call, 4, "Invalid min-idle-time argument for XAUTOCLAIM", claim.idle_ms_min)) return;
  if (!read_first_id(call, call[5], first)) return;
  for (std::size_t i = 6; i < call.size(); ++i) {
    if (i + 1 < call.size() && call.is(i, "COUNT")) {
      const auto number = integer_argument(call[++i]);
      if (!number || *number < 1 || *number > kCountMax) return call.fail("COUNT must be > 0");
      count = *number;
    } else if (call.is(i, "JUSTID")) {
      claim.only_ids = true;
    } else {
      return call.fail_syntax();
    }
  }
  if (!has_group(call)) return;
  STELE_REDIS_TRY(
      const auto claimed, call,
      call.group().streams().claim_from(call.key(1), call[2], claim, first, static_cast<std::size_t>(count)));
  call.reply().array(3);
  answer_stream_id(call.reply(), claimed.next);
  answer_claimed(call, claimed.entries, claim.only_ids);
  call.reply().array(claimed.removed.size());
  for (const StreamId id : claimed.removed) answer_stream_id(call.reply(), id);
}

constexpr auto kKeys = Reach::kKeys;
constexpr std::string_view kStream = "stream";
constexpr std::string_view kByPending = "O(N) where N is the number of pending entries";
constexpr KeyPositions kKey = {1, 1, 1, "RW access delete"};

constexpr std::array kCommands = {
    Command{"xpending",
            -3,
            flag::kReadOnly,
            {1, 1, 1, "RO access"},
            kKeys,
            xpending,
            kStream,
            "5.0.0",
            kByPending,
            "Answers what is pending in a group"},
    Command{"xclaim",
            -6,
            flag::kWrite | flag::kFast,
            {1, 1, 1, "RW update"},
            kKeys,
            xclaim,
            kStream,
            "5.0.0",
            "O(log(N)) for each id",
            "Gives pending entries to another consumer"},
    Command{"xautoclaim", -6, flag::kWrite | flag::kFast, kKey, kKeys, xautoclaim, kStream, "6.2.0", "O(1)",
            "Gives entries that were pending for long to another consumer"},
};

}  // namespace

std::span<const Command> stream_claim_commands() {
  return kCommands;
}

}  // namespace stele::redis
