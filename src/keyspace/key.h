#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/strong_id.h"

namespace stele::keyspace {

// SELECT's number, 0 to 15 unless configured otherwise.
struct DatabaseTag;
using DatabaseNumber = StrongId<DatabaseTag, std::uint16_t>;

// Which key is meant? A database and any bytes, NUL among them; the empty name is a key too. Borrowed: for
// the length of a call.
struct KeyRef {
  DatabaseNumber db;
  std::string_view name;

  auto operator<=>(const KeyRef&) const = default;
};

// The same, owned.
struct Key {
  DatabaseNumber db;
  std::string name;

  Key() = default;
  Key(DatabaseNumber number, std::string bytes) : db(number), name(std::move(bytes)) {}
  explicit Key(KeyRef ref) : db(ref.db), name(ref.name) {}
  operator KeyRef() const { return {db, name}; }

  auto operator<=>(const Key&) const = default;
};

// 64 bits of a key's database and name, and of a field's name. Seeded anew by each process, so that nobody
// can choose names that fall together. Cost: about a nanosecond for every 16 bytes.
std::uint64_t hash_of(KeyRef key);
std::uint64_t hash_of(std::string_view field);

// Where a key lies in hash order: the upper bits of its hash. SCAN walks positions upwards and shards are
// ranges of them, so a key never changes its place as tables grow. 48 bits, never 0: a cursor must survive
// clients that keep it as a double.
std::uint64_t scan_position(KeyRef key);
// The same for the fields of one hash.
std::uint64_t scan_position(std::string_view field);

}  // namespace stele::keyspace
