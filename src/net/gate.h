#pragma once

#include <coroutine>
#include <cstddef>
#include <utility>

#include "base/check.h"
#include "net/task.h"

namespace stele::net {

// Has all that entered come out? Work enters by hold(); close() refuses newcomers and waits for those inside.
// Confined to one thread. After Seastar's gate.
class Gate {
 public:
  class Holder {
   public:
    Holder() = default;
    explicit Holder(Gate* gate) : gate_(gate) {}
    Holder(Holder&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
    Holder& operator=(Holder&& other) noexcept {
      std::swap(gate_, other.gate_);
      return *this;
    }
    ~Holder() {
      if (gate_ != nullptr) gate_->leave();
    }
    explicit operator bool() const { return gate_ != nullptr; }

   private:
    Gate* gate_ = nullptr;
  };

  Gate() = default;
  Gate(const Gate&) = delete;
  ~Gate() { STELE_CHECK(inside_ == 0); }

  // An empty holder once the gate is closed.
  Holder hold() {
    if (closed_) return Holder();
    ++inside_;
    return Holder(this);
  }
  bool is_closed() const { return closed_; }
  std::size_t inside() const { return inside_; }

  // Once. Resumes when nothing is inside; the resumed coroutine runs inside the last leave().
  Task<void> close() {
    closed_ = true;
    if (inside_ > 0) co_await Empty{this};
  }

 private:
  struct Empty {
    Gate* gate;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> handle) const { gate->waiter_ = handle; }
    void await_resume() const noexcept {}
  };

  void leave() {
    if (--inside_ == 0 && waiter_) std::exchange(waiter_, {}).resume();
  }

  std::size_t inside_ = 0;
  bool closed_ = false;
  std::coroutine_handle<> waiter_;
};

}  // namespace stele::net
