#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "keyspace/store/blob.h"
#include "keyspace/store/entry.h"
#include "keyspace/store/fields.h"
#include "keyspace/store/flat_list.h"
#include "keyspace/store/list.h"

namespace stele::keyspace::store {

// Reading what an entry holds, wherever it lies. Views hold until the entry changes. Threads: the shard's.

// A longer string lies outside of its entry.
constexpr std::size_t kInlineBytesMax = 2048;

inline std::string_view string_of(const Entry& entry) {
  return entry.is_outside() ? entry.outside<Blob>()->bytes() : entry.inline_value();
}

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

// What lies outside of it, by the allocator's account.
std::size_t outside_bytes(const Entry& entry);

}  // namespace stele::keyspace::store
