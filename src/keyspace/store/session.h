#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "keyspace/keyspace.h"
#include "keyspace/store/editor.h"
#include "keyspace/store/store.h"

namespace stele::keyspace::store {

// What every command asks first, within one group: is the key declared, may it be written, is it alive, is it
// of the right type? Notes its use. Holds the shards of its scope from begin() to end(). One thread at a
// time.
class Session {
 public:
  explicit Session(Store& store) : store_(store), editor_(store) {}

  // False: another is in the way (Store::try_lock_shard).
  bool try_begin(const Scope& scope, const std::function<void()>& when_free);
  // The same for one shard, whatever lies there; leaves no word.
  bool try_begin_shard(std::size_t shard);
  // Shows the changes and lets others in.
  void end();

  Store& store() { return store_; }
  Editor& editor() { return editor_; }
  // Read once, when first asked for.
  WallMs now() const;
  bool is_whole() const { return kind_ == Scope::Kind::kWhole; }
  bool is_keys() const { return kind_ == Scope::Kind::kKeys; }
  // For a SCAN that goes on: whether the shard is held, taken if it is free.
  bool extend_to(std::size_t shard);

  // Declares one more key, if its shard is held or free.
  bool extend(KeyRef key);

  // not_declared.
  Result<void> check_declared(KeyRef key) const;
  // not_declared, read_only.
  Result<void> check_writable(KeyRef key) const;

  // The place of a declared key, with its living entry if it has one, which is used by that; an entry whose
  // time is over is removed on the way.
  Result<Position> find(KeyRef key);
  // The same without a use.
  Result<Position> look(KeyRef key);
  // The same, and wrong_type if there is another type.
  Result<Position> find(KeyRef key, ValueType type);
  // The same for a write that may grow.
  Result<Position> find_to_grow(KeyRef key, ValueType type);

  // The place of a declared key that gets another value, without the present one; if it gets none (false),
  // that is a removal.
  Result<Position> find_to_replace(KeyRef key, bool has_value);

  // Sets the expiry after a write; a moment that is past removes the entry.
  void apply_expiry(Position& at, ExpiryChange change);
  bool is_past(WallMs at) const { return at <= now(); }
  bool is_past(const Entry& entry) const {
    if (!entry.has_room_for_expiry()) return false;
    const std::optional<WallMs> at = entry.expires_at();
    return at && is_past(*at);
  }

  // Whether it, or a field of it, is.
  bool is_due(const Entry& entry) const;

  // Keeps a value for the views that an operation returns, until the next operation.
  std::string_view keep(std::string_view value) { return kept_ = value; }
  std::string& kept() { return kept_; }

 private:
  // Whether the group may touch a key of that hash.
  bool is_declared(std::uint64_t hash) const;
  std::uint64_t hash_of_key(KeyRef key) const;

  Store& store_;
  Editor editor_;
  Scope::Kind kind_ = Scope::Kind::kKeys;
  std::uint64_t held_ = 0;             // shards; all of them for a whole scope
  std::vector<std::uint64_t> hashes_;  // of the declared keys
  bool is_touching_ = true;
  KeyRef single_;  // the one key declared, borrowed; its hash is hashes_[0]
  mutable std::optional<WallMs> now_;
  std::string kept_;
};

}  // namespace stele::keyspace::store
