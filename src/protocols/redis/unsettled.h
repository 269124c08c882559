#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "keyspace/change.h"
#include "keyspace/key.h"
#include "net/task.h"
#include "views/keys/keys.h"

namespace stele::redis {

// Which replies, gathered and not sent, promise what is not yet committed? Those of writes of the class
// "durable, sync": a pipeline of them waits once. Confined to its session.
class Unsettled {
 public:
  bool empty() const { return replies_.empty(); }
  std::size_t size() const { return replies_.size(); }
  // The reply lies in the output from `begin` to `end`.
  void add(keyspace::ChangeSequence last, std::vector<keyspace::Key> written, std::size_t begin,
           std::size_t end);
  // The replies that begin there or later are not wanted after all; their writes are waited for.
  void forget_replies(std::size_t begin);
  // Waits for PostgreSQL; where it fails, these replies become its error.
  net::Task<void> settle(views::NodeKeys* keys, std::string* out);

 private:
  struct Reply {
    std::size_t begin;
    std::size_t end;
  };

  keyspace::ChangeSequence last_{};
  std::vector<keyspace::Key> written_;
  std::vector<Reply> replies_;
};

}  // namespace stele::redis
