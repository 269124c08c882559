#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "keyspace/change.h"
#include "keyspace/key.h"
#include "keyspace/sets.h"
#include "keyspace/value.h"

namespace stele::keyspace {

// Ranks from the lowest, 0 on, or from the highest where a range is reversed; negative ones count from the
// end. Both ends are in it.
struct RankRange {
  std::int64_t first = 0;
  std::int64_t last = -1;
};

struct ScoreBound {
  double score = 0;
  bool is_exclusive = false;
};
struct ScoreRange {
  ScoreBound min;
  ScoreBound max;
};

// Of members that all have the same score: between two names, by their bytes.
struct LexBound {
  enum class Kind : std::uint8_t { kLowest, kHighest, kInclusive, kExclusive };
  Kind kind = Kind::kLowest;
  std::string_view member = {};
};
struct LexRange {
  LexBound min;
  LexBound max;
};

using SortedRange = std::variant<RankRange, ScoreRange, LexRange>;

// In which order, and which of those in the range.
struct RangeOrder {
  bool is_reversed = false;
  std::size_t offset = 0;
  std::optional<std::size_t> limit = {};
};

// ZADD's NX, XX, GT and LT.
struct ScoreCondition {
  bool only_new = false;
  bool only_present = false;
  bool only_greater = false;  // a present member's score only grows
  bool only_less = false;
};

struct SortedSetAdded {
  std::size_t added = 0;
  std::size_t changed = 0;  // members that were there and have another score
};

struct ScoredPage {
  std::uint64_t cursor = 0;  // where to go on; 0 = all seen
  std::vector<ScoredRef> members;
};

struct ScoreCombination {
  enum class Aggregate : std::uint8_t { kSum, kMin, kMax };
  SetOperation operation = SetOperation::kUnion;
  std::vector<double> weights = {};  // one a key; none = 1 each
  Aggregate aggregate = Aggregate::kSum;
};

// Redis' sorted-set commands on the keys of a group: members ordered by score, then by their bytes. A sorted
// set without members does not exist. Views, errors and threads as for Strings. Cost: logarithmic in the
// members, for ranks and bounds too, and linear in what comes out.
class SortedSets {
 public:
  virtual ~SortedSets() = default;

  virtual Result<std::optional<double>> score(KeyRef key, std::string_view member) = 0;
  // One entry a member.
  virtual Result<std::vector<std::optional<double>>> scores(KeyRef key,
                                                            std::span<const std::string_view> members) = 0;
  virtual Result<std::size_t> size(KeyRef key) = 0;
  virtual Result<std::optional<std::size_t>> rank(KeyRef key, std::string_view member, bool is_reversed) = 0;
  virtual Result<std::vector<ScoredRef>> range(KeyRef key, const SortedRange& range,
                                               const RangeOrder& order) = 0;
  virtual Result<std::size_t> count(KeyRef key, const SortedRange& range) = 0;
  // As Sets::random.
  virtual Result<std::vector<ScoredRef>> random(KeyRef key, std::int64_t count) = 0;
  // As Keys::scan, over the members of one sorted set.
  virtual Result<ScoredPage> scan(KeyRef key, std::uint64_t cursor, std::size_t count) = 0;

  // Of a member that is named twice, one after the other. No score is NaN.
  virtual Result<SortedSetAdded> add(KeyRef key, std::span<const ScoredRef> members,
                                     const ScoreCondition& condition) = 0;
  // The new score; nothing where the condition does not hold. not_a_score.
  virtual Result<std::optional<double>> increment(KeyRef key, std::string_view member, double by,
                                                  const ScoreCondition& condition) = 0;
  // How many there were.
  virtual Result<std::size_t> remove(KeyRef key, std::span<const std::string_view> members) = 0;
  virtual Result<std::size_t> remove_range(KeyRef key, const SortedRange& range) = 0;
  // Takes that many out, or all there are: the lowest first, or the highest.
  virtual Result<std::vector<Scored>> pop(KeyRef key, bool highest, std::size_t count) = 0;

  // Of sorted sets and of sets, whose members have the score 1; in order. As Sets::combine else; `limit` is
  // for intersections whose scores do not matter.
  virtual Result<std::vector<Scored>> combine(std::span<const KeyRef> keys,
                                              const ScoreCombination& combination, std::size_t limit) = 0;
  // In the place of whatever is at `to`: these members, each named once; without members, nothing. How many.
  // The event tells of which command it is the result.
  virtual Result<std::size_t> replace(KeyRef to, std::span<const Scored> members, ChangeEvent event) = 0;
};

}  // namespace stele::keyspace
