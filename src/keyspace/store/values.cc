#include "keyspace/store/values.h"

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

std::size_t outside_bytes(const Entry& entry) {
  if (!entry.is_outside()) return 0;
  switch (entry.type()) {
    case ValueType::kString:
      return entry.outside<Blob>()->memory_bytes();
    case ValueType::kList:
      return entry.outside<List>()->memory_bytes();
    default:
      return entry.outside<FieldTable>()->memory_bytes();
  }
}

}  // namespace stele::keyspace::store
