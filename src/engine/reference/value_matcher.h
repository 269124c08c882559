#pragma once

#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "engine/query/query.h"
#include "engine/reference/matcher.h"

namespace stele::engine::reference {

// Values from `low` to `high`, both included; low above high: none.
template <class T>
struct Interval {
  T low;
  T high;
};

// The documents with a value in one of the intervals (or, with `outside`, one in none of them), by the
// field's column.
MatcherPtr match_integers(FieldId field, std::vector<Interval<std::int64_t>> intervals, bool outside,
                          float score);
MatcherPtr match_reals(FieldId field, std::vector<Interval<double>> intervals, bool outside, float score);

// The documents with one of the terms that `select` names as ranges of ranks [first, second), or, with
// `outside`, with one that it does not name.
using RankRange = std::pair<TermRank, TermRank>;
using SelectRanks = std::function<std::vector<RankRange>(const TermsReader&)>;
MatcherPtr match_ranks(FieldId field, SelectRanks select, bool outside, float score);

// The query's range as an interval of what the field's column holds; its values are coerced already.
Interval<std::int64_t> integer_interval(const Range& range);
Interval<double> real_interval(const Range& range);

// '*' and '?' in UTF-8; '\' takes the next character literally.
bool matches_wildcard(std::string_view pattern, std::string_view text);

}  // namespace stele::engine::reference
