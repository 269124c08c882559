// DUMP, RESTORE: a value as bytes, in Redis' own format.
#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/table.h"
#include "protocols/redis/commands/values.h"
#include "protocols/redis/rdb/decode.h"
#include "protocols/redis/rdb/types.h"

namespace stele::redis {

namespace {

using keyspace::ValueType;
using keyspace::WallMs;

void dump(Call& call) {
  STELE_REDIS_TRY(const ValueType type, call, call.group().keys().type(call.key(1)));
  call.count_lookup(type != ValueType::kNone);
  if (type == ValueType::kNone) return call.reply().null();
  STELE_REDIS_TRY(const rdb::Value value, call, read_value(call.group(), call.key(1), type));
  const auto limits = encoding_limits(call.head().settings());
  call.reply().bulk(rdb::make_payload(rdb::encode_value(value, limits), rdb::kVersionWritten));
}

struct RestoreOptions {
  bool replaces = false;
  bool is_absolute = false;
  keyspace::Keys::UsageChange usage;
};

bool read_restore_options(Call& call, RestoreOptions& options) {
  constexpr std::int64_t kFrequencyMax = 255;
  keyspace::Keys::UsageChange& usage = options.usage;
  for (std::size_t i = 4; i < call.size(); ++i) {
    const bool has_more = i + 1 < call.size();
    if (call.is(i, "REPLACE")) {
      options.replaces = true;
    } else if (call.is(i, "ABSTTL")) {
      options.is_absolute = true;
    } else if (call.is(i, "IDLETIME") && has_more && !usage.count) {
      const auto idle = integer_argument(call[++i]);
      if (!idle || *idle < 0) {
        idle ? call.fail("Invalid IDLETIME value, must be >= 0") : call.fail(idle.error());
        return false;
      }
      constexpr std::int64_t kSecondsMax = 1LL << 40;
      usage.idle_ms = static_cast<std::uint64_t>(std::min(*idle, kSecondsMax)) * 1000;
    } else if (call.is(i, "FREQ") && has_more && !usage.idle_ms) {
      const auto frequency = integer_argument(call[++i]);
      if (!frequency || *frequency < 0 || *frequency > kFrequencyMax) {
        frequency ? call.fail("Invalid FREQ value, must be >= 0 and <= 255") : call.fail(frequency.error());
        return false;
      }
      usage.count = static_cast<std::uint32_t>(*frequency);
    } else {
      call.fail_syntax();
      return false;
    }
  }
  return true;
}

void restore(Call& call) {
  RestoreOptions options;
  if (!read_restore_options(call, options)) return;
  auto& keys = call.group().keys();
  STELE_REDIS_TRY(const bool is_taken, call, keys.exists(call.key(1)));
  if (is_taken && !options.replaces) return call.fail_with_code("BUSYKEY Target key name already exists.");
  STELE_REDIS_TRY(std::int64_t expires_at, call, integer_argument(call[2]));
  if (expires_at < 0) return call.fail("Invalid TTL value, must be >= 0");
  const auto payload = rdb::open_payload(call[3]);
  if (!payload) return call.fail("DUMP payload version or checksum are wrong");
  STELE_REDIS_TRY(const rdb::Value value, call, rdb::decode_value(payload->value));
  const std::int64_t now = call.group().now().value;
  if (expires_at > 0 && !options.is_absolute && __builtin_add_overflow(expires_at, now, &expires_at)) {
    return call.fail("Invalid TTL value, must be >= 0");
  }
  if (is_taken) {
    const auto removed = keys.remove(call.key(1));
    if (!removed) return call.fail(removed.error());
  }
  if (expires_at > 0 && expires_at <= now) return call.reply().ok();
  const auto written = write_value(call.group(), call.key(1), value);
  if (!written) return call.fail(written.error());
  if (expires_at > 0) {
    const auto set = keys.expire(call.key(1), WallMs{expires_at}, keyspace::ExpireCondition::kAlways);
    if (!set) return call.fail(set.error());
  }
  const auto used = keys.set_usage(call.key(1), options.usage);
  if (!used) return call.fail(used.error());
  call.reply().ok();
}

constexpr std::array kCommands = {
    Command{"dump",
            2,
            flag::kReadOnly,
            {1, 1, 1, "RO access"},
            Reach::kKeys,
            dump,
            "generic",
            "2.6.0",
            "O(N) where N is the size of the value",
            "Answers the value at a key in Redis' own format"},
    Command{"restore",
            -4,
            flag::kWrite | flag::kDenyOom | flag::kDangerous,
            {1, 1, 1, "OW update"},
            Reach::kKeys,
            restore,
            "generic",
            "2.6.0",
            "O(N) where N is the size of the value",
            "Makes a key of what DUMP answered"},
};

}  // namespace

std::span<const Command> dump_commands() {
  return kCommands;
}

}  // namespace stele::redis
