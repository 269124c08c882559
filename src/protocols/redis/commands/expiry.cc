// When keys expire: EXPIRE and TTL with their like.
#include <fmt/format.h>

#include <array>
#include <string>

#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/expiry_argument.h"
#include "protocols/redis/commands/table.h"

namespace stele::redis {

namespace {

using keyspace::ExpireCondition;

struct ExpireOptions {
  bool if_none = false;
  bool if_any = false;
  bool if_later = false;
  bool if_earlier = false;
};

bool read_expire_options(Call& call, ExpireOptions& options) {
  for (std::size_t i = 3; i < call.size(); ++i) {
    if (call.is(i, "NX")) {
      options.if_none = true;
    } else if (call.is(i, "XX")) {
      options.if_any = true;
    } else if (call.is(i, "GT")) {
      options.if_later = true;
    } else if (call.is(i, "LT")) {
      options.if_earlier = true;
    } else {
      call.fail(fmt::format("Unsupported option {}", call[i]));
      return false;
    }
  }
  if (options.if_none && (options.if_any || options.if_later || options.if_earlier)) {
    call.fail("NX and XX, GT or LT options at the same time are not compatible");
    return false;
  }
  if (options.if_later && options.if_earlier) {
    call.fail("GT and LT options at the same time are not compatible");
    return false;
  }
  return true;
}

void expire(Call& call, TimeUnit unit) {
  ExpireOptions options;
  if (!read_expire_options(call, options)) return;
  STELE_REDIS_TRY(const auto moment, call,
                  any_moment(call[2], unit, call.group().now(), call.command().name));
  auto& keys = call.group().keys();
  ExpireCondition condition = ExpireCondition::kAlways;
  if (options.if_none) condition = ExpireCondition::kIfNone;
  if (options.if_any) condition = ExpireCondition::kIfAny;
  if (options.if_later) condition = ExpireCondition::kIfLater;
  if (options.if_earlier) {
    condition = ExpireCondition::kIfEarlier;
    if (options.if_any) {
      STELE_REDIS_TRY(const auto present, call, keys.expiry(call.key(1)));
      if (!present.at) return call.reply().integer(0);
    }
  }
  STELE_REDIS_TRY(const bool is_set, call, keys.expire(call.key(1), moment, condition));
  call.reply().integer(is_set ? 1 : 0);
}

// How the answer to "until when" is told.
void answer_expiry(Call& call, TimeUnit unit) {
  STELE_REDIS_TRY(const auto expiry, call, call.group().keys().expiry(call.key(1)));
  call.count_lookup(expiry.exists);
  if (!expiry.exists) return call.reply().integer(-2);
  if (!expiry.at) return call.reply().integer(-1);
  std::int64_t ms = expiry.at->value;
  if (!unit.is_absolute) ms -= call.group().now().value;
  call.reply().integer(unit.is_seconds ? (unit.is_absolute ? ms / 1000 : (ms + 500) / 1000) : ms);
}

void persist(Call& call) {
  STELE_REDIS_TRY(const bool done, call, call.group().keys().persist(call.key(1)));
  call.reply().integer(done ? 1 : 0);
}

template <bool kSeconds, bool kAbsolute>
void expire_row(Call& call) {
  expire(call, {kSeconds, kAbsolute});
}

template <bool kSeconds, bool kAbsolute>
void expiry_row(Call& call) {
  answer_expiry(call, {kSeconds, kAbsolute});
}

constexpr std::uint32_t kWrite = flag::kWrite | flag::kFast;
constexpr std::uint32_t kRead = flag::kReadOnly | flag::kFast;
constexpr KeyPositions kChanged = {1, 1, 1, "RW update"};
constexpr KeyPositions kAsked = {1, 1, 1, "RO access"};
constexpr auto kKeys = Reach::kKeys;

constexpr std::array kCommands = {
    Command{"expire", -3, kWrite, kChanged, kKeys, expire_row<true, false>, "generic", "1.0.0", "O(1)",
            "Lets a key expire after some seconds"},
    Command{"pexpire", -3, kWrite, kChanged, kKeys, expire_row<false, false>, "generic", "2.6.0", "O(1)",
            "Lets a key expire after some milliseconds"},
    Command{"expireat", -3, kWrite, kChanged, kKeys, expire_row<true, true>, "generic", "1.2.0", "O(1)",
            "Lets a key expire at a second since 1970"},
    Command{"pexpireat", -3, kWrite, kChanged, kKeys, expire_row<false, true>, "generic", "2.6.0", "O(1)",
            "Lets a key expire at a millisecond since 1970"},
    Command{"ttl", 2, kRead, kAsked, kKeys, expiry_row<true, false>, "generic", "1.0.0", "O(1)",
            "Answers in how many seconds a key expires"},
    Command{"pttl", 2, kRead, kAsked, kKeys, expiry_row<false, false>, "generic", "2.6.0", "O(1)",
            "Answers in how many milliseconds a key expires"},
    Command{"expiretime", 2, kRead, kAsked, kKeys, expiry_row<true, true>, "generic", "7.0.0", "O(1)",
            "Answers the second since 1970 at which a key expires"},
    Command{"pexpiretime", 2, kRead, kAsked, kKeys, expiry_row<false, true>, "generic", "7.0.0", "O(1)",
            "Answers the millisecond since 1970 at which a key expires"},
    Command{"persist", 2, kWrite, kChanged, kKeys, persist, "generic", "2.2.0", "O(1)",
            "Takes the expiry from a key"},
};

}  // namespace

std::span<const Command> expiry_commands() {
  return kCommands;
}

}  // namespace stele::redis
