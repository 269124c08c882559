#pragma once

#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>

#include "base/result.h"
#include "net/reactor.h"
#include "net/task.h"

namespace stele::server {

// A thread that runs one reactor. Threads: made, used by call() and destroyed on a thread that is no
// reactor's.
class ReactorThread {
 public:
  static Result<std::unique_ptr<ReactorThread>> start(std::string name);
  // Stops the reactor and joins; everything made on it is gone by then.
  ~ReactorThread();

  net::Reactor& reactor() { return *reactor_; }

  // Runs `work` on the reactor's thread and waits for it.
  template <class T>
  T call(std::move_only_function<T()> work) {
    std::promise<T> promise;
    reactor_->post([&] {
      if constexpr (std::is_void_v<T>) {
        work();
        promise.set_value();
      } else {
        promise.set_value(work());
      }
    });
    return promise.get_future().get();
  }
  // Begins a task on the reactor's thread; the future is ready when it has ended.
  std::future<void> start(std::move_only_function<net::Task<void>()> make_task) {
    std::promise<void> promise;
    std::future<void> ended = promise.get_future();
    reactor_->post([make = std::move(make_task), told = std::move(promise)] mutable {
      net::spawn(run(std::move(make), std::move(told)));
    });
    return ended;
  }

 private:
  explicit ReactorThread(std::unique_ptr<net::Reactor> reactor);

  static net::Task<void> run(std::move_only_function<net::Task<void>()> make_task,
                             std::promise<void> promise) {
    net::Task<void> task = make_task();
    co_await std::move(task);
    promise.set_value();
  }

  std::unique_ptr<net::Reactor> reactor_;
  std::thread thread_;
};

}  // namespace stele::server
