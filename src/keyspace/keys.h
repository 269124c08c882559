#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "keyspace/key.h"
#include "keyspace/value.h"

namespace stele::keyspace {

// EXPIRE's NX, XX, GT and LT. A key without an expiry counts as living for ever, so GT never fits it.
enum class ExpireCondition : std::uint8_t { kAlways, kIfNone, kIfAny, kIfLater, kIfEarlier };
// Whether it holds for what expires at `present`, if ever, and is to expire at `at`.
bool fits(ExpireCondition condition, std::optional<WallMs> present, WallMs at);

struct ScanPage {
  std::uint64_t cursor = 0;  // where to go on; 0 = all seen
  std::vector<std::string> names;
};

struct ScanOptions {
  std::size_t count = 10;  // about how many to look at
  // Only of this type; kNone = any.
  ValueType type = ValueType::kNone;
};

// The commands that take any type of value, on the keys of a group; views, errors and threads as for Strings.
class Keys {
 public:
  virtual ~Keys() = default;

  virtual Result<bool> exists(KeyRef key) = 0;
  virtual Result<ValueType> type(KeyRef key) = 0;
  // Whether there was one. A mapped key is refused: its row is deleted, not its view.
  virtual Result<bool> remove(KeyRef key) = 0;

  // Whether it was set (or, for a moment that is past, the key removed).
  virtual Result<bool> expire(KeyRef key, WallMs at, ExpireCondition condition) = 0;
  virtual Result<bool> persist(KeyRef key) = 0;
  struct Expiry {
    bool exists = false;
    std::optional<WallMs> at;
  };
  virtual Result<Expiry> expiry(KeyRef key) = 0;

  // What the eviction policy knows of a key. None of exists(), type(), expiry() and these is a use of it.
  struct Usage {
    std::uint64_t idle_ms = 0;  // since its last use, with a policy that counts no uses; else 0
    std::uint32_t count = 0;    // its logarithmic count of uses, with one that does; else 0
  };
  virtual Result<std::optional<Usage>> usage(KeyRef key) = 0;
  // Whether there is one. Of the two what the policy keeps is set, if it is given: for RESTORE.
  struct UsageChange {
    std::optional<std::uint64_t> idle_ms;
    std::optional<std::uint32_t> count;
  };
  virtual Result<bool> set_usage(KeyRef key, UsageChange change) = 0;
  // A use, also in a scope without touching. Whether there is one.
  virtual Result<bool> touch(KeyRef key) = 0;
  // What it takes, by the allocator's account.
  virtual Result<std::optional<std::size_t>> memory(KeyRef key) = 0;

  // The value and its expiry move; what was at `to` is gone. no_such_key without `from`; `from` = `to` does
  // nothing. The value takes on the promise of its new name's class; to and from mapped keys is read_only.
  virtual Result<void> rename(KeyRef from, KeyRef to) = 0;
  // False, and nothing moved, if `to` exists.
  virtual Result<bool> rename_if_absent(KeyRef from, KeyRef to) = 0;

  // A page of the names in hash order, from `cursor` (0 = the beginning). Stateless: a key that exists from
  // the first page to the last is named at least once, whatever else comes and goes; with this order exactly
  // once. Needs a group over Scope::slice(cursor) or Scope::whole().
  virtual Result<ScanPage> scan(DatabaseNumber db, std::uint64_t cursor, const ScanOptions& options) = 0;
  // Any key, evenly; needs Scope::whole().
  virtual Result<std::optional<std::string>> random(DatabaseNumber db) = 0;
  // How many keys, expired ones that nobody has touched among them. Any scope.
  virtual std::size_t size(DatabaseNumber db) = 0;
  // Removes all keys of a database, or of all; mapped keys stay. How many went. Needs Scope::whole().
  virtual Result<std::size_t> flush(std::optional<DatabaseNumber> db) = 0;
};

}  // namespace stele::keyspace
