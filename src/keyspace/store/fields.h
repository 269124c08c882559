#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "keyspace/key.h"
#include "keyspace/store/field_expiries.h"
#include "keyspace/store/prefix_table.h"
#include "keyspace/value.h"

namespace stele::keyspace::store {

// A field of a large hash and its value, in one allocation.
class FieldItem {
 public:
  static FieldItem* make(std::string_view name, std::string_view value);
  static void free(FieldItem* item);

  std::string_view name() const { return {bytes(), name_bytes_}; }
  std::string_view value() const { return {bytes() + name_bytes_, value_bytes_}; }
  FieldRef field() const { return {name(), value()}; }
  std::size_t memory_bytes() const;
  // Whether the value could be written in place; else make another.
  bool set_value(std::string_view value);

 private:
  const char* bytes() const { return reinterpret_cast<const char*>(this + 1); }

  std::uint32_t name_bytes_;
  std::uint32_t value_bytes_;
};

struct FieldHash {
  std::uint64_t operator()(const FieldItem& item) const { return hash_of(item.name()); }
};

// The fields of a large hash, owned. Threads: the shard's.
class FieldTable {
 public:
  FieldTable() = default;
  ~FieldTable() {
    while (free_some(1024) > 0) {
    }
  }
  FieldTable(const FieldTable&) = delete;
  FieldTable& operator=(const FieldTable&) = delete;

  std::size_t size() const { return items_.size(); }
  std::size_t memory_bytes() const {
    const std::size_t bytes = sizeof(*this) + item_bytes_ + items_.memory_bytes();
    return expiries_ ? bytes + sizeof(*expiries_) + expiries_->memory_bytes() : bytes;
  }

  const FieldItem* find(std::string_view name) const;
  // Whether it is new.
  bool set(std::string_view name, std::string_view value);
  // Whether there was one.
  bool remove(std::string_view name);
  const FieldItem* nth(std::size_t n) const { return items_.nth(n); }
  template <class Visit, class Enough>
  std::uint64_t walk(std::uint64_t hash, Visit visit, Enough enough) const {
    return items_.walk(hash, visit, enough);
  }
  // Null while no field has an expiry.
  const FieldExpiries* expiries_or_null() const { return expiries_.get(); }
  // Of a field that is there.
  void set_expiry(std::string_view name, std::optional<WallMs> at);
  // Of a table that is given up: how many went; 0 = none is left.
  std::size_t free_some(std::size_t count) {
    const std::size_t freed = expiries_ ? expiries_->free_some(count) : 0;
    return freed > 0 ? freed : items_.take_some(count, FieldItem::free);
  }

 private:
  using Items = PrefixTable<FieldItem, FieldHash>;

  Items items_{FieldHash{}};
  std::size_t item_bytes_ = 0;
  std::unique_ptr<FieldExpiries> expiries_;
};

// A small hash: its fields one behind the other, in the order in which they came, each length before its
// bytes. Reads what flat_set and flat_remove wrote; never from outside.
class FlatFields {
 public:
  explicit FlatFields(std::string_view bytes) : bytes_(bytes) {}

  // Calls `visit(field, begin, end)` with each field and where it lies, until it says false.
  template <class Visit>
  void for_each(Visit visit) const {
    for (std::size_t at = 0; at < bytes_.size();) {
      const std::size_t begin = at;
      const std::string_view name = read(at);
      const std::string_view value = read(at);
      if (!visit(FieldRef{name, value}, begin, at)) return;
    }
  }
  std::size_t size() const;

  static std::size_t bytes_of(const FieldRef& field) { return 2 + field.name.size() + field.value.size(); }
  static char* write(char* at, const FieldRef& field);

  // A hash with more fields, or a longer name or value, is a table: Redis' own limits.
  static constexpr std::size_t kFieldsMax = 128;
  static constexpr std::size_t kFieldBytesMax = 64;
  static bool takes(const FieldRef& field) {
    return field.name.size() <= kFieldBytesMax && field.value.size() <= kFieldBytesMax;
  }

 private:
  std::string_view read(std::size_t& at) const {
    const std::size_t size = static_cast<unsigned char>(bytes_[at]);
    const std::string_view part = bytes_.substr(at + 1, size);
    at += 1 + size;
    return part;
  }

  std::string_view bytes_;
};

}  // namespace stele::keyspace::store
