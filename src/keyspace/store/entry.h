#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>

#include "keyspace/key.h"
#include "keyspace/usage_clock.h"
#include "keyspace/value.h"
#include "keyspace/write_behind.h"

namespace stele::keyspace::store {

// A key and its value in one allocation: eight bytes of header, what some keys alone have (expiry, object id,
// the length of a long name), the name, the value. A value that is large lies outside, and the address of it
// stands here, so that RENAME and EXPIRE copy little. The expiry stands in the entry; there is no second
// table for it.
//
// Threads: the shard's. Lifetime: made by make(), ended by free() (which leaves what lies outside alone).
class Entry {
 public:
  struct Shape {
    ValueType type = ValueType::kNone;
    bool is_outside = false;  // the value is the address of what lies outside
    bool has_expiry = false;  // there is room for one
    bool has_id = false;      // the same
    bool has_row = false;     // a cut has carried it, or PostgreSQL gave it
  };

  // With room for a value of so many bytes, to be written by the caller. No expiry, no id.
  static Entry* make(const Shape& shape, std::string_view name, std::size_t value_bytes);
  static void free(Entry* entry);

  ValueType type() const { return static_cast<ValueType>(bits_ & kType); }
  bool is_outside() const { return is(kOutside); }
  bool has_row() const { return is(kRow); }
  bool has_id() const { return is(kId); }
  bool has_room_for_expiry() const { return is(kExpiry); }
  Shape shape() const { return {type(), is(kOutside), is(kExpiry), is(kId), is(kRow)}; }
  void set_has_row(bool has_row) {
    bits_ = static_cast<std::uint8_t>(has_row ? bits_ | kRow : bits_ & ~std::uint32_t{kRow});
  }
  // The value's address is another's now, or none any more.
  void set_outside(bool is_outside) {
    bits_ = static_cast<std::uint8_t>(is_outside ? bits_ | kOutside : bits_ & ~std::uint32_t{kOutside});
  }

  std::string_view name() const { return {bytes() + name_begin(), name_size()}; }
  // The value within the entry.
  char* value() { return bytes() + name_begin() + name_size(); }
  const char* value() const { return bytes() + name_begin() + name_size(); }
  std::size_t value_bytes() const { return value_bytes_; }
  std::string_view inline_value() const { return {value(), value_bytes_}; }

  std::optional<WallMs> expires_at() const {
    if (!is(kExpiry)) return std::nullopt;
    const auto at = load<std::int64_t>(kHeaderBytes);
    return at == kNever ? std::nullopt : std::optional(WallMs{at});
  }
  // Where has_room_for_expiry(), or to nothing.
  void set_expires_at(std::optional<WallMs> at) {
    if (is(kExpiry)) store<std::int64_t>(kHeaderBytes, at ? at->value : kNever);
  }
  // 0 without one.
  ObjectId id() const { return is(kId) ? ObjectId(load<std::uint64_t>(id_begin())) : ObjectId(); }
  void set_id(ObjectId id) {
    if (is(kId)) store<std::uint64_t>(id_begin(), id.value());
  }
  // When it was last used, or how often: a UsageClock's.
  std::uint32_t usage() const { return usage_; }
  void set_usage(std::uint32_t usage) {
    if (usage_ != usage) usage_ = usage & UsageClock::kMask;
  }

  // What lies outside.
  template <class T>
  T* outside() const {
    T* address = nullptr;
    std::memcpy(&address, value(), sizeof(T*));
    return address;
  }
  template <class T>
  void set_outside_address(T* address) {
    std::memcpy(value(), &address, sizeof(T*));
  }

  // Whether a value of so many bytes can stand where the present one does, without wasting half of it.
  bool fits(std::size_t value_bytes) const;
  void set_value_bytes(std::size_t value_bytes) {
    value_bytes_ = static_cast<std::uint32_t>(value_bytes) & kValueBytesMax;
  }
  // The same key with another name, shape, or room; expiry, id and usage are kept where the shape has them,
  // the value as far as it fits. The former entry stays.
  Entry* copy(const Shape& shape, std::string_view name, std::size_t value_bytes) const;

  // What the allocator gave for it.
  std::size_t memory_bytes() const;

 private:
  static constexpr std::uint8_t kType = 7;
  static constexpr std::uint8_t kOutside = 8;
  static constexpr std::uint8_t kExpiry = 16;
  static constexpr std::uint8_t kId = 32;
  static constexpr std::uint8_t kRow = 64;
  static constexpr std::uint8_t kLongName = 255;
  static constexpr std::size_t kHeaderBytes = 8;
  static constexpr std::int64_t kNever = INT64_MIN;

  bool is(std::uint8_t bit) const { return (bits_ & bit) != 0; }
  char* bytes() { return reinterpret_cast<char*>(this); }
  const char* bytes() const { return reinterpret_cast<const char*>(this); }
  std::size_t id_begin() const { return kHeaderBytes + (is(kExpiry) ? 8 : 0); }
  std::size_t length_begin() const { return id_begin() + (is(kId) ? 8 : 0); }
  std::size_t name_begin() const { return length_begin() + (name_bytes_ == kLongName ? 4 : 0); }
  std::size_t name_size() const {
    return name_bytes_ == kLongName ? load<std::uint32_t>(length_begin()) : name_bytes_;
  }
  template <class Integer>
  Integer load(std::size_t at) const {
    Integer value;
    std::memcpy(&value, bytes() + at, sizeof(value));
    return value;
  }
  template <class Integer>
  void store(std::size_t at, Integer value) {
    std::memcpy(bytes() + at, &value, sizeof(value));
  }

  // What lies within is at most some kilobytes.
  static constexpr std::uint32_t kValueBytesMax = (1U << 24) - 1;

  std::uint32_t value_bytes_ : 24;
  std::uint32_t name_bytes_ : 8;
  std::uint32_t usage_ : UsageClock::kBits;
  std::uint32_t bits_ : 8;
};
static_assert(sizeof(Entry) == 8);

// The hash of an entry of one database.
struct EntryHash {
  DatabaseNumber db;
  std::uint64_t operator()(const Entry& entry) const { return hash_of(KeyRef{db, entry.name()}); }
};

// What can be used of an allocation, and what it takes with the allocator's own header.
std::size_t usable_bytes(const void* memory);
std::size_t allocated_bytes(const void* memory);

}  // namespace stele::keyspace::store
