#include "keyspace/store/session.h"

#include <algorithm>
#include <limits>

#include "keyspace/errors.h"
#include "keyspace/store/values.h"

namespace stele::keyspace::store {

namespace {

// When something is to be freed, each group frees so many allocations after it ended.
constexpr std::size_t kFreedAGroup = 32;
constexpr std::size_t kKeptBytesMax = 64 * 1024;
constexpr std::size_t kKeptHashesMax = 256;

std::uint64_t bit_of(std::size_t shard) {
  return std::uint64_t{1} << shard;
}

}  // namespace

bool Session::try_begin(const Scope& scope, const std::function<void()>& when_free) {
  kind_ = scope.kind();
  is_touching_ = scope.is_touching();
  now_.reset();
  hashes_.clear();
  single_ = {};
  held_ = 0;
  if (kind_ == Scope::Kind::kWhole) return store_.try_lock_all(when_free);
  if (const KeyRef* const single = scope.single_or_null()) {
    single_ = *single;
    hashes_.push_back(hash_of(single_));
    const std::size_t shard = shard_of(hashes_[0]);
    if (!store_.try_lock_shard(shard, when_free)) return false;
    held_ = bit_of(shard);
    return true;
  }
  std::uint64_t mask = 0;
  if (kind_ == Scope::Kind::kSlice) {
    mask = bit_of(shard_of(std::min(scope.cursor(), (std::uint64_t{1} << 48) - 1) << 16));
  } else {
    scope.for_each_key([&](KeyRef key) {
      hashes_.push_back(hash_of(key));
      mask |= bit_of(shard_of(hashes_.back()));
    });
    // What all groups read (the classes of names) is read with some shard held.
    if (mask == 0) mask = 1;
  }
  if (!store_.try_lock_shards(mask, when_free)) return false;
  held_ = mask;
  return true;
}

bool Session::try_begin_shard(std::size_t shard) {
  kind_ = Scope::Kind::kSlice;
  is_touching_ = true;
  now_.reset();
  hashes_.clear();
  single_ = {};
  if (!store_.try_lock_shard(shard, nullptr)) return false;
  held_ = bit_of(shard);
  return true;
}

void Session::end() {
  editor_.show();
  if (kept_.capacity() > kKeptBytesMax) kept_ = std::string();
  if (hashes_.capacity() > kKeptHashesMax) hashes_ = std::vector<std::uint64_t>();
  is_whole() ? store_.unlock_all() : store_.unlock_shards(held_);
  if (!store_.garbage.is_empty()) store_.garbage.free_some(kFreedAGroup);
}

bool Session::extend_to(std::size_t shard) {
  if (is_whole() || (held_ & bit_of(shard)) != 0) return true;
  if (!store_.try_lock_shard(shard, nullptr)) return false;
  held_ |= bit_of(shard);
  return true;
}

bool Session::extend(KeyRef key) {
  const std::uint64_t hash = hash_of(key);
  if (!extend_to(shard_of(hash))) return false;
  if (!is_declared(hash)) hashes_.push_back(hash);
  return true;
}

WallMs Session::now() const {
  if (!now_) now_ = store_.now();
  return *now_;
}

bool Session::is_declared(std::uint64_t hash) const {
  return is_whole() || std::find(hashes_.begin(), hashes_.end(), hash) != hashes_.end();
}

std::uint64_t Session::hash_of_key(KeyRef key) const {
  // The same bytes, not equal ones: a comparison of words.
  const bool is_single = single_.name.data() != nullptr && key.name.data() == single_.name.data() &&
                         key.name.size() == single_.name.size() && key.db == single_.db &&
                         hashes_.size() == 1;
  return is_single ? hashes_[0] : hash_of(key);
}

Result<void> Session::check_declared(KeyRef key) const {
  if (!is_declared(hash_of_key(key))) return not_declared(key.name);
  return {};
}

Result<void> Session::check_writable(KeyRef key) const {
  STELE_RETURN_IF_ERROR(check_declared(key));
  if (store_.class_of(key.name) == KeyClass::kMapped) return read_only(key.name);
  return {};
}

Result<Position> Session::find(KeyRef key) {
  STELE_TRY(const Position at, look(key));
  if (at.entry != nullptr && is_touching_) at.entry->set_usage(store_.usage.used(at.entry->usage()));
  return at;
}

Result<Position> Session::look(KeyRef key) {
  const std::uint64_t hash = hash_of_key(key);
  if (!is_declared(hash)) return not_declared(key.name);
  Position at = store_.find(key, hash);
  if (at.entry == nullptr) return at;
  if (is_past(*at.entry)) {
    editor_.erase(at, ChangeEvent::kExpired);
  } else if (field_expiries(*at.entry) != nullptr) {
    editor_.expire_fields(at, now(), std::numeric_limits<std::size_t>::max());
  }
  return at;
}

bool Session::is_due(const Entry& entry) const {
  const std::optional<WallMs> at = first_due(entry);
  return at && is_past(*at);
}

Result<Position> Session::find(KeyRef key, ValueType type) {
  STELE_TRY(const Position at, find(key));
  if (at.entry != nullptr && at.entry->type() != type) return wrong_type();
  return at;
}

Result<Position> Session::find_to_grow(KeyRef key, ValueType type) {
  STELE_RETURN_IF_ERROR(check_writable(key));
  return find(key, type);
}

Result<Position> Session::find_to_replace(KeyRef key, bool has_value) {
  STELE_RETURN_IF_ERROR(check_writable(key));
  STELE_TRY(Position at, find(key));
  if (at.entry == nullptr) return at;
  editor_.erase(at, has_value ? ChangeEvent::kReplaced : ChangeEvent::kDelete);
  return store_.find(key, at.hash);
}

void Session::apply_expiry(Position& at, ExpiryChange change) {
  switch (change.kind) {
    case ExpiryChange::Kind::kKeep:
      return;
    case ExpiryChange::Kind::kClear:
      if (at.entry->expires_at()) editor_.set_expiry(at, std::nullopt);
      return;
    case ExpiryChange::Kind::kAt:
      if (is_past(change.at)) return editor_.erase(at, ChangeEvent::kDelete);
      editor_.set_expiry(at, change.at);
      return;
  }
}

}  // namespace stele::keyspace::store
