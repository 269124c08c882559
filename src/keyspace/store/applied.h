#pragma once

#include "keyspace/applied.h"
#include "keyspace/store/session.h"

namespace stele::keyspace::store {

// The applier's steps over one session.
class StoreApplied final : public Applied {
 public:
  explicit StoreApplied(Session& session) : session_(session) {}

  Result<void> put(KeyRef key, Value value, std::optional<ObjectId> id) override;
  Result<bool> remove(KeyRef key) override;
  Result<bool> remove(ObjectId id) override;
  EchoOutcome echo(ObjectId id, ChangeSequence generation) override;

 private:
  Session& session_;
};

}  // namespace stele::keyspace::store
