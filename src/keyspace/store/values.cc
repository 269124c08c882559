#include "keyspace/store/values.h"

#include <charconv>

#include "keyspace/numbers.h"

namespace stele::keyspace::store {

std::optional<std::string_view> field_of(const Entry& entry, std::string_view name) {
  if (entry.is_outside()) {
    const FieldItem* const item = entry.outside<FieldTable>()->find(name);
    return item == nullptr ? std::nullopt : std::optional(item->value());
  }
  std::optional<std::string_view> found;
  FlatFields(entry.inline_value()).for_each([&](const FieldRef& field, std::size_t, std::size_t) {
    if (field.name == name) found = field.value;
    return !found;
  });
  return found;
}

std::size_t field_count(const Entry& entry) {
  return entry.is_outside() ? entry.outside<FieldTable>()->size() : FlatFields(entry.inline_value()).size();
}

std::size_t list_size(const Entry& entry) {
  return entry.is_outside() ? entry.outside<List>()->size() : FlatList(entry.inline_value()).size();
}

std::string_view list_element(const Entry& entry, std::size_t index) {
  return entry.is_outside() ? entry.outside<List>()->at(index) : FlatList(entry.inline_value()).at(index);
}

std::string_view write_integer(char* text, std::int64_t value) {
  const char* const end = std::to_chars(text, text + FlatIntegers::kTextBytesMax, value).ptr;
  return {text, static_cast<std::size_t>(end - text)};
}

bool has_member(const Entry& entry, std::string_view member) {
  if (entry.is_outside() || !FlatIntegers::is(entry.inline_value())) {
    return field_of(entry, member).has_value();
  }
  const auto value = member.empty() ? std::nullopt : parse_integer(member);
  return value && FlatIntegers(entry.inline_value()).contains(*value);
}

std::size_t member_count(const Entry& entry) {
  if (entry.is_outside() || !FlatIntegers::is(entry.inline_value())) return field_count(entry);
  return FlatIntegers(entry.inline_value()).size();
}

std::vector<std::string_view> members_of(const Entry& entry, std::string& texts) {
  std::vector<std::string_view> members;
  members.reserve(member_count(entry));
  if (entry.is_outside() || !FlatIntegers::is(entry.inline_value())) {
    for_each_field(entry, [&](const FieldRef& field) { members.push_back(field.name); });
    return members;
  }
  texts.clear();
  texts.reserve(members.capacity() * FlatIntegers::kTextBytesMax);
  for_each_member(entry, [&](std::string_view member) {
    const std::size_t begin = texts.size();
    texts += member;
    members.push_back(std::string_view(texts).substr(begin));
  });
  return members;
}

std::optional<double> score_in(const Entry& entry, std::string_view member) {
  if (entry.is_outside()) {
    const ScoredItem* const item = entry.outside<ScoredTable>()->find(member);
    return item == nullptr ? std::nullopt : std::optional(item->score());
  }
  std::optional<double> found;
  FlatScores(entry.inline_value()).for_each([&](const ScoredRef& scored, std::size_t, std::size_t) {
    if (scored.member == member) found = scored.score;
    return !found;
  });
  return found;
}

std::size_t scored_count(const Entry& entry) {
  return entry.is_outside() ? entry.outside<ScoredTable>()->size() : FlatScores(entry.inline_value()).size();
}

std::optional<std::string> element_of(const Entry& entry, std::string_view name) {
  if (entry.type() == ValueType::kSet) {
    return has_member(entry, name) ? std::optional<std::string>("") : std::nullopt;
  }
  if (entry.type() == ValueType::kSortedSet) {
    const auto score = score_in(entry, name);
    return score ? std::optional(score_bytes(*score)) : std::nullopt;
  }
  if (entry.type() == ValueType::kStream) return entry.outside<stream::Stream>()->row(name);
  const auto value = field_of(entry, name);
  return value ? std::optional<std::string>(*value) : std::nullopt;
}

void copy_elements(const Entry& entry, std::vector<Field>& fields) {
  if (entry.type() == ValueType::kSet) {
    return for_each_member(entry,
                           [&](std::string_view member) { fields.push_back({std::string(member), {}}); });
  }
  if (entry.type() == ValueType::kSortedSet) {
    return for_each_scored(entry, [&](const ScoredRef& scored) {
      fields.push_back({std::string(scored.member), score_bytes(scored.score)});
    });
  }
  if (entry.type() == ValueType::kStream) return entry.outside<stream::Stream>()->copy_rows(fields);
  for_each_field(entry, [&](const FieldRef& field) {
    fields.push_back({std::string(field.name), std::string(field.value)});
  });
  if (field_expiries(entry) == nullptr) return;
  for (Field& field : fields) field.expires_at = field_expiry(entry, field.name);
}

std::size_t outside_bytes(const Entry& entry) {
  if (!entry.is_outside()) return 0;
  switch (entry.type()) {
    case ValueType::kString:
      return entry.outside<Blob>()->memory_bytes();
    case ValueType::kList:
      return entry.outside<List>()->memory_bytes();
    case ValueType::kSortedSet:
      return entry.outside<ScoredTable>()->memory_bytes();
    case ValueType::kStream:
      return entry.outside<stream::Stream>()->counted_bytes();
    default:
      return entry.outside<FieldTable>()->memory_bytes();
  }
}

}  // namespace stele::keyspace::store
