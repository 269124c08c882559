#pragma once

#include <coroutine>
#include <functional>
#include <utility>

#include "keyspace/keyspace.h"
#include "net/reactor.h"

namespace stele::redis {

// co_await BeginGroup(keyspace, scope): a group, or null after another one stood in the way and has ended:
// then try again. Never blocks the reactor; goes on on the reactor that asked. `scope` outlives the await.
class BeginGroup {
 public:
  BeginGroup(keyspace::Keyspace& keyspace, const keyspace::Scope& scope)
      : keyspace_(keyspace), scope_(scope) {}

  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> handle) {
    // Two words, so that std::function needs no allocation.
    net::Reactor* const home = net::Reactor::current();
    // Into a local first: once it is null, another thread may resume the coroutine, and this object be gone.
    keyspace::GroupHandle group =
        keyspace_.try_begin(scope_, [home, handle] { home->post([handle] { handle.resume(); }); });
    if (!group) return true;
    group_ = std::move(group);
    return false;
  }
  keyspace::GroupHandle await_resume() { return std::move(group_); }

 private:
  keyspace::Keyspace& keyspace_;
  const keyspace::Scope& scope_;
  keyspace::GroupHandle group_;
};

}  // namespace stele::redis
