#include "keyspace/store/entry.h"

#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <new>

#include "base/check.h"

// jemalloc's, where the program is linked with it.
extern "C" int mallctl(const char* name, void* old, std::size_t* old_bytes, void* wanted,
                       std::size_t wanted_bytes) __attribute__((weak));

namespace stele::keyspace::store {

namespace {

// glibc keeps its own beside each allocation, jemalloc elsewhere.
const std::size_t kAllocatorHeaderBytes = &mallctl == nullptr ? 8 : 0;

}  // namespace

std::size_t usable_bytes(const void* memory) {
  return malloc_usable_size(const_cast<void*>(memory));
}

std::size_t allocated_bytes(const void* memory) {
  return usable_bytes(memory) + kAllocatorHeaderBytes;
}

Entry* Entry::make(const Shape& shape, std::string_view name, std::size_t value_bytes) {
  const bool is_long = name.size() >= kLongName;
  const std::size_t size = kHeaderBytes + (shape.has_expiry ? 8 : 0) + (shape.has_id ? 8 : 0) +
                           (is_long ? 4 : 0) + name.size() + value_bytes;
  void* const memory = std::malloc(size);
  STELE_CHECK_MESSAGE(memory != nullptr, "out of memory");
  STELE_CHECK(value_bytes <= kValueBytesMax);
  auto* const entry = new (memory) Entry;
  entry->set_value_bytes(value_bytes);
  entry->usage_ = 0;
  entry->name_bytes_ = is_long ? kLongName : static_cast<std::uint8_t>(name.size());
  entry->bits_ = static_cast<std::uint8_t>(
      static_cast<std::uint8_t>(shape.type) | (shape.is_outside ? kOutside : 0) |
      (shape.has_expiry ? kExpiry : 0) | (shape.has_id ? kId : 0) | (shape.has_row ? kRow : 0));
  if (is_long) entry->store(entry->length_begin(), static_cast<std::uint32_t>(name.size()));
  if (!name.empty()) std::memcpy(entry->bytes() + entry->name_begin(), name.data(), name.size());
  entry->set_expires_at(std::nullopt);
  entry->set_id(ObjectId());
  return entry;
}

void Entry::free(Entry* entry) {
  std::free(entry);
}

bool Entry::fits(std::size_t value_bytes) const {
  const std::size_t others = name_begin() + name_size();
  const std::size_t room = usable_bytes(this);
  return others + value_bytes <= room && (others + value_bytes) * 2 + 16 >= room;
}

Entry* Entry::copy(const Shape& shape, std::string_view name, std::size_t value_bytes) const {
  Entry* const other = make(shape, name, value_bytes);
  other->usage_ = usage_;
  other->set_expires_at(expires_at());
  other->set_id(id());
  std::memcpy(other->value(), value(), std::min<std::size_t>(value_bytes, value_bytes_));
  return other;
}

std::size_t Entry::memory_bytes() const {
  return allocated_bytes(this);
}

}  // namespace stele::keyspace::store
