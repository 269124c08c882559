#pragma once

#include <atomic>
#include <map>
#include <string>

#include "base/result.h"
#include "net/gate.h"
#include "net/reactor.h"
#include "net/task.h"
#include "views/keys/library_store.h"

namespace stele::redis {

class Head;

// Keeps libraries of functions in PostgreSQL: loads them once at the start, then writes what FUNCTION
// changed, behind as durable keys are, within a few hundredths of a second. What PostgreSQL refuses is told
// in the log and tried again. Confined to one reactor, but for is_loaded(); stop() before it goes, which
// writes what is left.
class LibraryKeeper {
 public:
  LibraryKeeper(net::Reactor& reactor, Head& head, views::LibraryStore store);
  net::Task<void> stop();
  bool is_loaded() const { return is_loaded_.load(); }

 private:
  net::Task<void> run(net::Gate::Holder inside);
  net::Task<Result<void>> load();
  // Changes, if there are any.
  net::Task<Result<void>> write();

  net::Reactor& reactor_;
  Head& head_;
  views::LibraryStore store_;
  std::map<std::string, std::string> kept_;  // by name, as PostgreSQL has them from us
  net::Gate gate_;
  bool is_stopping_ = false;
  std::atomic<bool> is_loaded_ = false;
};

}  // namespace stele::redis
