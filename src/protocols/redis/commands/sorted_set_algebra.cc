// ZUNION, ZINTER, ZDIFF and what keeps or counts their results.
#include <fmt/format.h>

#include <array>
#include <vector>

#include "protocols/redis/commands/call.h"
#include "protocols/redis/commands/counted_keys.h"
#include "protocols/redis/commands/scored_replies.h"
#include "protocols/redis/commands/table.h"

namespace stele::redis {

namespace {

using keyspace::ChangeEvent;
using keyspace::KeyRef;
using keyspace::ScoreCombination;
using keyspace::SetOperation;
using Aggregate = keyspace::ScoreCombination::Aggregate;

enum class Form : std::uint8_t { kAnswer, kStore, kCount };

struct Asked {
  std::vector<KeyRef> keys;
  ScoreCombination combination;
  bool with_scores = false;
  std::size_t limit = 0;
};

bool read_keys(Call& call, std::size_t at, Asked& asked) {
  const auto count = integer_argument(call[at]);
  if (!count) {
    call.fail(count.error());
    return false;
  }
  if (*count < 1) {
    call.fail(fmt::format("at least 1 input key is needed for '{}' command", call.command().name));
    return false;
  }
  if (static_cast<std::uint64_t>(*count) > call.size() - at - 1) {
    call.fail_syntax();
    return false;
  }
  for (std::size_t i = at + 1; i <= at + static_cast<std::size_t>(*count); ++i) {
    asked.keys.push_back(call.key(i));
  }
  return true;
}

bool read_weights(Call& call, std::size_t first, Asked& asked) {
  for (std::size_t i = first; i < first + asked.keys.size(); ++i) {
    const auto weight = keyspace::parse_score(call[i]);
    if (!weight) {
      call.fail("weight value is not a float");
      return false;
    }
    asked.combination.weights.push_back(*weight);
  }
  return true;
}

bool read_aggregate(Call& call, std::size_t at, Asked& asked) {
  struct Name {
    std::string_view word;
    Aggregate aggregate;
  };
  for (const Name& name :
       {Name{"SUM", Aggregate::kSum}, Name{"MIN", Aggregate::kMin}, Name{"MAX", Aggregate::kMax}}) {
    if (!call.is(at, name.word)) continue;
    asked.combination.aggregate = name.aggregate;
    return true;
  }
  call.fail_syntax();
  return false;
}

bool read_options(Call& call, std::size_t i, Form form, Asked& asked) {
  const bool has_scores = asked.combination.operation != SetOperation::kDifference && form != Form::kCount;
  while (i < call.size()) {
    const std::size_t rest = call.size() - i;
    if (has_scores && rest >= asked.keys.size() + 1 && call.is(i, "WEIGHTS")) {
      asked.combination.weights.clear();
      if (!read_weights(call, i + 1, asked)) return false;
      i += asked.keys.size() + 1;
    } else if (has_scores && rest >= 2 && call.is(i, "AGGREGATE")) {
      if (!read_aggregate(call, i + 1, asked)) return false;
      i += 2;
    } else if (form == Form::kAnswer && call.is(i, "WITHSCORES")) {
      asked.with_scores = true;
      ++i;
    } else if (form == Form::kCount && rest >= 2 && call.is(i, "LIMIT")) {
      if (!read_count(call, i + 1, "LIMIT can't be negative", asked.limit)) return false;
      i += 2;
    } else {
      call.fail_syntax();
      return false;
    }
  }
  return true;
}

template <SetOperation operation, Form form, ChangeEvent event = ChangeEvent::kApplied>
void combine(Call& call) {
  Asked asked;
  asked.combination.operation = operation;
  const std::size_t at = form == Form::kStore ? 2 : 1;
  if (!read_keys(call, at, asked)) return;
  if (!read_options(call, at + 1 + asked.keys.size(), form, asked)) return;
  auto& sets = call.group().sorted_sets();
  STELE_REDIS_TRY(const auto members, call, sets.combine(asked.keys, asked.combination, asked.limit));
  if constexpr (form == Form::kAnswer) {
    answer_scored(call, members, asked.with_scores);
  } else if constexpr (form == Form::kCount) {
    call.reply().integer(static_cast<std::int64_t>(members.size()));
  } else {
    STELE_REDIS_TRY(const std::size_t size, call, sets.replace(call.key(1), members, event));
    call.reply().integer(static_cast<std::int64_t>(size));
  }
}

constexpr std::uint32_t kRead = flag::kReadOnly;
constexpr std::uint32_t kGrow = flag::kWrite | flag::kDenyOom;
constexpr auto kKeys = Reach::kKeys;
constexpr KeyPositions kReadKeys = {0, 0, 0, "RO access", 1};
constexpr KeyPositions kStore = {1, 1, 1, "RW access update", 2};
constexpr std::string_view kSorted = "sorted_set";
constexpr std::string_view kByAll =
    "O(N+M*log(M)) where N is the number of members of all sets and M the number of those that come out";
constexpr auto kInter = SetOperation::kIntersection;
constexpr auto kUnion = SetOperation::kUnion;
constexpr auto kDiff = SetOperation::kDifference;

constexpr std::array kCommands = {
    Command{"zunion", -3, kRead, kReadKeys, kKeys, combine<kUnion, Form::kAnswer>, kSorted, "6.2.0", kByAll,
            "Answers the members of all sorted sets"},
    Command{"zunionstore", -4, kGrow, kStore, kKeys,
            combine<kUnion, Form::kStore, ChangeEvent::kSortedSetUnionStore>, kSorted, "2.0.0", kByAll,
            "Keeps the members of all sorted sets"},
    Command{"zinter", -3, kRead, kReadKeys, kKeys, combine<kInter, Form::kAnswer>, kSorted, "6.2.0", kByAll,
            "Answers the members that all sorted sets have"},
    Command{"zinterstore", -4, kGrow, kStore, kKeys,
            combine<kInter, Form::kStore, ChangeEvent::kSortedSetIntersectionStore>, kSorted, "2.0.0", kByAll,
            "Keeps the members that all sorted sets have"},
    Command{"zintercard", -3, kRead, kReadKeys, kKeys, combine<kInter, Form::kCount>, kSorted, "7.0.0",
            kByAll, "Answers how many members all sorted sets have in common"},
    Command{"zdiff", -3, kRead, kReadKeys, kKeys, combine<kDiff, Form::kAnswer>, kSorted, "6.2.0", kByAll,
            "Answers the members of the first sorted set that no other has"},
    Command{"zdiffstore", -4, kGrow, kStore, kKeys,
            combine<kDiff, Form::kStore, ChangeEvent::kSortedSetDifferenceStore>, kSorted, "6.2.0", kByAll,
            "Keeps the members of the first sorted set that no other has"},
};

}  // namespace

std::span<const Command> sorted_set_algebra_commands() {
  return kCommands;
}

}  // namespace stele::redis
