#pragma once

#include "keyspace/applied.h"
#include "keyspace/reference/session.h"

namespace stele::keyspace::reference {

// The applier's steps over one session.
class ReferenceApplied final : public Applied {
 public:
  explicit ReferenceApplied(Session& session) : session_(session) {}

  Result<void> put(KeyRef key, Value value, std::optional<ObjectId> id) override;
  Result<bool> remove(KeyRef key) override;
  Result<bool> remove(ObjectId id) override;
  EchoOutcome echo(ObjectId id, ChangeSequence generation) override;

 private:
  Session& session_;
};

}  // namespace stele::keyspace::reference
