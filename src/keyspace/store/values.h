#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "keyspace/store/blob.h"
#include "keyspace/store/entry.h"
#include "keyspace/store/fields.h"

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

// What lies outside of it, by the allocator's account.
std::size_t outside_bytes(const Entry& entry);

}  // namespace stele::keyspace::store
