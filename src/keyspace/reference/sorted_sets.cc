#include "keyspace/reference/sorted_sets.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "keyspace/errors.h"

namespace stele::keyspace::reference {

namespace {

bool is_before(const ScoredRef& a, const ScoredRef& b) {
  return std::tie(a.score, a.member) < std::tie(b.score, b.member);
}

std::vector<ScoredRef> in_order(const Object* object) {
  std::vector<ScoredRef> members;
  if (!object) return members;
  for (const auto& [name, value] : object->fields) members.push_back({name, score_of(value)});
  std::ranges::sort(members, is_before);
  return members;
}

std::optional<double> score_in(const Object* object, std::string_view member) {
  if (!object) return std::nullopt;
  const auto at = object->fields.find(member);
  if (at == object->fields.end()) return std::nullopt;
  return score_of(at->second);
}

bool is_in(const ScoreRange& range, const ScoredRef& member) {
  const bool fits_min =
      range.min.is_exclusive ? member.score > range.min.score : member.score >= range.min.score;
  const bool fits_max =
      range.max.is_exclusive ? member.score < range.max.score : member.score <= range.max.score;
  return fits_min && fits_max;
}

// -1, 0 or 1: where the bound lies beside the member.
int compare(const LexBound& bound, std::string_view member) {
  if (bound.kind == LexBound::Kind::kLowest) return -1;
  if (bound.kind == LexBound::Kind::kHighest) return 1;
  return bound.member < member ? -1 : (bound.member == member ? 0 : 1);
}

bool is_in(const LexRange& range, const ScoredRef& member) {
  const int min = compare(range.min, member.member);
  const int max = compare(range.max, member.member);
  const bool fits_min = min < 0 || (min == 0 && range.min.kind == LexBound::Kind::kInclusive);
  const bool fits_max = max > 0 || (max == 0 && range.max.kind == LexBound::Kind::kInclusive);
  return fits_min && fits_max;
}

// Those of the range, of members that are in the order asked for.
std::vector<ScoredRef> those_in(const std::vector<ScoredRef>& members, const SortedRange& range) {
  std::vector<ScoredRef> found;
  if (const auto* const ranks = std::get_if<RankRange>(&range)) {
    const auto size = static_cast<std::int64_t>(members.size());
    const std::int64_t first =
        std::max<std::int64_t>(ranks->first < 0 ? ranks->first + size : ranks->first, 0);
    const std::int64_t last = std::min(ranks->last < 0 ? ranks->last + size : ranks->last, size - 1);
    for (std::int64_t i = first; i <= last; ++i) found.push_back(members[static_cast<std::size_t>(i)]);
    return found;
  }
  for (const ScoredRef& member : members) {
    const bool fits = std::holds_alternative<ScoreRange>(range) ? is_in(std::get<ScoreRange>(range), member)
                                                                : is_in(std::get<LexRange>(range), member);
    if (fits) found.push_back(member);
  }
  return found;
}

double sum_of(double a, double b) {
  const double sum = a + b;
  return std::isnan(sum) ? 0 : sum;
}

double aggregate(ScoreCombination::Aggregate how, double a, double b) {
  switch (how) {
    case ScoreCombination::Aggregate::kSum:
      return sum_of(a, b);
    case ScoreCombination::Aggregate::kMin:
      return std::min(a, b);
    case ScoreCombination::Aggregate::kMax:
      return std::max(a, b);
  }
  return a;
}

}  // namespace

Result<std::vector<ScoredRef>> ReferenceSortedSets::all(KeyRef key) {
  STELE_TRY(const Object* const object, session_.find(key, ValueType::kSortedSet));
  return in_order(object);
}

Result<std::optional<double>> ReferenceSortedSets::score(KeyRef key, std::string_view member) {
  STELE_TRY(const Object* const object, session_.find(key, ValueType::kSortedSet));
  return score_in(object, member);
}

Result<std::vector<std::optional<double>>> ReferenceSortedSets::scores(
    KeyRef key, std::span<const std::string_view> members) {
  STELE_TRY(const Object* const object, session_.find(key, ValueType::kSortedSet));
  std::vector<std::optional<double>> scores;
  for (const std::string_view member : members) scores.push_back(score_in(object, member));
  return scores;
}

Result<std::size_t> ReferenceSortedSets::size(KeyRef key) {
  STELE_TRY(const Object* const object, session_.find(key, ValueType::kSortedSet));
  return object ? object->fields.size() : 0;
}

Result<std::optional<std::size_t>> ReferenceSortedSets::rank(KeyRef key, std::string_view member,
                                                             bool is_reversed) {
  STELE_TRY(const std::vector<ScoredRef> members, all(key));
  for (std::size_t i = 0; i < members.size(); ++i)
    if (members[i].member == member) return is_reversed ? members.size() - 1 - i : i;
  return std::nullopt;
}

Result<std::vector<ScoredRef>> ReferenceSortedSets::range(KeyRef key, const SortedRange& range,
                                                          const RangeOrder& order) {
  STELE_TRY(std::vector<ScoredRef> members, all(key));
  if (order.is_reversed) std::ranges::reverse(members);
  std::vector<ScoredRef> found = those_in(members, range);
  found.erase(found.begin(),
              found.begin() + static_cast<std::ptrdiff_t>(std::min(order.offset, found.size())));
  if (order.limit && *order.limit < found.size()) found.resize(*order.limit);
  return found;
}

Result<std::size_t> ReferenceSortedSets::count(KeyRef key, const SortedRange& range) {
  STELE_TRY(const std::vector<ScoredRef> members, all(key));
  return those_in(members, range).size();
}

Result<std::vector<ScoredRef>> ReferenceSortedSets::random(KeyRef key, std::int64_t count) {
  STELE_TRY(std::vector<ScoredRef> members, all(key));
  auto& random = session_.store().random();
  if (count >= 0) {
    std::shuffle(members.begin(), members.end(), random);
    if (static_cast<std::uint64_t>(count) < members.size()) members.resize(static_cast<std::size_t>(count));
    return members;
  }
  if (members.empty()) return members;
  if (count < -(1 << 24)) return make_error(ErrorCode::kTooLarge, "value is out of range");
  std::uniform_int_distribution<std::size_t> any(0, members.size() - 1);
  std::vector<ScoredRef> picked(static_cast<std::size_t>(-count));
  for (ScoredRef& member : picked) member = members[any(random)];
  return picked;
}

Result<ScoredPage> ReferenceSortedSets::scan(KeyRef key, std::uint64_t cursor, std::size_t count) {
  STELE_TRY(const std::vector<ScoredRef> members, all(key));
  std::multimap<std::uint64_t, ScoredRef> ordered;
  for (const ScoredRef& member : members) ordered.emplace(scan_position(member.member), member);
  ScoredPage page;
  auto at = ordered.lower_bound(cursor);
  while (at != ordered.end() && page.members.size() < std::max<std::size_t>(count, 1)) {
    const std::uint64_t position = at->first;
    for (; at != ordered.end() && at->first == position; ++at) page.members.push_back(at->second);
  }
  page.cursor = at == ordered.end() ? 0 : at->first;
  return page;
}

Result<SortedSetAdded> ReferenceSortedSets::add(KeyRef key, std::span<const ScoredRef> members,
                                                const ScoreCondition& condition) {
  STELE_TRY(Object* const object, session_.find_to_grow(key, ValueType::kSortedSet));
  std::map<std::string_view, std::string> written;
  SortedSetAdded reply;
  for (const auto& [member, score] : members) {
    const auto before = written.find(member);
    const std::optional<double> former =
        before == written.end() ? score_in(object, member) : score_of(before->second);
    if (former ? condition.only_new : condition.only_present) continue;
    if (former && condition.only_greater && score <= *former) continue;
    if (former && condition.only_less && score >= *former) continue;
    if (former && score == *former) continue;
    ++(former ? reply.changed : reply.added);
    written[member] = score_bytes(score);
  }
  if (written.empty()) return reply;
  std::vector<FieldRef> fields;
  for (const auto& [member, score] : written) fields.push_back({member, score});
  if (object) {
    session_.store().set_fields(*object, fields, ChangeEvent::kSortedSetAdd);
  } else {
    session_.store().insert_fields(key, ValueType::kSortedSet, fields, ChangeEvent::kSortedSetAdd);
  }
  return reply;
}

Result<std::optional<double>> ReferenceSortedSets::increment(KeyRef key, std::string_view member, double by,
                                                             const ScoreCondition& condition) {
  STELE_TRY(Object* const object, session_.find_to_grow(key, ValueType::kSortedSet));
  const std::optional<double> former = score_in(object, member);
  if (former ? condition.only_new : condition.only_present) return std::nullopt;
  const double sum = former.value_or(0) + by;
  if (std::isnan(sum)) return not_a_score();
  if (former && condition.only_greater && sum <= *former) return std::nullopt;
  if (former && condition.only_less && sum >= *former) return std::nullopt;
  if (former && sum == *former) return sum;
  const std::string bytes = score_bytes(sum);
  const FieldRef field{member, bytes};
  if (object) {
    session_.store().set_fields(*object, std::span(&field, 1), ChangeEvent::kSortedSetIncrement);
  } else {
    session_.store().insert_fields(key, ValueType::kSortedSet, std::span(&field, 1),
                                   ChangeEvent::kSortedSetIncrement);
  }
  return sum;
}

Result<std::size_t> ReferenceSortedSets::remove(KeyRef key, std::span<const std::string_view> members) {
  STELE_RETURN_IF_ERROR(session_.check_writable(key));
  STELE_TRY(Object* const object, session_.find(key, ValueType::kSortedSet));
  if (!object) return 0;
  std::set<std::string_view> gone;
  for (const std::string_view member : members)
    if (object->fields.contains(member)) gone.insert(member);
  const std::vector<std::string_view> names(gone.begin(), gone.end());
  if (!names.empty()) session_.store().remove_fields(*object, names, ChangeEvent::kSortedSetRemove);
  return names.size();
}

Result<std::size_t> ReferenceSortedSets::remove_range(KeyRef key, const SortedRange& range) {
  constexpr ChangeEvent kEvents[] = {ChangeEvent::kSortedSetRemoveByRank,
                                     ChangeEvent::kSortedSetRemoveByScore,
                                     ChangeEvent::kSortedSetRemoveByLex};
  STELE_RETURN_IF_ERROR(session_.check_writable(key));
  STELE_TRY(Object* const object, session_.find(key, ValueType::kSortedSet));
  std::vector<std::string> gone;
  for (const ScoredRef& member : those_in(in_order(object), range)) gone.emplace_back(member.member);
  const std::vector<std::string_view> names(gone.begin(), gone.end());
  if (!names.empty()) session_.store().remove_fields(*object, names, kEvents[range.index()]);
  return names.size();
}

Result<std::vector<Scored>> ReferenceSortedSets::pop(KeyRef key, bool highest, std::size_t count) {
  STELE_RETURN_IF_ERROR(session_.check_writable(key));
  STELE_TRY(Object* const object, session_.find(key, ValueType::kSortedSet));
  std::vector<ScoredRef> members = in_order(object);
  if (highest) std::ranges::reverse(members);
  if (members.size() > count) members.resize(count);
  std::vector<Scored> taken;
  for (const ScoredRef& member : members) taken.push_back({std::string(member.member), member.score});
  std::vector<std::string_view> names;
  for (const Scored& member : taken) names.push_back(member.member);
  if (!names.empty()) {
    session_.store().remove_fields(
        *object, names, highest ? ChangeEvent::kSortedSetPopHighest : ChangeEvent::kSortedSetPopLowest);
  }
  return taken;
}

Result<std::vector<Scored>> ReferenceSortedSets::combine(std::span<const KeyRef> keys,
                                                         const ScoreCombination& combination,
                                                         std::size_t limit) {
  std::map<std::string, double> result;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    STELE_TRY(const Object* const object, session_.find(keys[i]));
    if (object && object->type != ValueType::kSet && object->type != ValueType::kSortedSet) {
      return wrong_type();
    }
    const double weight = combination.weights.empty() ? 1 : combination.weights[i];
    std::map<std::string, double> members;
    for (const ScoredRef& member : in_order(object)) {
      const double score = (object->type == ValueType::kSet ? 1 : member.score) * weight;
      members.emplace(member.member, std::isnan(score) ? 0 : score);
    }
    if (i == 0) {
      result = std::move(members);
      continue;
    }
    const bool is_union = combination.operation == SetOperation::kUnion;
    const bool is_intersection = combination.operation == SetOperation::kIntersection;
    for (auto& [member, score] : result) {
      const auto other = members.find(member);
      if (other != members.end()) score = aggregate(combination.aggregate, score, other->second);
    }
    if (is_union) result.insert(members.begin(), members.end());
    if (is_union) continue;
    std::erase_if(result, [&](const auto& each) { return members.contains(each.first) != is_intersection; });
  }
  std::vector<Scored> members;
  for (const auto& [member, score] : result) members.push_back({member, score});
  std::ranges::sort(members, [](const Scored& a, const Scored& b) {
    return std::tie(a.score, a.member) < std::tie(b.score, b.member);
  });
  if (limit > 0 && members.size() > limit) members.resize(limit);
  return members;
}

Result<std::size_t> ReferenceSortedSets::replace(KeyRef to, std::span<const Scored> members,
                                                 ChangeEvent event) {
  STELE_RETURN_IF_ERROR(session_.check_writable(to));
  STELE_TRY(Object* const former, session_.find(to));
  if (former) {
    session_.store().erase(*former, members.empty() ? ChangeEvent::kDelete : ChangeEvent::kReplaced);
  }
  if (members.empty()) return 0;
  std::vector<std::string> scores;
  for (const Scored& member : members) scores.push_back(score_bytes(member.score));
  std::vector<FieldRef> fields;
  for (std::size_t i = 0; i < members.size(); ++i) fields.push_back({members[i].member, scores[i]});
  session_.store().insert_fields(to, ValueType::kSortedSet, fields, event);
  return members.size();
}

}  // namespace stele::keyspace::reference
