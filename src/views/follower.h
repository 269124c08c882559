#pragma once

#include "net/task.h"
#include "postgres/replication/transaction.h"

namespace stele::views {

// Another one that follows the stream beside the collections, on the views' thread: the keyspace.
class Follower {
 public:
  virtual ~Follower() = default;

  // A transaction begins; its changes follow, then finish().
  virtual void begin(const postgres::Transaction::Head& head) = 0;
  // Every change of it; what it names holds for the call.
  virtual void take(const postgres::Change& change) = 0;
  // All changes were given. Where there is something to finish, the transaction becomes visible when that has
  // ended.
  virtual bool has_to_finish() const = 0;
  virtual net::Task<void> finish() = 0;
};

}  // namespace stele::views
