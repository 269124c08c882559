#include "engine/reference/value_matcher.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/columns/column_filter.h"
#include "engine/segment/sealed_field.h"
#include "text/unicode.h"

namespace stele::engine::reference {
namespace {

std::span<const std::int64_t> values_of(const FieldReader& field, DocOrdinal document,
                                        std::vector<std::int64_t>& scratch) {
  return field.integers(document, scratch);
}
std::span<const double> values_of(const FieldReader& field, DocOrdinal document,
                                  std::vector<double>& scratch) {
  return field.reals(document, scratch);
}

// As the column of a sealed segment orders them: there the two zeros differ.
OrderedInterval ordered(const Interval<std::int64_t>& interval) {
  return {to_ordered(interval.low), to_ordered(interval.high)};
}
OrderedInterval ordered(const Interval<double>& interval) {
  return {to_ordered(interval.low == 0 ? -0.0 : interval.low),
          to_ordered(interval.high == 0 ? 0.0 : interval.high)};
}
template <class T>
std::vector<OrderedInterval> ordered(const std::vector<Interval<T>>& intervals) {
  std::vector<OrderedInterval> all;
  for (const Interval<T>& interval : intervals) {
    // One that holds nothing would, of numbers that are none, hold something.
    if (interval.low <= interval.high) all.push_back(ordered(interval));
  }
  return all;
}

template <class T>
MatcherPtr match_numbers(FieldId id, std::vector<Interval<T>> intervals, bool outside, float score) {
  auto select = [id, intervals = std::move(intervals), outside](const Segment& segment) {
    DocumentBits documents = DocumentBits::none(segment.size());
    const FieldReader* field = segment.field(id);
    if (field == nullptr) return documents;
    const std::span<std::uint64_t> words = documents.words();
    if (const auto* sealed = dynamic_cast<const SealedField*>(field)) {
      mark_documents(sealed->column(), ordered(intervals), outside, words);
      return documents;
    }
    const auto wanted = [&](T value) {
      const bool inside = std::any_of(
          intervals.begin(), intervals.end(),
          [value](const Interval<T>& interval) { return interval.low <= value && value <= interval.high; });
      return inside != outside;
    };
    std::vector<DocOrdinal> present;
    std::vector<T> scratch;
    for (const DocOrdinal document : field->present(present)) {
      const std::span<const T> values = values_of(*field, document, scratch);
      if (std::any_of(values.begin(), values.end(), wanted))
        words[document / 64] |= std::uint64_t{1} << (document % 64);
    }
    return documents;
  };
  return std::make_shared<ConstantMatcher>(std::move(select), score);
}

bool is_in(const std::vector<RankRange>& ranges, TermRank rank) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [rank](const RankRange& range) { return range.first <= rank && rank < range.second; });
}

std::size_t next_character(std::string_view text, std::size_t at) {
  return at + text::decode_at(text, at).bytes;
}

}  // namespace

MatcherPtr match_integers(FieldId field, std::vector<Interval<std::int64_t>> intervals, bool outside,
                          float score) {
  return match_numbers<std::int64_t>(field, std::move(intervals), outside, score);
}

MatcherPtr match_reals(FieldId field, std::vector<Interval<double>> intervals, bool outside, float score) {
  return match_numbers<double>(field, std::move(intervals), outside, score);
}

MatcherPtr match_ranks(FieldId id, SelectRanks select_ranks, bool outside, float score) {
  auto select = [id, select_ranks = std::move(select_ranks), outside](const Segment& segment) {
    DocumentBits documents = DocumentBits::none(segment.size());
    const FieldReader* field = segment.field(id);
    if (field == nullptr || field->terms() == nullptr) return documents;
    const std::vector<RankRange> ranges = select_ranks(*field->terms());
    const std::span<std::uint64_t> words = documents.words();
    if (!outside) {
      for (const auto& [first, end] : ranges) field->terms()->mark_documents(first, end, words);
      return documents;
    }
    std::vector<DocOrdinal> present;
    std::vector<TermRank> scratch;
    for (const DocOrdinal document : field->present(present)) {
      const auto ranks = field->ranks(document, scratch);
      if (std::any_of(ranks.begin(), ranks.end(), [&](TermRank rank) { return !is_in(ranges, rank); }))
        words[document / 64] |= std::uint64_t{1} << (document % 64);
    }
    return documents;
  };
  return std::make_shared<ConstantMatcher>(std::move(select), score);
}

Interval<std::int64_t> integer_interval(const Range& range) {
  constexpr auto kMin = std::numeric_limits<std::int64_t>::min();
  constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
  constexpr Interval<std::int64_t> kNone{1, 0};
  Interval<std::int64_t> interval{kMin, kMax};
  const auto as_integer = [](const Value& value) {
    if (const bool* boolean = value.boolean()) return std::int64_t{*boolean ? 1 : 0};
    return *value.integer();
  };
  if (range.gte) interval.low = as_integer(*range.gte);
  if (range.lte) interval.high = as_integer(*range.lte);
  if (range.gt) {
    const std::int64_t low = as_integer(*range.gt);
    if (low == kMax) return kNone;
    interval.low = std::max(interval.low, low + 1);
  }
  if (range.lt) {
    const std::int64_t high = as_integer(*range.lt);
    if (high == kMin) return kNone;
    interval.high = std::min(interval.high, high - 1);
  }
  return interval;
}

Interval<double> real_interval(const Range& range) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  constexpr Interval<double> kNone{1, 0};
  Interval<double> interval{-kInfinity, kInfinity};
  if (range.gte) interval.low = *range.gte->real();
  if (range.lte) interval.high = *range.lte->real();
  if (range.gt) {
    if (*range.gt->real() == kInfinity) return kNone;
    interval.low = std::max(interval.low, std::nextafter(*range.gt->real(), kInfinity));
  }
  if (range.lt) {
    if (*range.lt->real() == -kInfinity) return kNone;
    interval.high = std::min(interval.high, std::nextafter(*range.lt->real(), -kInfinity));
  }
  return interval;
}

// Greedy with one point to come back to: linear but for '*', at worst the product of both lengths.
bool matches_wildcard(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t star_text = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      star_text = t;
      continue;
    }
    if (p < pattern.size() && pattern[p] == '?') {
      p += 1;
      t = next_character(text, t);
      continue;
    }
    const std::size_t literal = p + 1 < pattern.size() && pattern[p] == '\\' ? p + 1 : p;
    if (literal < pattern.size() && pattern[literal] == text[t]) {
      p = literal + 1;
      ++t;
      continue;
    }
    if (star == std::string_view::npos) return false;
    p = star;
    star_text = next_character(text, star_text);
    t = star_text;
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace stele::engine::reference
