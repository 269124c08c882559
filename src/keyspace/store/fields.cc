#include "keyspace/store/fields.h"

#include <cstdlib>
#include <cstring>
#include <new>

#include "base/check.h"
#include "keyspace/store/entry.h"

namespace stele::keyspace::store {

FieldItem* FieldItem::make(std::string_view name, std::string_view value) {
  void* const memory = std::malloc(sizeof(FieldItem) + name.size() + value.size());
  STELE_CHECK_MESSAGE(memory != nullptr, "out of memory");
  auto* const item = new (memory) FieldItem;
  item->name_bytes_ = static_cast<std::uint32_t>(name.size());
  item->value_bytes_ = static_cast<std::uint32_t>(value.size());
  char* const bytes = reinterpret_cast<char*>(item + 1);
  if (!name.empty()) std::memcpy(bytes, name.data(), name.size());
  if (!value.empty()) std::memcpy(bytes + name.size(), value.data(), value.size());
  return item;
}

void FieldItem::free(FieldItem* item) {
  std::free(item);
}

std::size_t FieldItem::memory_bytes() const {
  return allocated_bytes(this);
}

bool FieldItem::set_value(std::string_view value) {
  const std::size_t size = sizeof(FieldItem) + name_bytes_ + value.size();
  const std::size_t room = usable_bytes(this);
  if (size > room || size * 2 + 16 < room) return false;
  if (!value.empty())
    std::memmove(reinterpret_cast<char*>(this + 1) + name_bytes_, value.data(), value.size());
  value_bytes_ = static_cast<std::uint32_t>(value.size());
  return true;
}

const FieldItem* FieldTable::find(std::string_view name) const {
  Items::Place place;
  return items_.find(hash_of(name), [&](const FieldItem& item) { return item.name() == name; }, &place);
}

bool FieldTable::set(std::string_view name, std::string_view value) {
  const std::uint64_t hash = hash_of(name);
  Items::Place place;
  FieldItem* const former =
      items_.find(hash, [&](const FieldItem& item) { return item.name() == name; }, &place);
  if (former == nullptr) {
    FieldItem* const item = FieldItem::make(name, value);
    item_bytes_ += item->memory_bytes();
    items_.insert(hash, item, 0);
    return true;
  }
  if (former->set_value(value)) return false;
  FieldItem* const item = FieldItem::make(name, value);
  item_bytes_ += item->memory_bytes();
  item_bytes_ -= former->memory_bytes();
  items_.replace(place, item);
  FieldItem::free(former);
  return false;
}

bool FieldTable::remove(std::string_view name) {
  const std::uint64_t hash = hash_of(name);
  Items::Place place;
  FieldItem* const item =
      items_.find(hash, [&](const FieldItem& each) { return each.name() == name; }, &place);
  if (item == nullptr) return false;
  set_expiry(name, std::nullopt);
  items_.erase(hash, place);
  item_bytes_ -= item->memory_bytes();
  FieldItem::free(item);
  return true;
}

void FieldTable::set_expiry(std::string_view name, std::optional<WallMs> at) {
  if (!expiries_) {
    if (!at) return;
    expiries_ = std::make_unique<FieldExpiries>();
  }
  expiries_->set(name, at);
  if (expiries_->is_empty()) expiries_.reset();
}

std::size_t FlatFields::size() const {
  std::size_t count = 0;
  for_each([&](const FieldRef&, std::size_t, std::size_t) {
    ++count;
    return true;
  });
  return count;
}

char* FlatFields::write(char* at, const FieldRef& field) {
  for (const std::string_view part : {field.name, field.value}) {
    *at++ = static_cast<char>(static_cast<unsigned char>(part.size()));
    if (!part.empty()) std::memcpy(at, part.data(), part.size());
    at += part.size();
  }
  return at;
}

}  // namespace stele::keyspace::store
