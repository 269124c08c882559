#pragma once

#include "base/result.h"
#include "keyspace/keyspace.h"
#include "keyspace/reference/store.h"

namespace stele::keyspace::reference {

// What every command asks first, within one group: is the key declared, may it be written, is it alive, is it
// of the right type? Lives as long as its group.
class Session {
 public:
  Session(Store& store, Scope scope, WallMs now) : store_(store), scope_(std::move(scope)), now_(now) {}

  Store& store() { return store_; }
  WallMs now() const { return now_; }
  const Scope& scope() const { return scope_; }

  // One more key is declared.
  void extend(KeyRef key) {
    if (scope_.kind() != Scope::Kind::kWhole) extended_.push_back(Key(key));
  }
  // not_declared.
  Result<void> check_declared(KeyRef key) const;
  // not_declared, read_only.
  Result<void> check_writable(KeyRef key) const;

  // The living object of a declared key, which is used by that, or null; one whose time is over is removed on
  // the way.
  Result<Object*> find(KeyRef key);
  // The same without a use.
  Result<Object*> look(KeyRef key);
  // The same, and wrong_type if there is another type.
  Result<Object*> find(KeyRef key, ValueType type);
  // The same for a write that may grow.
  Result<Object*> find_to_grow(KeyRef key, ValueType type);

  // Sets the expiry after a write; a moment that is past removes the object. False: it is gone.
  bool apply_expiry(Object& object, ExpiryChange change);
  bool is_past(WallMs at) const { return at <= now_; }

  // Keeps a value for the views that an operation returns, until the next operation.
  std::string_view keep(std::string value) { return kept_ = std::move(value); }

 private:
  Store& store_;
  const Scope scope_;
  std::vector<Key> extended_;
  const WallMs now_;
  std::string kept_;
};

}  // namespace stele::keyspace::reference
