#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace stele::redis::lua {

// Work that may pause in the middle of anything, and goes on where it was: a stack of its own. So that a
// script that takes long gives its reactor to the others now and then, from within the interpreter.
// Threads: one, the reactor's, over all its resumes. Its stack is the thread's one spare, or new. It must not
// be destroyed before it has ended. Source: makecontext(3).
class Fiber {
 public:
  explicit Fiber(std::function<void()> work);
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  // Runs until the work pauses (false) or has ended (true).
  bool resume();

  // Whether this thread runs a fiber just now.
  static bool is_inside();
  // Within one: back to who resumed it.
  static void pause();

 private:
  struct State;
  static void enter();

  std::unique_ptr<State> state_;
};

}  // namespace stele::redis::lua
