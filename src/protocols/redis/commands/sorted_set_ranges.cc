// The sorted-set commands on ranges: ZRANGE and its elder sisters, ZCOUNT, ZREMRANGEBYSCORE, …
#include <array>
#include <optional>
#include <vector>

#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/scored_replies.h"
#include "protocols/redis/commands/sorted_range.h"
#include "protocols/redis/commands/table.h"

namespace stele::redis {

namespace {

using keyspace::ChangeEvent;
using keyspace::RangeOrder;
using keyspace::Scored;
using keyspace::ScoredRef;
using keyspace::SortedRange;

enum class By : std::uint8_t { kRank, kScore, kLex };

Result<SortedRange> parse_range(By by, std::string_view min, std::string_view max) {
  switch (by) {
    case By::kRank: {
      STELE_TRY(const std::int64_t first, integer_argument(min));
      STELE_TRY(const std::int64_t last, integer_argument(max));
      return SortedRange(keyspace::RankRange{first, last});
    }
    case By::kScore: {
      STELE_TRY(const auto scores, parse_score_range(min, max));
      return SortedRange(scores);
    }
    case By::kLex: {
      STELE_TRY(const auto names, parse_lex_range(min, max));
      return SortedRange(names);
    }
  }
  return SortedRange();
}

// What ZRANGE and the others were asked; those that the command's name says are given.
struct RangeArguments {
  std::optional<By> by;
  std::optional<bool> is_reversed;
  bool with_scores = false;
  std::optional<std::int64_t> offset;
  std::int64_t limit = -1;
};

// The options from argument `i` on.
bool read_options(Call& call, std::size_t i, bool may_have_scores, RangeArguments& asked) {
  for (; i < call.size(); ++i) {
    if (may_have_scores && call.is(i, "WITHSCORES")) {
      asked.with_scores = true;
    } else if (call.is(i, "LIMIT") && i + 2 < call.size()) {
      const auto offset = integer_argument(call[i + 1]);
      const auto limit = integer_argument(call[i + 2]);
      if (!offset || !limit) {
        call.fail(offset ? limit.error() : offset.error());
        return false;
      }
      asked.offset = *offset;
      asked.limit = *limit;
      i += 2;
    } else if (!asked.is_reversed && call.is(i, "REV")) {
      asked.is_reversed = true;
    } else if (!asked.by && call.is(i, "BYLEX")) {
      asked.by = By::kLex;
    } else if (!asked.by && call.is(i, "BYSCORE")) {
      asked.by = By::kScore;
    } else {
      call.fail_syntax();
      return false;
    }
  }
  const By by = asked.by.value_or(By::kRank);
  // A limit of -1 is none, though it be said.
  if (asked.limit != -1 && by == By::kRank) {
    call.fail("syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX");
    return false;
  }
  if (asked.with_scores && by == By::kLex) {
    call.fail("syntax error, WITHSCORES not supported in combination with BYLEX");
    return false;
  }
  return true;
}

// The members of the range in the arguments from the key on; nothing after an error was answered.
std::optional<std::vector<ScoredRef>> read_range(Call& call, std::size_t key, bool may_have_scores,
                                                 RangeArguments& asked) {
  if (!read_options(call, key + 3, may_have_scores, asked)) return std::nullopt;
  const By by = asked.by.value_or(By::kRank);
  RangeOrder order;
  order.is_reversed = asked.is_reversed.value_or(false);
  const bool max_first = order.is_reversed && by != By::kRank;
  const auto range =
      parse_range(by, call[max_first ? key + 2 : key + 1], call[max_first ? key + 1 : key + 2]);
  if (!range) {
    call.fail(range.error());
    return std::nullopt;
  }
  if (by != By::kRank) {
    order.offset = static_cast<std::size_t>(asked.offset.value_or(0));
    if (asked.limit >= 0) order.limit = static_cast<std::size_t>(asked.limit);
  }
  auto members = call.group().sorted_sets().range(call.key(key), *range, order);
  if (!members) {
    call.fail(members.error());
    return std::nullopt;
  }
  if (by != By::kRank && asked.offset.value_or(0) < 0) members->clear();
  return *std::move(members);
}

void answer_range(Call& call, RangeArguments asked) {
  const auto members = read_range(call, 1, true, asked);
  if (!members) return;
  call.count_lookup(!members->empty());
  answer_scored(call, *members, asked.with_scores);
}

void zrange(Call& call) {
  answer_range(call, {});
}
void zrevrange(Call& call) {
  answer_range(call, {.by = By::kRank, .is_reversed = true});
}
void zrangebyscore(Call& call) {
  answer_range(call, {.by = By::kScore, .is_reversed = false});
}
void zrevrangebyscore(Call& call) {
  answer_range(call, {.by = By::kScore, .is_reversed = true});
}
void zrangebylex(Call& call) {
  answer_range(call, {.by = By::kLex, .is_reversed = false});
}
void zrevrangebylex(Call& call) {
  answer_range(call, {.by = By::kLex, .is_reversed = true});
}

void zrangestore(Call& call) {
  RangeArguments asked;
  const auto members = read_range(call, 2, false, asked);
  if (!members) return;
  // Copied: views hold until the next operation only.
  std::vector<Scored> kept;
  kept.reserve(members->size());
  for (const ScoredRef& each : *members) kept.push_back({std::string(each.member), each.score});
  STELE_REDIS_TRY(const std::size_t size, call,
                  call.group().sorted_sets().replace(call.key(1), kept, ChangeEvent::kSortedSetRangeStore));
  call.reply().integer(static_cast<std::int64_t>(size));
}

template <By by>
void count(Call& call) {
  STELE_REDIS_TRY(const SortedRange range, call, parse_range(by, call[2], call[3]));
  STELE_REDIS_TRY(const std::size_t members, call, call.group().sorted_sets().count(call.key(1), range));
  call.reply().integer(static_cast<std::int64_t>(members));
}

template <By by>
void remove(Call& call) {
  STELE_REDIS_TRY(const SortedRange range, call, parse_range(by, call[2], call[3]));
  STELE_REDIS_TRY(const std::size_t removed, call,
                  call.group().sorted_sets().remove_range(call.key(1), range));
  call.reply().integer(static_cast<std::int64_t>(removed));
}

constexpr std::uint32_t kRead = flag::kReadOnly;
constexpr std::uint32_t kWrite = flag::kWrite;
constexpr std::uint32_t kFast = flag::kFast;
constexpr auto kKeys = Reach::kKeys;
constexpr KeyPositions kReadKey = {1, 1, 1, "RO access"};
constexpr KeyPositions kDeleteKey = {1, 1, 1, "RW delete"};
constexpr std::string_view kSorted = "sorted_set";
constexpr std::string_view kLog = "O(log(N)) where N is the number of members";
constexpr std::string_view kRanged =
    "O(log(N)+M) where N is the number of members and M the number of those in the range";

constexpr std::array kCommands = {
    Command{"zrange", -4, kRead, kReadKey, kKeys, zrange, kSorted, "1.2.0", kRanged,
            "Answers a range of members by rank, score or name"},
    Command{"zrangestore",
            -5,
            kWrite | flag::kDenyOom,
            {1, 2, 1, "RW access update"},
            kKeys,
            zrangestore,
            kSorted,
            "6.2.0",
            kRanged,
            "Keeps a range of members in another key"},
    Command{"zrevrange", -4, kRead, kReadKey, kKeys, zrevrange, kSorted, "1.2.0", kRanged,
            "Answers a range of members by rank, from the highest score"},
    Command{"zrangebyscore", -4, kRead, kReadKey, kKeys, zrangebyscore, kSorted, "1.0.5", kRanged,
            "Answers a range of members by score"},
    Command{"zrevrangebyscore", -4, kRead, kReadKey, kKeys, zrevrangebyscore, kSorted, "2.2.0", kRanged,
            "Answers a range of members by score, from the highest"},
    Command{"zrangebylex", -4, kRead, kReadKey, kKeys, zrangebylex, kSorted, "2.8.9", kRanged,
            "Answers a range of members by name"},
    Command{"zrevrangebylex", -4, kRead, kReadKey, kKeys, zrevrangebylex, kSorted, "2.8.9", kRanged,
            "Answers a range of members by name, from the last"},
    Command{"zcount", 4, kRead | kFast, kReadKey, kKeys, count<By::kScore>, kSorted, "2.0.0", kLog,
            "Answers how many members have scores in a range"},
    Command{"zlexcount", 4, kRead | kFast, kReadKey, kKeys, count<By::kLex>, kSorted, "2.8.9", kLog,
            "Answers how many members have names in a range"},
    Command{"zremrangebyrank", 4, kWrite, kDeleteKey, kKeys, remove<By::kRank>, kSorted, "2.0.0", kRanged,
            "Removes the members of a range of ranks"},
    Command{"zremrangebyscore", 4, kWrite, kDeleteKey, kKeys, remove<By::kScore>, kSorted, "1.2.0", kRanged,
            "Removes the members with scores in a range"},
    Command{"zremrangebylex", 4, kWrite, kDeleteKey, kKeys, remove<By::kLex>, kSorted, "2.8.9", kRanged,
            "Removes the members with names in a range"},
};

}  // namespace

std::span<const Command> sorted_set_range_commands() {
  return kCommands;
}

}  // namespace stele::redis
