#include "keyspace/store/sorted_sets.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string_view>
#include <unordered_map>

#include "keyspace/errors.h"
#include "keyspace/store/random.h"
#include "keyspace/store/sorted_view.h"
#include "keyspace/store/values.h"

namespace stele::keyspace::store {

namespace {

constexpr std::size_t kSomeMax = 100;
constexpr std::int64_t kRepeatedMax = 1 << 24;

// What ZADD does with a member that has (or has not) a score: whether it is written.
bool allows(const ScoreCondition& condition, std::optional<double> former, double score) {
  if (former ? condition.only_new : condition.only_present) return false;
  if (!former) return true;
  return !(condition.only_greater && score <= *former) && !(condition.only_less && score >= *former);
}

std::optional<double> score_at(const Position& at, std::string_view member) {
  return at.entry == nullptr ? std::nullopt : score_in(*at.entry, member);
}

std::vector<std::string_view> names_of(const std::vector<Scored>& members) {
  std::vector<std::string_view> names;
  names.reserve(members.size());
  for (const Scored& member : members) names.push_back(member.member);
  return names;
}

}  // namespace

Result<std::optional<double>> StoreSortedSets::score(KeyRef key, std::string_view member) {
  STELE_TRY(const Position at, session_.find(key, ValueType::kSortedSet));
  return score_at(at, member);
}

Result<std::vector<std::optional<double>>> StoreSortedSets::scores(
    KeyRef key, std::span<const std::string_view> members) {
  STELE_TRY(const Position at, session_.find(key, ValueType::kSortedSet));
  std::vector<std::optional<double>> scores;
  scores.reserve(members.size());
  for (const std::string_view member : members) scores.push_back(score_at(at, member));
  return scores;
}

Result<std::size_t> StoreSortedSets::size(KeyRef key) {
  STELE_TRY(const Position at, session_.find(key, ValueType::kSortedSet));
  return at.entry == nullptr ? 0 : scored_count(*at.entry);
}

Result<std::optional<std::size_t>> StoreSortedSets::rank(KeyRef key, std::string_view member,
                                                         bool is_reversed) {
  STELE_TRY(const Position at, session_.find(key, ValueType::kSortedSet));
  if (at.entry == nullptr) return std::nullopt;
  const SortedView view(*at.entry);
  const std::optional<std::size_t> rank = view.rank_of(member);
  if (!rank) return std::nullopt;
  return is_reversed ? view.size() - 1 - *rank : *rank;
}

Result<std::vector<ScoredRef>> StoreSortedSets::range(KeyRef key, const SortedRange& range,
                                                      const RangeOrder& order) {
  STELE_TRY(const Position at, session_.find(key, ValueType::kSortedSet));
  std::vector<ScoredRef> found;
  if (at.entry == nullptr) return found;
  const SortedView view(*at.entry);
  const Ranks ranks = view.ranks_of(range, order.is_reversed);
  if (order.offset >= ranks.size()) return found;
  const std::size_t count = std::min(ranks.size() - order.offset, order.limit.value_or(ranks.size()));
  found.reserve(count);
  const std::size_t first = order.is_reversed ? ranks.end - 1 - order.offset : ranks.begin + order.offset;
  view.visit(first, count, order.is_reversed, [&](const ScoredRef& member) { found.push_back(member); });
  return found;
}

Result<std::size_t> StoreSortedSets::count(KeyRef key, const SortedRange& range) {
  STELE_TRY(const Position at, session_.find(key, ValueType::kSortedSet));
  return at.entry == nullptr ? 0 : SortedView(*at.entry).ranks_of(range, false).size();
}

Result<std::vector<ScoredRef>> StoreSortedSets::random(KeyRef key, std::int64_t count) {
  STELE_TRY(const Position at, session_.find(key, ValueType::kSortedSet));
  std::vector<ScoredRef> picked;
  if (at.entry == nullptr) return picked;
  const bool may_repeat = count < 0;
  if (count < -kRepeatedMax) return make_error(ErrorCode::kTooLarge, "value is out of range");
  const auto wanted = static_cast<std::size_t>(may_repeat ? -count : count);
  const SortedView view(*at.entry);
  const auto take = [&](const ScoredRef& member) { picked.push_back(member); };
  if (may_repeat) {
    while (picked.size() < wanted) view.visit(random_below(view.size()), 1, false, take);
    return picked;
  }
  if (wanted <= kSomeMax && wanted < view.size() / 4) {
    std::set<std::size_t> ranks;
    while (ranks.size() < wanted) ranks.insert(random_below(view.size()));
    for (const std::size_t rank : ranks) view.visit(rank, 1, false, take);
    std::shuffle(picked.begin(), picked.end(), random_source());
    return picked;
  }
  view.visit(0, view.size(), false, take);
  std::shuffle(picked.begin(), picked.end(), random_source());
  if (wanted < picked.size()) picked.resize(wanted);
  return picked;
}

Result<ScoredPage> StoreSortedSets::scan(KeyRef key, std::uint64_t cursor, std::size_t count) {
  STELE_TRY(const Position at, session_.find(key, ValueType::kSortedSet));
  ScoredPage page;
  if (at.entry == nullptr) return page;
  if (!at.entry->is_outside()) {
    // All at once, but for what was told before, if the sorted set was another one then.
    for_each_scored(*at.entry, [&](const ScoredRef& member) {
      if (cursor == 0 || hash_of(member.member) >> 16 >= cursor) page.members.push_back(member);
    });
    return page;
  }
  const std::size_t wanted = std::max<std::size_t>(count, 1);
  const std::uint64_t next = at.entry->outside<ScoredTable>()->walk(
      cursor << 16, [&](const ScoredItem& item) { page.members.push_back(item.scored()); },
      [&] { return page.members.size() >= wanted; });
  page.cursor = next >> 16;
  return page;
}

Result<SortedSetAdded> StoreSortedSets::add(KeyRef key, std::span<const ScoredRef> members,
                                            const ScoreCondition& condition) {
  STELE_TRY(Position at, session_.find_to_grow(key, ValueType::kSortedSet));
  SortedSetAdded reply;
  std::vector<ScoredRef> written;
  std::unordered_map<std::string_view, std::size_t> places;  // in what is written, where names may come twice
  for (const ScoredRef& member : members) {
    const auto before = members.size() > 1 ? places.find(member.member) : places.end();
    const bool is_repeated = before != places.end();
    const std::optional<double> former =
        is_repeated ? std::optional(written[before->second].score) : score_at(at, member.member);
    if (!allows(condition, former, member.score) || former == member.score) continue;
    ++(former ? reply.changed : reply.added);
    if (is_repeated) {
      written[before->second].score = member.score;
      continue;
    }
    if (members.size() > 1) places.emplace(member.member, written.size());
    written.push_back(member);
  }
  if (!written.empty()) session_.editor().set_scores(at, written, ChangeEvent::kSortedSetAdd);
  return reply;
}

Result<std::optional<double>> StoreSortedSets::increment(KeyRef key, std::string_view member, double by,
                                                         const ScoreCondition& condition) {
  STELE_TRY(Position at, session_.find_to_grow(key, ValueType::kSortedSet));
  const std::optional<double> former = score_at(at, member);
  if (former ? condition.only_new : condition.only_present) return std::nullopt;
  const double sum = former.value_or(0) + by;
  if (std::isnan(sum)) return not_a_score();
  if (!allows(condition, former, sum)) return std::nullopt;
  if (former == sum) return sum;
  const ScoredRef changed{member, sum};
  session_.editor().set_scores(at, std::span(&changed, 1), ChangeEvent::kSortedSetIncrement);
  return sum;
}

Result<std::size_t> StoreSortedSets::remove(KeyRef key, std::span<const std::string_view> members) {
  STELE_RETURN_IF_ERROR(session_.check_writable(key));
  STELE_TRY(Position at, session_.find(key, ValueType::kSortedSet));
  if (at.entry == nullptr) return 0;
  return session_.editor().remove_scored(at, members, ChangeEvent::kSortedSetRemove);
}

std::vector<Scored> StoreSortedSets::copies(const Entry& entry, std::size_t first, std::size_t count,
                                            bool downwards) {
  std::vector<Scored> members;
  members.reserve(count);
  SortedView(entry).visit(first, count, downwards, [&](const ScoredRef& member) {
    members.push_back({std::string(member.member), member.score});
  });
  return members;
}

Result<std::size_t> StoreSortedSets::remove_range(KeyRef key, const SortedRange& range) {
  constexpr ChangeEvent kEvents[] = {ChangeEvent::kSortedSetRemoveByRank,
                                     ChangeEvent::kSortedSetRemoveByScore,
                                     ChangeEvent::kSortedSetRemoveByLex};
  STELE_RETURN_IF_ERROR(session_.check_writable(key));
  STELE_TRY(Position at, session_.find(key, ValueType::kSortedSet));
  if (at.entry == nullptr) return 0;
  const Ranks ranks = SortedView(*at.entry).ranks_of(range, false);
  const std::vector<Scored> gone = copies(*at.entry, ranks.begin, ranks.size(), false);
  return session_.editor().remove_scored(at, names_of(gone), kEvents[range.index()]);
}

Result<std::vector<Scored>> StoreSortedSets::pop(KeyRef key, bool highest, std::size_t count) {
  STELE_RETURN_IF_ERROR(session_.check_writable(key));
  STELE_TRY(Position at, session_.find(key, ValueType::kSortedSet));
  if (at.entry == nullptr || count == 0) return std::vector<Scored>();
  const std::size_t size = scored_count(*at.entry);
  std::vector<Scored> taken = copies(*at.entry, highest ? size - 1 : 0, std::min(count, size), highest);
  session_.editor().remove_scored(
      at, names_of(taken), highest ? ChangeEvent::kSortedSetPopHighest : ChangeEvent::kSortedSetPopLowest);
  return taken;
}

Result<std::size_t> StoreSortedSets::replace(KeyRef to, std::span<const Scored> members, ChangeEvent event) {
  STELE_TRY(Position at, session_.find_to_replace(to, !members.empty()));
  if (members.empty()) return 0;
  std::vector<ScoredRef> written;
  written.reserve(members.size());
  for (const Scored& member : members) written.push_back({member.member, member.score});
  session_.editor().set_scores(at, written, event);
  return members.size();
}

}  // namespace stele::keyspace::store
