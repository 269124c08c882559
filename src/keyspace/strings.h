#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "keyspace/change.h"
#include "keyspace/key.h"
#include "keyspace/value.h"

namespace stele::keyspace {

// What SET was told. The former value is read (and its type checked) only when it is wanted.
struct SetOptions {
  enum class Condition : std::uint8_t { kNone, kIfAbsent, kIfPresent };
  Condition condition = Condition::kNone;
  ExpiryChange expiry = ExpiryChange::clear();
  bool want_former = false;
};

struct SetReply {
  bool written = false;
  std::optional<std::string_view> former;  // only if wanted, and there was one
};

// Redis' string commands on the keys of a group. All views are valid until the group's next operation.
// Errors (errors.h): wrong_type on a key that holds something else, not_declared, read_only on a mapped key,
// out_of_memory, and those named below.
class Strings {
 public:
  virtual ~Strings() = default;

  virtual Result<std::optional<std::string_view>> get(KeyRef key) = 0;
  virtual Result<SetReply> set(KeyRef key, std::string_view value, const SetOptions& options) = 0;
  // Reads, then removes.
  virtual Result<std::optional<std::string_view>> get_delete(KeyRef key) = 0;
  // Reads, then changes the expiry.
  virtual Result<std::optional<std::string_view>> get_expire(KeyRef key, ExpiryChange expiry) = 0;
  // One entry a key; a key of another type counts as absent.
  virtual Result<std::vector<std::optional<std::string_view>>> get_many(std::span<const KeyRef> keys) = 0;
  struct Pair {
    KeyRef key;
    std::string_view value;
  };
  // All or nothing; of a key that is named twice the last value holds. Expiries are cleared.
  virtual Result<void> set_many(std::span<const Pair> pairs) = 0;
  // False, and nothing written, if any of the keys exists.
  virtual Result<bool> set_many_if_absent(std::span<const Pair> pairs) = 0;

  // The new length. too_long past kStringBytesMax.
  virtual Result<std::size_t> append(KeyRef key, std::string_view tail) = 0;
  virtual Result<std::size_t> length(KeyRef key) = 0;
  // The bytes from `from` on become these, as far as they go; zeros where nothing was before them. The expiry
  // stays. The new length; without bytes nothing happens. Costs what is written. too_long.
  virtual Result<std::size_t> overwrite(KeyRef key, std::size_t from, std::string_view bytes,
                                        ChangeEvent event) = 0;

  // The new number; the expiry stays. not_an_integer, would_overflow.
  virtual Result<std::int64_t> increment_by(KeyRef key, std::int64_t by) = 0;
  // The new number as text, as Redis prints it. not_a_float, not_finite.
  virtual Result<std::string_view> increment_by_float(KeyRef key, long double by) = 0;
};

// proto-max-bulk-len's default.
constexpr std::size_t kStringBytesMax = 512ull << 20;

}  // namespace stele::keyspace
