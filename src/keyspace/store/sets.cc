#include "keyspace/store/sets.h"

#include <algorithm>
#include <set>
#include <unordered_set>

#include "keyspace/store/random.h"
#include "keyspace/store/values.h"

namespace stele::keyspace::store {

namespace {

constexpr std::size_t kSomeMax = 100;
constexpr std::int64_t kRepeatedMax = 1 << 24;

// That many different ones of a table much larger.
std::vector<std::string_view> some_of(const FieldTable& table, std::size_t count) {
  std::vector<std::string_view> members;
  if (count == 1) {
    members.push_back(table.nth(random_below(table.size()))->name());
    return members;
  }
  std::set<std::size_t> places;
  while (places.size() < count) places.insert(random_below(table.size()));
  for (const std::size_t place : places) members.push_back(table.nth(place)->name());
  std::shuffle(members.begin(), members.end(), random_source());
  return members;
}

std::vector<std::string> copies_of(const std::vector<std::string_view>& members) {
  return {members.begin(), members.end()};
}

std::vector<std::string> intersection(std::vector<const Entry*> sets, std::size_t limit) {
  std::vector<std::string> found;
  if (std::ranges::find(sets, nullptr) != sets.end()) return found;
  std::ranges::sort(sets, {}, [](const Entry* entry) { return member_count(*entry); });
  const std::span<const Entry* const> others = std::span(sets).subspan(1);
  std::string texts;
  for (const std::string_view member : members_of(*sets.front(), texts)) {
    if (!std::ranges::all_of(others, [&](const Entry* set) { return has_member(*set, member); })) continue;
    found.emplace_back(member);
    if (found.size() == limit) break;
  }
  return found;
}

std::vector<std::string> all_of(const std::vector<const Entry*>& sets) {
  std::vector<std::string> found;
  std::unordered_set<std::string_view> seen;  // of names in tables, and of texts kept
  std::vector<std::string> texts(sets.size());
  for (std::size_t i = 0; i < sets.size(); ++i) {
    if (sets[i] == nullptr) continue;
    for (const std::string_view member : members_of(*sets[i], texts[i])) {
      if (seen.insert(member).second) found.emplace_back(member);
    }
  }
  return found;
}

std::vector<std::string> difference(const std::vector<const Entry*>& sets) {
  std::vector<std::string> found;
  if (sets.front() == nullptr) return found;
  const std::span<const Entry* const> others = std::span(sets).subspan(1);
  for_each_member(*sets.front(), [&](std::string_view member) {
    const bool is_elsewhere = std::ranges::any_of(
        others, [&](const Entry* set) { return set != nullptr && has_member(*set, member); });
    if (!is_elsewhere) found.emplace_back(member);
  });
  return found;
}

}  // namespace

Result<bool> StoreSets::contains(KeyRef key, std::string_view member) {
  STELE_TRY(const Position at, session_.find(key, ValueType::kSet));
  return at.entry != nullptr && has_member(*at.entry, member);
}

Result<std::vector<bool>> StoreSets::contains_each(KeyRef key, std::span<const std::string_view> members) {
  STELE_TRY(const Position at, session_.find(key, ValueType::kSet));
  std::vector<bool> answers;
  answers.reserve(members.size());
  for (const std::string_view member : members) {
    answers.push_back(at.entry != nullptr && has_member(*at.entry, member));
  }
  return answers;
}

Result<std::vector<std::string_view>> StoreSets::members(KeyRef key) {
  STELE_TRY(const Position at, session_.find(key, ValueType::kSet));
  if (at.entry == nullptr) return std::vector<std::string_view>();
  return members_of(*at.entry, session_.kept());
}

Result<std::size_t> StoreSets::size(KeyRef key) {
  STELE_TRY(const Position at, session_.find(key, ValueType::kSet));
  return at.entry == nullptr ? 0 : member_count(*at.entry);
}

Result<std::size_t> StoreSets::add(KeyRef key, std::span<const std::string_view> members) {
  STELE_TRY(Position at, session_.find_to_grow(key, ValueType::kSet));
  return session_.editor().add_members(at, members, ChangeEvent::kSetAdd);
}

Result<std::size_t> StoreSets::remove(KeyRef key, std::span<const std::string_view> members) {
  STELE_RETURN_IF_ERROR(session_.check_writable(key));
  STELE_TRY(Position at, session_.find(key, ValueType::kSet));
  if (at.entry == nullptr) return 0;
  return session_.editor().remove_members(at, members, ChangeEvent::kSetRemove);
}

Result<bool> StoreSets::move(KeyRef from, KeyRef to, std::string_view member) {
  STELE_RETURN_IF_ERROR(session_.check_writable(from));
  STELE_RETURN_IF_ERROR(session_.check_writable(to));
  STELE_TRY(Position source, session_.find(from, ValueType::kSet));
  if (source.entry == nullptr) return false;
  STELE_TRY(Position target, session_.find(to, ValueType::kSet));
  // Where it is after a removal in its table.
  source = session_.store().find(from, source.hash);
  if (!has_member(*source.entry, member)) return false;
  if (from == to) return true;
  session_.editor().remove_members(source, std::span(&member, 1), ChangeEvent::kSetRemove);
  target = session_.store().find(to, target.hash);
  session_.editor().add_members(target, std::span(&member, 1), ChangeEvent::kSetAdd);
  return true;
}

Result<std::vector<std::string>> StoreSets::pop(KeyRef key, std::size_t count) {
  STELE_RETURN_IF_ERROR(session_.check_writable(key));
  STELE_TRY(Position at, session_.find(key, ValueType::kSet));
  if (at.entry == nullptr || count == 0) return std::vector<std::string>();
  const std::size_t wanted = std::min(count, member_count(*at.entry));
  STELE_TRY(const auto picked, random(key, static_cast<std::int64_t>(wanted)));
  std::vector<std::string> taken = copies_of(picked);
  const std::vector<std::string_view> names(taken.begin(), taken.end());
  session_.editor().remove_members(at, names, ChangeEvent::kSetPop);
  return taken;
}

Result<std::vector<std::string_view>> StoreSets::random(KeyRef key, std::int64_t count) {
  STELE_TRY(const Position at, session_.find(key, ValueType::kSet));
  if (at.entry == nullptr) return std::vector<std::string_view>();
  const bool may_repeat = count < 0;
  if (count < -kRepeatedMax) return make_error(ErrorCode::kTooLarge, "value is out of range");
  const auto wanted = static_cast<std::size_t>(may_repeat ? -count : count);
  const std::size_t size = member_count(*at.entry);
  if (!may_repeat && at.entry->is_outside() && wanted > 0 && wanted <= kSomeMax && wanted < size / 4) {
    return some_of(*at.entry->outside<FieldTable>(), wanted);
  }
  std::vector<std::string_view> members = members_of(*at.entry, session_.kept());
  if (!may_repeat) {
    std::shuffle(members.begin(), members.end(), random_source());
    if (wanted < members.size()) members.resize(wanted);
    return members;
  }
  std::vector<std::string_view> picked(wanted);
  for (std::string_view& member : picked) member = members[random_below(members.size())];
  return picked;
}

Result<MemberPage> StoreSets::scan(KeyRef key, std::uint64_t cursor, std::size_t count) {
  STELE_TRY(const Position at, session_.find(key, ValueType::kSet));
  MemberPage page;
  if (at.entry == nullptr) return page;
  if (!at.entry->is_outside()) {
    // All at once, but for what was told before, if the set was another one then.
    page.members = members_of(*at.entry, session_.kept());
    std::erase_if(page.members,
                  [&](std::string_view member) { return cursor != 0 && hash_of(member) >> 16 < cursor; });
    return page;
  }
  const std::size_t wanted = std::max<std::size_t>(count, 1);
  const std::uint64_t next = at.entry->outside<FieldTable>()->walk(
      cursor << 16, [&](const FieldItem& item) { page.members.push_back(item.name()); },
      [&] { return page.members.size() >= wanted; });
  page.cursor = next >> 16;
  return page;
}

Result<std::vector<std::string>> StoreSets::combine(SetOperation operation, std::span<const KeyRef> keys,
                                                    std::size_t limit) {
  std::vector<const Entry*> sets;
  for (const KeyRef key : keys) {
    STELE_TRY(const Position at, session_.find(key, ValueType::kSet));
    sets.push_back(at.entry);
  }
  switch (operation) {
    case SetOperation::kIntersection:
      return intersection(std::move(sets), limit);
    case SetOperation::kUnion:
      return all_of(sets);
    case SetOperation::kDifference:
      return difference(sets);
  }
  return std::vector<std::string>();
}

Result<std::size_t> StoreSets::replace(KeyRef to, std::span<const std::string> members, ChangeEvent event) {
  STELE_TRY(Position at, session_.find_to_replace(to, !members.empty()));
  if (members.empty()) return 0;
  const std::vector<std::string_view> names(members.begin(), members.end());
  return session_.editor().add_members(at, names, event);
}

}  // namespace stele::keyspace::store
