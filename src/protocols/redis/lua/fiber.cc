#include "protocols/redis/lua/fiber.h"

#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include <utility>

#include "base/check.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define STELE_FIBER_ASAN 1
#include <sanitizer/common_interface_defs.h>
#endif
#if __has_feature(thread_sanitizer)
#define STELE_FIBER_TSAN 1
#include <sanitizer/tsan_interface.h>
#endif
#endif

namespace stele::redis::lua {

namespace {

// As much as a thread has: the interpreter's pattern matching and parsing recurse. Touched as far as used.
constexpr std::size_t kStackBytes = 8U << 20;

// Memory for a stack, below it a page that nobody may touch.
class Stack {
 public:
  Stack() : page_(static_cast<std::size_t>(::sysconf(_SC_PAGESIZE))) {
    base_ = ::mmap(nullptr, kStackBytes + page_, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    STELE_CHECK(base_ != MAP_FAILED);
    STELE_CHECK(::mprotect(base_, page_, PROT_NONE) == 0);
  }
  ~Stack() { ::munmap(base_, kStackBytes + page_); }
  Stack(const Stack&) = delete;
  Stack& operator=(const Stack&) = delete;

  void* bottom() const { return static_cast<char*>(base_) + page_; }

 private:
  const std::size_t page_;
  void* base_;
};

thread_local std::unique_ptr<Stack> spare_stack;

}  // namespace

struct Fiber::State {
  std::function<void()> work;
  std::unique_ptr<Stack> stack = spare_stack ? std::move(spare_stack) : std::make_unique<Stack>();
  ucontext_t inside{};
  ucontext_t outside{};
  State* former = nullptr;  // the fiber in which this one was resumed
  bool has_ended = false;
#ifdef STELE_FIBER_ASAN
  void* fake_inside = nullptr;
  void* fake_outside = nullptr;
  const void* outside_bottom = nullptr;
  std::size_t outside_size = 0;
#endif
#ifdef STELE_FIBER_TSAN
  void* tsan_inside = __tsan_create_fiber(0);
  void* tsan_outside = nullptr;
#endif

  static thread_local State* current;

  void switch_in() {
#ifdef STELE_FIBER_ASAN
    __sanitizer_start_switch_fiber(&fake_outside, stack->bottom(), kStackBytes);
#endif
#ifdef STELE_FIBER_TSAN
    tsan_outside = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(tsan_inside, 0);
#endif
    ::swapcontext(&outside, &inside);
#ifdef STELE_FIBER_ASAN
    __sanitizer_finish_switch_fiber(fake_outside, nullptr, nullptr);
#endif
  }
  // Told by the one who has just come in.
  void note_entry() {
#ifdef STELE_FIBER_ASAN
    __sanitizer_finish_switch_fiber(fake_inside, &outside_bottom, &outside_size);
#endif
  }
  void switch_out() {
#ifdef STELE_FIBER_ASAN
    // Null: this stack is not gone back to, what is kept for it can go.
    __sanitizer_start_switch_fiber(has_ended ? nullptr : &fake_inside, outside_bottom, outside_size);
#endif
#ifdef STELE_FIBER_TSAN
    __tsan_switch_to_fiber(tsan_outside, 0);
#endif
    ::swapcontext(&inside, &outside);
    note_entry();
  }
};

thread_local Fiber::State* Fiber::State::current = nullptr;

Fiber::Fiber(std::function<void()> work) : state_(std::make_unique<State>()) {
  state_->work = std::move(work);
  ::getcontext(&state_->inside);
  state_->inside.uc_stack.ss_sp = state_->stack->bottom();
  state_->inside.uc_stack.ss_size = kStackBytes;
  state_->inside.uc_link = nullptr;
  ::makecontext(&state_->inside, &Fiber::enter, 0);
}

Fiber::~Fiber() {
  STELE_CHECK(state_->has_ended);
#ifdef STELE_FIBER_TSAN
  __tsan_destroy_fiber(state_->tsan_inside);
#endif
  spare_stack = std::move(state_->stack);
}

void Fiber::enter() {
  State& state = *State::current;
  state.note_entry();
  state.work();
  state.has_ended = true;
  state.switch_out();
  STELE_CHECK(false);  // nobody resumes what has ended
}

bool Fiber::resume() {
  state_->former = std::exchange(State::current, state_.get());
  state_->switch_in();
  State::current = state_->former;
  return state_->has_ended;
}

bool Fiber::is_inside() {
  return State::current != nullptr;
}

void Fiber::pause() {
  State::current->switch_out();
}

}  // namespace stele::redis::lua
