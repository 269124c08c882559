// The editor's steps on sets and sorted sets.
#include <cstring>
#include <utility>

#include "keyspace/numbers.h"
#include "keyspace/store/editor.h"
#include "keyspace/store/values.h"

namespace stele::keyspace::store {

void Editor::begin_write(Position& at, ValueType type) {
  if (at.entry != nullptr) return;
  const Entry::Shape shape = {.type = type, .has_id = is_written_behind_here(at)};
  insert(at, Entry::make(shape, at.key.name, 0));
}

void Editor::put_element(Position& at, const FieldRef& field) {
  switch (at.entry->type()) {
    case ValueType::kSet:
      (void)add_member(at, field.name);
      return;
    case ValueType::kSortedSet:
      return set_score(at, {field.name, score_of(field.value)});
    default:
      (void)set_field(at, field);
  }
}

std::size_t Editor::add_members(Position& at, std::span<const std::string_view> members, ChangeEvent event) {
  if (members.empty()) return 0;
  const bool is_behind = is_written_behind_here(at);
  begin_write(at, ValueType::kSet);
  std::size_t added = 0;
  std::optional<ChangeSequence> change;
  for (const std::string_view member : members) {
    if (!add_member(at, member)) continue;
    ++added;
    if (!change) {
      if (is_behind) ensure_id(at);
      change = record(at, event, ValueType::kSet);
    }
    if (is_behind) store_.dirty.field_changed(bundle_, dirty_object(at), *change, member, 0);
  }
  return added;
}

std::size_t Editor::remove_members(Position& at, std::span<const std::string_view> members,
                                   ChangeEvent event) {
  const bool is_behind = is_written_behind_here(at);
  std::size_t removed = 0;
  std::optional<ChangeSequence> change;
  for (const std::string_view member : members) {
    if (!has_member(*at.entry, member)) continue;
    ++removed;
    if (!change) {
      if (is_behind) ensure_id(at);
      change = record(at, event, ValueType::kSet);
    }
    remove_member(at, member);
    if (is_behind) store_.dirty.field_changed(bundle_, dirty_object(at), *change, member, 0);
  }
  if (removed > 0 && member_count(*at.entry) == 0) erase(at, ChangeEvent::kDelete);
  return removed;
}

bool Editor::add_member(Position& at, std::string_view member) {
  if (!at.entry->is_outside()) {
    const std::string_view value = at.entry->inline_value();
    const bool may_be_integers = value.empty() || FlatIntegers::is(value);
    if (may_be_integers) {
      const std::optional<bool> is_new = add_integer(at, member);
      if (is_new) return *is_new;
    }
  }
  return set_field(at, {member, {}});
}

std::optional<bool> Editor::add_integer(Position& at, std::string_view member) {
  const std::string_view value = at.entry->inline_value();
  const auto number = member.empty() ? std::nullopt : parse_integer(member);
  if (value.empty()) {
    if (!number) return std::nullopt;
    write_flat(at, FlatIntegers::build(*number));
    return true;
  }
  const FlatIntegers integers(value);
  if (number && integers.contains(*number)) return false;
  if (number && integers.size() < FlatIntegers::kIntegersMax) {
    const std::size_t width = integers.width();
    if (FlatIntegers::width_of(*number) > width) {
      write_flat(at, integers.with(*number));
      return true;
    }
    char bytes[sizeof(std::int64_t)];
    FlatIntegers::write(bytes, *number, width);
    const std::size_t place = integers.offset_of(integers.place_of(*number));
    splice(at, place, place, {bytes, width});
    return true;
  }
  // Names from here on.
  std::string texts;
  const std::vector<std::string_view> members = members_of(*at.entry, texts);
  write_flat(at, {});
  if (members.size() > FlatFields::kFieldsMax) make_table(at);
  for (const std::string_view each : members) set_field(at, {each, {}});
  return std::nullopt;
}

void Editor::remove_member(Position& at, std::string_view member) {
  if (at.entry->is_outside() || !FlatIntegers::is(at.entry->inline_value())) {
    (void)remove_field(at, member);
    return;
  }
  const FlatIntegers integers(at.entry->inline_value());
  const std::size_t place = integers.offset_of(integers.place_of(*parse_integer(member)));
  splice(at, place, place + integers.width(), {});
}

void Editor::write_flat(Position& at, std::string_view bytes) {
  splice(at, 0, at.entry->value_bytes(), bytes);
}

void Editor::set_scores(Position& at, std::span<const ScoredRef> members, ChangeEvent event) {
  const bool is_behind = is_written_behind_here(at);
  begin_write(at, ValueType::kSortedSet);
  for (const ScoredRef& member : members) set_score(at, member);
  if (is_behind) ensure_id(at);
  const ChangeSequence change = record(at, event, ValueType::kSortedSet);
  if (!is_behind) return;
  for (const ScoredRef& member : members) {
    store_.dirty.field_changed(bundle_, dirty_object(at), change, member.member, sizeof(double));
  }
}

std::size_t Editor::remove_scored(Position& at, std::span<const std::string_view> members,
                                  ChangeEvent event) {
  const bool is_behind = is_written_behind_here(at);
  std::size_t removed = 0;
  std::optional<ChangeSequence> change;
  for (const std::string_view member : members) {
    if (!remove_scored(at, member)) continue;
    ++removed;
    if (!change) {
      if (is_behind) ensure_id(at);
      change = record(at, event, ValueType::kSortedSet);
    }
    if (is_behind) store_.dirty.field_changed(bundle_, dirty_object(at), *change, member, 0);
  }
  if (removed > 0 && scored_count(*at.entry) == 0) erase(at, ChangeEvent::kDelete);
  return removed;
}

void Editor::set_score(Position& at, const ScoredRef& member) {
  if (!at.entry->is_outside()) {
    if (FlatScores::takes(member.member) && set_flat_score(at, member)) return;
    make_scored_table(at);
  }
  auto* const table = at.entry->outside<ScoredTable>();
  const std::size_t bytes = table->memory_bytes();
  ScoredItem* const former = table->find(member.member);
  former == nullptr ? table->insert(member.member, member.score) : table->move(former, member.score);
  count_bytes(at, table->memory_bytes() - bytes);
}

bool Editor::set_flat_score(Position& at, const ScoredRef& member) {
  const std::size_t size = at.entry->value_bytes();
  std::size_t count = 0;
  std::size_t begin = size;  // of the member that is there
  std::size_t end = size;
  std::size_t place = size;  // of the first behind where it belongs
  FlatScores(at.entry->inline_value()).for_each([&](const ScoredRef& each, std::size_t from, std::size_t to) {
    ++count;
    if (each.member == member.member) {
      begin = from;
      end = to;
      return true;
    }
    const bool is_behind =
        each.score > member.score || (each.score == member.score && each.member > member.member);
    if (is_behind && place == size) place = from;
    return true;
  });
  const bool is_new = begin == end;
  if (is_new && count >= FlatScores::kMembersMax) return false;
  if (!is_new) {
    splice(at, begin, end, nullptr);
    if (place > begin) place -= end - begin;
  }
  const FlatScores::Bytes score(member.score);
  const FieldRef field{member.member, score.view()};
  splice(at, place, place, &field);
  return true;
}

void Editor::make_scored_table(Position& at) {
  auto* const table = new ScoredTable;
  for_each_scored(*at.entry, [&](const ScoredRef& each) { table->insert(each.member, each.score); });
  put_outside(at, table);
}

bool Editor::remove_scored(Position& at, std::string_view member) {
  if (at.entry->is_outside()) {
    auto* const table = at.entry->outside<ScoredTable>();
    const std::size_t bytes = table->memory_bytes();
    const bool was_there = table->remove(member);
    count_bytes(at, table->memory_bytes() - bytes);
    return was_there;
  }
  bool was_there = false;
  std::size_t begin = 0;
  std::size_t end = 0;
  FlatScores(at.entry->inline_value()).for_each([&](const ScoredRef& each, std::size_t from, std::size_t to) {
    if (each.member != member) return true;
    was_there = true;
    begin = from;
    end = to;
    return false;
  });
  if (was_there) splice(at, begin, end, nullptr);
  return was_there;
}

}  // namespace stele::keyspace::store
