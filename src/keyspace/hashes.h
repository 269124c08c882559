#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "keyspace/key.h"
#include "keyspace/keys.h"
#include "keyspace/value.h"

namespace stele::keyspace {

// Until when a field is there; a hash's field without an expiry as long as the hash.
struct FieldExpiry {
  bool exists = false;
  std::optional<WallMs> at;
};

// What came of a field that was to expire.
enum class FieldOutcome : std::uint8_t {
  kNone,     // there is no such field
  kRefused,  // the condition does not hold
  kSet,
  kRemoved,  // the moment is past
};

struct FieldPage {
  std::uint64_t cursor = 0;  // where to go on; 0 = all seen
  std::vector<FieldRef> fields;
};

// Redis' hash commands on the keys of a group. A hash without fields does not exist, and a field whose time
// is over neither: it is removed by whoever comes to its hash, or by expire_some. Views, errors and
// threads as for Strings; on mapped keys the reads answer and the writes are refused.
class Hashes {
 public:
  virtual ~Hashes() = default;

  virtual Result<std::optional<std::string_view>> get(KeyRef key, std::string_view field) = 0;
  // One entry a field.
  virtual Result<std::vector<std::optional<std::string_view>>> get_many(
      KeyRef key, std::span<const std::string_view> fields) = 0;
  // In an order that stays while the hash does not change. HKEYS and HVALS are halves of it.
  virtual Result<std::vector<FieldRef>> get_all(KeyRef key) = 0;
  virtual Result<std::size_t> size(KeyRef key) = 0;
  // The length of the value; 0 without one.
  virtual Result<std::size_t> value_length(KeyRef key, std::string_view field) = 0;

  // How many of the fields are new. Of a field that is named twice the last value holds. They lose their
  // expiries.
  virtual Result<std::size_t> set(KeyRef key, std::span<const FieldRef> fields) = 0;
  virtual Result<bool> set_if_absent(KeyRef key, std::string_view field, std::string_view value) = 0;
  // How many there were.
  virtual Result<std::size_t> remove(KeyRef key, std::span<const std::string_view> fields) = 0;

  // The same, and the fields expire then, or as they did; a moment that is past removes them.
  virtual Result<std::size_t> set(KeyRef key, std::span<const FieldRef> fields, ExpiryChange expiry) = 0;

  // One entry a field; so below. A field without an expiry counts as living as long as its hash.
  virtual Result<std::vector<FieldExpiry>> expiries(KeyRef key, std::span<const std::string_view> fields) = 0;
  virtual Result<std::vector<FieldOutcome>> expire(KeyRef key, std::span<const std::string_view> fields,
                                                   WallMs at, ExpireCondition condition) = 0;
  // What they had before.
  virtual Result<std::vector<FieldExpiry>> persist(KeyRef key, std::span<const std::string_view> fields) = 0;

  // The expiry stays. hash_value_not_an_integer, would_overflow.
  virtual Result<std::int64_t> increment_by(KeyRef key, std::string_view field, std::int64_t by) = 0;
  // hash_value_not_a_float, not_finite.
  virtual Result<std::string_view> increment_by_float(KeyRef key, std::string_view field, long double by) = 0;

  // count >= 0: that many different fields at most; count < 0: exactly -count, with repetitions.
  virtual Result<std::vector<FieldRef>> random(KeyRef key, std::int64_t count) = 0;
  // As Keys::scan, over the fields of one hash.
  virtual Result<FieldPage> scan(KeyRef key, std::uint64_t cursor, std::size_t count) = 0;
};

}  // namespace stele::keyspace
