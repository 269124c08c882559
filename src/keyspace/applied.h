#pragma once

#include "base/result.h"
#include "keyspace/key.h"
#include "keyspace/value.h"
#include "keyspace/write_behind.h"

namespace stele::keyspace {

// How the applier of the stream writes what PostgreSQL says, for mapped keys and for foreign changes of
// durable ones. Same scopes, events and watches as commands, so that it wakes and invalidates like them; no
// memory limit, since the rows are committed.
class Applied {
 public:
  virtual ~Applied() = default;

  // `value` is now at `key`, as the object `id` (absent for mapped keys), which leaves the name that it had:
  // with an id this needs Scope::whole(). Local changes that were not flushed
  // are lost to it and counted (KeyspaceStats::overridden). kInvalidArgument
  // for kNone or a value without elements (a stream may have none). The expiry of a mapped key is ignored.
  virtual Result<void> put(KeyRef key, Value value, std::optional<ObjectId> id) = 0;
  // Whether there was one.
  virtual Result<bool> remove(KeyRef key) = 0;
  // The same for the row of an object, whatever its name is here by now. Needs Scope::whole().
  virtual Result<bool> remove(ObjectId id) = 0;
  // Our flush of the object at that generation came back. Any scope: nothing that a command sees changes.
  virtual EchoOutcome echo(ObjectId id, ChangeSequence generation) = 0;
};

}  // namespace stele::keyspace
