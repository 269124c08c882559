#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "keyspace/store/blob.h"
#include "keyspace/store/entry.h"
#include "keyspace/store/fields.h"
#include "keyspace/store/flat_integers.h"
#include "keyspace/store/flat_list.h"
#include "keyspace/store/flat_scores.h"
#include "keyspace/store/list.h"
#include "keyspace/store/scored_table.h"
#include "keyspace/stream/stream.h"

namespace stele::keyspace::store {

// Reading what an entry holds, wherever it lies. Views hold until the entry changes. Threads: the shard's.

// A longer string lies outside of its entry.
constexpr std::size_t kInlineBytesMax = 2048;

inline std::string_view string_of(const Entry& entry) {
  return entry.is_outside() ? entry.outside<Blob>()->bytes() : entry.inline_value();
}

std::string_view write_integer(char* text, std::int64_t value);

std::optional<std::string_view> field_of(const Entry& entry, std::string_view name);
std::size_t field_count(const Entry& entry);

template <class Visit>
void for_each_field(const Entry& entry, Visit visit) {
  if (entry.is_outside()) {
    entry.outside<FieldTable>()->walk(
        0, [&](const FieldItem& item) { visit(item.field()); }, [] { return false; });
    return;
  }
  FlatFields(entry.inline_value()).for_each([&](const FieldRef& field, std::size_t, std::size_t) {
    visit(field);
    return true;
  });
}

// The expiries of a hash's fields; null while none has one.
inline const FieldExpiries* field_expiries(const Entry& entry) {
  if (entry.type() != ValueType::kHash || !entry.is_outside()) return nullptr;
  return entry.outside<FieldTable>()->expiries_or_null();
}
inline std::optional<WallMs> field_expiry(const Entry& entry, std::string_view name) {
  const FieldExpiries* const expiries = field_expiries(entry);
  return expiries == nullptr ? std::nullopt : expiries->of(name);
}
// When the first thing of it is over: the key, or a field.
inline std::optional<WallMs> first_due(const Entry& entry) {
  const std::optional<WallMs> at = entry.expires_at();
  const FieldExpiries* const expiries = field_expiries(entry);
  if (expiries == nullptr) return at;
  return at ? std::min(*at, *expiries->earliest()) : expiries->earliest();
}

std::size_t list_size(const Entry& entry);
std::string_view list_element(const Entry& entry, std::size_t index);

// Calls `use(list)` with a List or a FlatList.
template <class Use>
void with_list(const Entry& entry, Use use) {
  entry.is_outside() ? use(*entry.outside<List>()) : use(FlatList(entry.inline_value()));
}
// Calls `visit(element)` from an index on, until it says false.
template <class Visit>
void walk_list(const Entry& entry, std::size_t index, Visit visit) {
  with_list(entry, [&](const auto& list) { list.walk(index, visit); });
}
// Calls `visit(position, element)` with those whose positions are in the span.
template <class Visit>
void for_each_position(const Entry& entry, std::int64_t from, std::int64_t until, Visit visit) {
  if (entry.is_outside()) return entry.outside<List>()->for_each_position(from, until, visit);
  const FlatList list(entry.inline_value());
  std::int64_t position = list.header().first_position;
  list.walk(0, [&](std::string_view element) {
    if (position >= from && position < until) visit(position, element);
    return ++position < until;
  });
}

// Of a set.
bool has_member(const Entry& entry, std::string_view member);
std::size_t member_count(const Entry& entry);
template <class Visit>
void for_each_member(const Entry& entry, Visit visit) {
  if (entry.is_outside() || !FlatIntegers::is(entry.inline_value())) {
    return for_each_field(entry, [&](const FieldRef& field) { visit(field.name); });
  }
  const FlatIntegers integers(entry.inline_value());
  for (std::size_t i = 0; i < integers.size(); ++i) {
    char text[FlatIntegers::kTextBytesMax];
    visit(write_integer(text, integers.at(i)));
  }
}
// All of them. Integers have their texts in `texts`, which keeps them.
std::vector<std::string_view> members_of(const Entry& entry, std::string& texts);

// Of a sorted set.
std::optional<double> score_in(const Entry& entry, std::string_view member);
std::size_t scored_count(const Entry& entry);
// In order.
template <class Visit>
void for_each_scored(const Entry& entry, Visit visit) {
  if (entry.is_outside()) {
    const ScoreTree& order = entry.outside<ScoredTable>()->order();
    return order.visit(0, order.size(), false, [&](const ScoredItem& item) { visit(item.scored()); });
  }
  FlatScores(entry.inline_value()).for_each([&](const ScoredRef& scored, std::size_t, std::size_t) {
    visit(scored);
    return true;
  });
}

// The elements of a hash, set, sorted set or stream, as they are written behind: Value::fields.
std::optional<std::string> element_of(const Entry& entry, std::string_view name);
void copy_elements(const Entry& entry, std::vector<Field>& fields);

// What lies outside of it, by the allocator's account.
std::size_t outside_bytes(const Entry& entry);

}  // namespace stele::keyspace::store
