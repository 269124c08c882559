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
  // Runs a task on the reactor's thread and waits for its value.
  template <class T>
  T run(std::move_only_function<net::Task<T>()> make_task) {
    std::promise<T> promise;
    reactor_->post([&] { net::spawn(fulfil<T>(&make_task, &promise)); });
    return promise.get_future().get();
  }

 private:
  explicit ReactorThread(std::unique_ptr<net::Reactor> reactor);

  template <class T>
  static net::Task<void> fulfil(std::move_only_function<net::Task<T>()>* make_task,
                                std::promise<T>* promise) {
    net::Task<T> task = (*make_task)();
    if constexpr (std::is_void_v<T>) {
      co_await std::move(task);
      promise->set_value();
    } else {
      auto value = co_await std::move(task);
      promise->set_value(std::move(value));
    }
  }

  std::unique_ptr<net::Reactor> reactor_;
  std::thread thread_;
};

}  // namespace stele::server
