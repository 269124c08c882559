// The sorted-set commands on members: ZADD, ZSCORE, ZRANK, ZPOPMIN, …
#include <array>
#include <limits>
#include <vector>

#include "keyspace/errors.h"
#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/counted_keys.h"
#include "protocols/redis/commands/scan_options.h"
#include "protocols/redis/commands/scored_pops.h"
#include "protocols/redis/commands/scored_replies.h"
#include "protocols/redis/commands/table.h"

namespace stele::redis {

namespace {

using keyspace::KeyRef;
using keyspace::ScoreCondition;
using keyspace::ScoredRef;

struct AddOptions {
  ScoreCondition condition;
  bool counts_changed = false;
  bool increments = false;
  std::size_t first = 2;  // of the scores and members
};

bool read_add_options(Call& call, AddOptions& options) {
  ScoreCondition& condition = options.condition;
  for (std::size_t& i = options.first; i < call.size(); ++i) {
    if (call.is(i, "NX")) {
      condition.only_new = true;
    } else if (call.is(i, "XX")) {
      condition.only_present = true;
    } else if (call.is(i, "CH")) {
      options.counts_changed = true;
    } else if (call.is(i, "INCR")) {
      options.increments = true;
    } else if (call.is(i, "GT")) {
      condition.only_greater = true;
    } else if (call.is(i, "LT")) {
      condition.only_less = true;
    } else {
      break;
    }
  }
  const std::size_t rest = call.size() - options.first;
  const int excluding =
      (condition.only_new ? 1 : 0) + (condition.only_greater ? 1 : 0) + (condition.only_less ? 1 : 0);
  if (rest == 0 || rest % 2 != 0) {
    call.fail_syntax();
  } else if (condition.only_new && condition.only_present) {
    call.fail("XX and NX options at the same time are not compatible");
  } else if (excluding > 1) {
    call.fail("GT, LT, and/or NX options at the same time are not compatible");
  } else if (options.increments && rest > 2) {
    call.fail("INCR option supports a single increment-element pair");
  } else {
    return true;
  }
  return false;
}

void increment(Call& call, std::string_view by, std::string_view member, const ScoreCondition& condition) {
  STELE_REDIS_TRY(const double number, call, score_argument(by));
  STELE_REDIS_TRY(const auto score, call,
                  call.group().sorted_sets().increment(call.key(1), member, number, condition));
  score ? answer_score(call, *score) : call.reply().null();
}

void zadd(Call& call) {
  AddOptions options;
  if (!read_add_options(call, options)) return;
  if (options.increments) {
    return increment(call, call[options.first], call[options.first + 1], options.condition);
  }
  constexpr std::size_t kFew = 8;
  std::array<ScoredRef, kFew> few;
  std::vector<ScoredRef> many;
  const std::size_t count = (call.size() - options.first) / 2;
  if (count > kFew) many.resize(count);
  const std::span<ScoredRef> members = count > kFew ? std::span(many) : std::span(few).first(count);
  for (std::size_t i = 0; i < count; ++i) {
    STELE_REDIS_TRY(const double score, call, score_argument(call[options.first + 2 * i]));
    members[i] = {call[options.first + 2 * i + 1], score};
  }
  STELE_REDIS_TRY(const auto reply, call,
                  call.group().sorted_sets().add(call.key(1), members, options.condition));
  call.reply().integer(static_cast<std::int64_t>(reply.added + (options.counts_changed ? reply.changed : 0)));
}

void zincrby(Call& call) {
  increment(call, call[2], call[3], {});
}

void zrem(Call& call) {
  STELE_REDIS_TRY(const std::size_t removed, call,
                  call.group().sorted_sets().remove(call.key(1), call.arguments(2)));
  call.reply().integer(static_cast<std::int64_t>(removed));
}

void zcard(Call& call) {
  STELE_REDIS_TRY(const std::size_t size, call, call.group().sorted_sets().size(call.key(1)));
  call.reply().integer(static_cast<std::int64_t>(size));
}

void zscore(Call& call) {
  STELE_REDIS_TRY(const auto score, call, call.group().sorted_sets().score(call.key(1), call[2]));
  call.count_lookup(score.has_value());
  score ? answer_score(call, *score) : call.reply().null();
}

void zmscore(Call& call) {
  STELE_REDIS_TRY(const auto scores, call, call.group().sorted_sets().scores(call.key(1), call.arguments(2)));
  call.reply().array(scores.size());
  for (const auto& score : scores) score ? answer_score(call, *score) : call.reply().null();
}

void answer_rank(Call& call, bool is_reversed) {
  STELE_REDIS_TRY(const auto rank, call, call.group().sorted_sets().rank(call.key(1), call[2], is_reversed));
  rank ? call.reply().integer(static_cast<std::int64_t>(*rank)) : call.reply().null();
}

void zrank(Call& call) {
  answer_rank(call, false);
}

void zrevrank(Call& call) {
  answer_rank(call, true);
}

void pop(Call& call, bool highest) {
  if (call.size() > 3) return call.fail_syntax();
  std::size_t count = 1;
  const bool has_count = call.size() == 3;
  if (has_count && !read_count(call, 2, "value is out of range, must be positive", count)) return;
  STELE_REDIS_TRY(const auto taken, call, call.group().sorted_sets().pop(call.key(1), highest, count));
  if (has_count) return answer_scored(call, taken, true);
  call.reply().array(taken.size() * 2);
  for (const auto& each : taken) {
    call.reply().bulk(each.member);
    answer_score(call, each.score);
  }
}

void zpopmin(Call& call) {
  pop(call, false);
}

void zpopmax(Call& call) {
  pop(call, true);
}

void zmpop(Call& call) {
  ScoredPops asked;
  if (!read_scored_pops(call, 1, asked)) return;
  for (std::size_t i = 0; i < asked.keys; ++i) {
    const KeyRef key = call.key(2 + i);
    STELE_REDIS_TRY(const auto taken, call, call.group().sorted_sets().pop(key, asked.highest, asked.count));
    if (!taken.empty()) return answer_popped(call.reply(), key.name, taken);
  }
  call.reply().null_array();
}

void zrandmember(Call& call) {
  if (call.size() == 2) {
    STELE_REDIS_TRY(const auto one, call, call.group().sorted_sets().random(call.key(1), 1));
    return one.empty() ? call.reply().null() : call.reply().bulk(one.front().member);
  }
  STELE_REDIS_TRY(const std::int64_t count, call, integer_argument(call[2]));
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  if (count < -kMost) {
    return call.fail(
        "value is out of range, value must between -9223372036854775807 and 9223372036854775807");
  }
  const bool with_scores = call.size() > 3;
  if (call.size() > 4 || (with_scores && !call.is(3, "WITHSCORES"))) return call.fail_syntax();
  if (with_scores && (count < -kMost / 2 || count > kMost / 2)) return call.fail("value is out of range");
  STELE_REDIS_TRY(const auto members, call, call.group().sorted_sets().random(call.key(1), count));
  answer_scored(call, members, with_scores);
}

void zscan(Call& call) {
  ScanArguments asked;
  if (!read_scan_arguments(call, 2, false, asked)) return;
  STELE_REDIS_TRY(auto page, call, call.group().sorted_sets().scan(call.key(1), asked.cursor, asked.count));
  std::erase_if(page.members, [&](const ScoredRef& each) { return !asked.fits(each.member); });
  call.reply().array(2);
  call.reply().bulk(std::to_string(page.cursor));
  call.reply().array(page.members.size() * 2);
  for (const ScoredRef& each : page.members) {
    call.reply().bulk(each.member);
    call.reply().bulk(keyspace::format_score(each.score));
  }
}

constexpr std::uint32_t kRead = flag::kReadOnly;
constexpr std::uint32_t kWrite = flag::kWrite;
constexpr std::uint32_t kGrow = flag::kWrite | flag::kDenyOom;
constexpr std::uint32_t kFast = flag::kFast;
constexpr auto kKeys = Reach::kKeys;
constexpr KeyPositions kReadKey = {1, 1, 1, "RO access"};
constexpr KeyPositions kTakeKey = {1, 1, 1, "RW access delete"};
constexpr std::string_view kSorted = "sorted_set";
constexpr std::string_view kOne = "O(1)";
constexpr std::string_view kLog = "O(log(N)) where N is the number of members";
constexpr std::string_view kLogByMembers =
    "O(M*log(N)) where N is the number of members and M the number of those named";
constexpr std::string_view kByMembers = "O(N) where N is the number of members";

constexpr std::array kCommands = {
    Command{"zadd",
            -4,
            kGrow | kFast,
            {1, 1, 1, "RW update"},
            kKeys,
            zadd,
            kSorted,
            "1.2.0",
            kLogByMembers,
            "Adds members to a sorted set, or gives them other scores"},
    Command{"zincrby",
            4,
            kGrow | kFast,
            {1, 1, 1, "RW access update"},
            kKeys,
            zincrby,
            kSorted,
            "1.2.0",
            kLog,
            "Adds to the score of a member"},
    Command{"zrem",
            -3,
            kWrite | kFast,
            {1, 1, 1, "RW delete"},
            kKeys,
            zrem,
            kSorted,
            "1.2.0",
            kLogByMembers,
            "Removes members of a sorted set"},
    Command{"zcard",
            2,
            kRead | kFast,
            {1, 1, 1, "RO"},
            kKeys,
            zcard,
            kSorted,
            "1.2.0",
            kOne,
            "Answers how many members a sorted set has"},
    Command{"zscore", 3, kRead | kFast, kReadKey, kKeys, zscore, kSorted, "1.2.0", kOne,
            "Answers the score of a member"},
    Command{"zmscore", -3, kRead | kFast, kReadKey, kKeys, zmscore, kSorted, "6.2.0", kByMembers,
            "Answers the scores of members"},
    Command{"zrank", 3, kRead | kFast, kReadKey, kKeys, zrank, kSorted, "2.0.0", kLog,
            "Answers the rank of a member, from the lowest score"},
    Command{"zrevrank", 3, kRead | kFast, kReadKey, kKeys, zrevrank, kSorted, "2.0.0", kLog,
            "Answers the rank of a member, from the highest score"},
    Command{"zpopmin", -2, kWrite | kFast, kTakeKey, kKeys, zpopmin, kSorted, "5.0.0", kLogByMembers,
            "Takes the members with the lowest scores"},
    Command{"zpopmax", -2, kWrite | kFast, kTakeKey, kKeys, zpopmax, kSorted, "5.0.0", kLogByMembers,
            "Takes the members with the highest scores"},
    Command{"zmpop",
            -4,
            kWrite,
            {0, 0, 0, "RW access delete", 1},
            kKeys,
            zmpop,
            kSorted,
            "7.0.0",
            kLogByMembers,
            "Takes members of the first sorted set that has any"},
    Command{"zrandmember", -2, kRead, kReadKey, kKeys, zrandmember, kSorted, "6.2.0", kByMembers,
            "Answers random members of a sorted set"},
    Command{"zscan", -3, kRead, kReadKey, kKeys, zscan, kSorted, "2.8.0", kByMembers,
            "Goes through the members of a sorted set page by page"},
};

}  // namespace

std::span<const Command> sorted_set_commands() {
  return kCommands;
}

}  // namespace stele::redis
