#pragma once

#include <concepts>
#include <coroutine>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "net/reactor.h"

namespace stele::net {

// Threads for work that would hold a reactor for more than a few microseconds (searches, sorts).
//   auto result = co_await pool.run([snapshot, request] { return search(snapshot, request); });
// `work` runs on one of the pool's threads, the coroutine goes on on the reactor it came from. run() refuses
// with an empty optional when queue_max jobs wait. Any thread may destroy it once no run() is under way.
class WorkerPool {
 public:
  WorkerPool(std::size_t threads, std::size_t queue_max);
  ~WorkerPool();

  // co_await -> std::optional<what work returns>; empty = the queue is full. `work` must not throw.
  template <std::invocable Work>
  auto run(Work work) {
    return RunAwaiter<Work>{this, std::move(work), {}};
  }
  std::size_t queued() const;

 private:
  // False when the queue is full.
  bool submit(std::move_only_function<void()> job);

  template <class Work>
  struct RunAwaiter {
    WorkerPool* pool;
    Work work;
    std::optional<std::invoke_result_t<Work>> result;

    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> handle) {
      Reactor* home = Reactor::current();
      return pool->submit([this, handle, home] {
        result.emplace(work());
        home->post([handle] { handle.resume(); });
      });
    }
    std::optional<std::invoke_result_t<Work>> await_resume() { return std::move(result); }
  };

  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace stele::net
