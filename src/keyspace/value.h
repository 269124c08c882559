#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stele::keyspace {

// What is at a key? The names are TYPE's answers.
enum class ValueType : std::uint8_t { kNone, kString, kHash, kList, kSet, kSortedSet, kStream };

std::string_view to_string(ValueType type);

// Milliseconds since 1970: when a key is gone. Absolute, because commands, replicas and tables outlive waits.
struct WallMs {
  std::int64_t value = 0;

  auto operator<=>(const WallMs&) const = default;
};

// What a write does to the expiry of its key.
struct ExpiryChange {
  enum class Kind : std::uint8_t {
    kKeep,   // as it is
    kClear,  // no expiry any more
    kAt,     // `at`; a moment that is past removes the key
  };
  Kind kind = Kind::kClear;
  WallMs at;

  static ExpiryChange keep() { return {Kind::kKeep, {}}; }
  static ExpiryChange clear() { return {Kind::kClear, {}}; }
  static ExpiryChange until(WallMs at) { return {Kind::kAt, at}; }
};

// A field of a hash and its value, owned.
struct Field {
  std::string name;
  std::string value;
  std::optional<WallMs> expires_at = std::nullopt;  // of a hash's field alone

  auto operator<=>(const Field&) const = default;
};

// The same, borrowed.
struct FieldRef {
  std::string_view name;
  std::string_view value;

  auto operator<=>(const FieldRef&) const = default;
};

// An element of a list. Positions grow from left to right, with gaps: they are what orders the rows, so that
// an insertion writes few of them.
struct ListElement {
  std::int64_t position = 0;
  std::string bytes;

  auto operator<=>(const ListElement&) const = default;
};

// A member of a sorted set and its score, owned.
struct Scored {
  std::string member;
  double score = 0;

  bool operator==(const Scored&) const = default;
};

// The same, borrowed.
struct ScoredRef {
  std::string_view member;
  double score = 0;

  bool operator==(const ScoredRef&) const = default;
};

// A score as the value of a field: eight bytes, the highest first, as PostgreSQL sends a double; and back.
std::string score_bytes(double score);
double score_of(std::string_view bytes);

// A whole value as it stands in PostgreSQL: what the flusher writes and the applier reads. All types but
// strings and lists are named elements: each has a name that is there once and a value.
struct Value {
  ValueType type = ValueType::kNone;
  std::string string;  // kString
  // In any order. kHash: fields. kSet: members, without values. kSortedSet: members and score_bytes().
  // kStream: the rows of stream_rows.h.
  std::vector<Field> fields;
  std::vector<ListElement> elements;  // kList, positions growing
  std::optional<WallMs> expires_at;

  bool operator==(const Value&) const = default;
};

}  // namespace stele::keyspace
