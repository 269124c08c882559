// ZUNION, ZINTER and ZDIFF: sorted sets and sets, put together.
#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <unordered_map>

#include "keyspace/errors.h"
#include "keyspace/store/sorted_sets.h"
#include "keyspace/store/values.h"

namespace stele::keyspace::store {

namespace {

struct Source {
  const Entry* entry = nullptr;  // null = empty
  double weight = 1;

  bool is_set() const { return entry->type() == ValueType::kSet; }
  std::size_t size() const {
    if (entry == nullptr) return 0;
    return is_set() ? member_count(*entry) : scored_count(*entry);
  }
  double weighed(double score) const {
    const double product = score * weight;
    return std::isnan(product) ? 0 : product;
  }
  std::optional<double> score(std::string_view member) const {
    if (entry == nullptr) return std::nullopt;
    if (is_set()) return has_member(*entry, member) ? std::optional(weighed(1)) : std::nullopt;
    const auto found = score_in(*entry, member);
    return found ? std::optional(weighed(*found)) : std::nullopt;
  }
  template <class Visit>
  void for_each(Visit visit) const {
    if (entry == nullptr) return;
    if (is_set()) {
      return for_each_member(*entry, [&](std::string_view member) { visit(member, weighed(1)); });
    }
    for_each_scored(*entry, [&](const ScoredRef& each) { visit(each.member, weighed(each.score)); });
  }
};

double aggregate(ScoreCombination::Aggregate how, double a, double b) {
  switch (how) {
    case ScoreCombination::Aggregate::kSum:
      return std::isnan(a + b) ? 0 : a + b;
    case ScoreCombination::Aggregate::kMin:
      return std::min(a, b);
    case ScoreCombination::Aggregate::kMax:
      return std::max(a, b);
  }
  return a;
}

std::vector<Scored> intersection(const std::vector<Source>& sources, ScoreCombination::Aggregate how,
                                 std::size_t limit) {
  std::vector<Scored> found;
  const auto& smallest = *std::ranges::min_element(sources, {}, &Source::size);
  smallest.for_each([&](std::string_view member, double) {
    if (limit > 0 && found.size() == limit) return;
    std::optional<double> sum;
    for (const Source& source : sources) {
      const std::optional<double> score = source.score(member);
      if (!score) return;
      sum = sum ? aggregate(how, *sum, *score) : *score;
    }
    found.push_back({std::string(member), *sum});
  });
  return found;
}

std::vector<Scored> all_of(const std::vector<Source>& sources, ScoreCombination::Aggregate how) {
  std::unordered_map<std::string, double> scores;
  for (const Source& source : sources) {
    source.for_each([&](std::string_view member, double score) {
      const auto [at, is_new] = scores.try_emplace(std::string(member), score);
      if (!is_new) at->second = aggregate(how, at->second, score);
    });
  }
  std::vector<Scored> found;
  found.reserve(scores.size());
  for (const auto& [member, score] : scores) found.push_back({member, score});
  return found;
}

std::vector<Scored> difference(const std::vector<Source>& sources) {
  std::vector<Scored> found;
  const std::span<const Source> others = std::span(sources).subspan(1);
  sources.front().for_each([&](std::string_view member, double score) {
    const auto has_it = [&](const Source& source) { return source.score(member).has_value(); };
    if (std::ranges::none_of(others, has_it)) found.push_back({std::string(member), score});
  });
  return found;
}

}  // namespace

Result<std::vector<Scored>> StoreSortedSets::combine(std::span<const KeyRef> keys,
                                                     const ScoreCombination& combination, std::size_t limit) {
  std::vector<Source> sources;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    STELE_TRY(const Position at, session_.find(keys[i]));
    const ValueType type = at.entry == nullptr ? ValueType::kSet : at.entry->type();
    if (type != ValueType::kSet && type != ValueType::kSortedSet) return wrong_type();
    sources.push_back({at.entry, combination.weights.empty() ? 1 : combination.weights[i]});
  }
  std::vector<Scored> found;
  switch (combination.operation) {
    case SetOperation::kIntersection:
      found = intersection(sources, combination.aggregate, limit);
      break;
    case SetOperation::kUnion:
      found = all_of(sources, combination.aggregate);
      break;
    case SetOperation::kDifference:
      found = difference(sources);
      break;
  }
  std::ranges::sort(found, [](const Scored& a, const Scored& b) {
    return a.score != b.score ? a.score < b.score : a.member < b.member;
  });
  return found;
}

}  // namespace stele::keyspace::store
