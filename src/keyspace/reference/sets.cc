#include "keyspace/reference/sets.h"

#include <algorithm>
#include <map>
#include <set>

namespace stele::keyspace::reference {

namespace {

std::vector<std::string_view> all_of(const Object* object) {
  std::vector<std::string_view> members;
  if (!object) return members;
  for (const auto& [name, value] : object->fields) members.push_back(name);
  return members;
}

}  // namespace

Result<bool> ReferenceSets::contains(KeyRef key, std::string_view member) {
  STELE_TRY(const Object* const object, session_.find(key, ValueType::kSet));
  return object && object->fields.contains(member);
}

Result<std::vector<bool>> ReferenceSets::contains_each(KeyRef key,
                                                       std::span<const std::string_view> members) {
  STELE_TRY(const Object* const object, session_.find(key, ValueType::kSet));
  std::vector<bool> answers;
  for (const std::string_view member : members) answers.push_back(object && object->fields.contains(member));
  return answers;
}

Result<std::vector<std::string_view>> ReferenceSets::members(KeyRef key) {
  STELE_TRY(const Object* const object, session_.find(key, ValueType::kSet));
  return all_of(object);
}

Result<std::size_t> ReferenceSets::size(KeyRef key) {
  STELE_TRY(const Object* const object, session_.find(key, ValueType::kSet));
  return object ? object->fields.size() : 0;
}

Result<std::size_t> ReferenceSets::add(KeyRef key, std::span<const std::string_view> members) {
  STELE_TRY(Object* const object, session_.find_to_grow(key, ValueType::kSet));
  std::set<std::string_view> fresh;
  for (const std::string_view member : members)
    if (!object || !object->fields.contains(member)) fresh.insert(member);
  if (fresh.empty()) return 0;
  std::vector<FieldRef> fields;
  for (const std::string_view member : fresh) fields.push_back({member, ""});
  if (object) {
    session_.store().set_fields(*object, fields, ChangeEvent::kSetAdd);
  } else {
    session_.store().insert_fields(key, ValueType::kSet, fields, ChangeEvent::kSetAdd);
  }
  return fresh.size();
}

Result<std::size_t> ReferenceSets::remove(KeyRef key, std::span<const std::string_view> members) {
  STELE_RETURN_IF_ERROR(session_.check_writable(key));
  STELE_TRY(Object* const object, session_.find(key, ValueType::kSet));
  if (!object) return 0;
  std::set<std::string_view> gone;
  for (const std::string_view member : members)
    if (object->fields.contains(member)) gone.insert(member);
  const std::vector<std::string_view> names(gone.begin(), gone.end());
  if (!names.empty()) session_.store().remove_fields(*object, names, ChangeEvent::kSetRemove);
  return names.size();
}

Result<bool> ReferenceSets::move(KeyRef from, KeyRef to, std::string_view member) {
  STELE_RETURN_IF_ERROR(session_.check_writable(from));
  STELE_RETURN_IF_ERROR(session_.check_writable(to));
  STELE_TRY(const Object* const source, session_.find(from));
  if (!source) return false;
  if (source->type != ValueType::kSet) return session_.find(from, ValueType::kSet).error();
  STELE_TRY(const Object* const target, session_.find(to, ValueType::kSet));
  if (!source->fields.contains(member)) return false;
  if (source == target) return true;
  const std::string_view members[] = {member};
  STELE_RETURN_IF_ERROR(remove(from, members));
  // Moving takes no memory that was not there.
  if (Object* const present = session_.store().find(to)) {
    const FieldRef field{member, ""};
    if (!present->fields.contains(member))
      session_.store().set_fields(*present, std::span(&field, 1), ChangeEvent::kSetAdd);
    return true;
  }
  const FieldRef field{member, ""};
  session_.store().insert_fields(to, ValueType::kSet, std::span(&field, 1), ChangeEvent::kSetAdd);
  return true;
}

Result<std::vector<std::string>> ReferenceSets::pop(KeyRef key, std::size_t count) {
  STELE_RETURN_IF_ERROR(session_.check_writable(key));
  STELE_TRY(Object* const object, session_.find(key, ValueType::kSet));
  std::vector<std::string> taken;
  if (!object || count == 0) return taken;
  const std::size_t wanted = std::min(count, object->fields.size());
  STELE_TRY(const auto picked, random(key, static_cast<std::int64_t>(wanted)));
  taken.assign(picked.begin(), picked.end());
  const std::vector<std::string_view> names(taken.begin(), taken.end());
  session_.store().remove_fields(*object, names, ChangeEvent::kSetPop);
  return taken;
}

Result<std::vector<std::string_view>> ReferenceSets::random(KeyRef key, std::int64_t count) {
  STELE_TRY(std::vector<std::string_view> members, members(key));
  auto& random = session_.store().random();
  if (count >= 0) {
    std::shuffle(members.begin(), members.end(), random);
    if (static_cast<std::uint64_t>(count) < members.size()) members.resize(static_cast<std::size_t>(count));
    return members;
  }
  if (members.empty()) return members;
  if (count < -(1 << 24)) return make_error(ErrorCode::kTooLarge, "value is out of range");
  std::uniform_int_distribution<std::size_t> any(0, members.size() - 1);
  std::vector<std::string_view> picked(static_cast<std::size_t>(-count));
  for (std::string_view& member : picked) member = members[any(random)];
  return picked;
}

Result<MemberPage> ReferenceSets::scan(KeyRef key, std::uint64_t cursor, std::size_t count) {
  STELE_TRY(const std::vector<std::string_view> members, members(key));
  std::multimap<std::uint64_t, std::string_view> ordered;
  for (const std::string_view member : members) ordered.emplace(scan_position(member), member);
  MemberPage page;
  auto at = ordered.lower_bound(cursor);
  // A page ends between positions, never within one: the cursor could not tell what was seen.
  while (at != ordered.end() && page.members.size() < std::max<std::size_t>(count, 1)) {
    const std::uint64_t position = at->first;
    for (; at != ordered.end() && at->first == position; ++at) page.members.push_back(at->second);
  }
  page.cursor = at == ordered.end() ? 0 : at->first;
  return page;
}

Result<std::vector<std::string>> ReferenceSets::combine(SetOperation operation, std::span<const KeyRef> keys,
                                                        std::size_t limit) {
  std::set<std::string> result;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    STELE_TRY(const Object* const object, session_.find(keys[i], ValueType::kSet));
    if (i == 0 || operation == SetOperation::kUnion) {
      for (const std::string_view member : all_of(object)) result.emplace(member);
      continue;
    }
    const bool wanted = operation == SetOperation::kIntersection;
    std::erase_if(result, [&](const std::string& member) {
      return (object && object->fields.contains(member)) != wanted;
    });
  }
  std::vector<std::string> members(result.begin(), result.end());
  if (limit > 0 && members.size() > limit) members.resize(limit);
  return members;
}

Result<std::size_t> ReferenceSets::replace(KeyRef to, std::span<const std::string> members,
                                           ChangeEvent event) {
  STELE_RETURN_IF_ERROR(session_.check_writable(to));
  STELE_TRY(Object* const former, session_.find(to));
  if (former) {
    session_.store().erase(*former, members.empty() ? ChangeEvent::kDelete : ChangeEvent::kReplaced);
  }
  if (members.empty()) return 0;
  std::vector<FieldRef> fields;
  for (const std::string& member : members) fields.push_back({member, ""});
  session_.store().insert_fields(to, ValueType::kSet, fields, event);
  return members.size();
}

}  // namespace stele::keyspace::reference
