#include "net/reactor.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <iterator>
#include <thread>
#include <vector>

#include "net/event.h"
#include "net/gate.h"
#include "net/test_reactor.h"
#include "net/worker_pool.h"

namespace stele::net {
namespace {

using std::chrono::milliseconds;

class ReactorBasics : public ReactorTest {};
STELE_ON_EACH_BACKEND(ReactorBasics);

Task<void> sleep_and_note(Reactor* reactor, milliseconds span, int number, std::vector<int>* order) {
  co_await reactor->sleep_for(span);
  order->push_back(number);
}

Task<void> sleep_in_turn(Reactor* reactor, std::vector<int>* order) {
  spawn(sleep_and_note(reactor, milliseconds(30), 3, order));
  spawn(sleep_and_note(reactor, milliseconds(10), 1, order));
  spawn(sleep_and_note(reactor, milliseconds(20), 2, order));
  while (order->size() < 3) co_await reactor->sleep_for(milliseconds(1));
}

TEST_P(ReactorBasics, SleepersWakeInTheOrderOfTheirTimes) {
  std::vector<int> order;
  const auto begin = system_clock().now();
  run(sleep_in_turn(reactor_.get(), &order));
  EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
  EXPECT_GE(system_clock().now() - begin, milliseconds(30));
}

Task<void> timers(Reactor* reactor, int* fired) {
  Timer kept(*reactor);
  Timer cancelled(*reactor);
  Timer replaced(*reactor);
  kept.set(reactor->now() + milliseconds(5), [fired] { *fired += 1; });
  cancelled.set(reactor->now() + milliseconds(1), [fired] { *fired += 10; });
  replaced.set(reactor->now() + milliseconds(1), [fired] { *fired += 100; });
  replaced.set(reactor->now() + milliseconds(2), [fired] { *fired += 1000; });
  {
    Timer gone(*reactor);
    gone.set(reactor->now() + milliseconds(1), [fired] { *fired += 10000; });
  }
  cancelled.cancel();
  co_await reactor->sleep_for(milliseconds(20));
}

TEST_P(ReactorBasics, TimersFireOnceUnlessCancelledReplacedOrGone) {
  int fired = 0;
  run(timers(reactor_.get(), &fired));
  EXPECT_EQ(fired, 1001);
}

Task<void> wait_for_count(Reactor* reactor, const std::size_t* count, std::size_t wanted) {
  while (*count < wanted) co_await reactor->sleep_for(milliseconds(1));
}

TEST_P(ReactorBasics, PostsFromManyThreadsArriveInEachThreadsOrder) {
  constexpr int kThreads = 4;
  constexpr std::size_t kPosts = 5000;
  std::vector<std::size_t> next(kThreads, 0);
  std::size_t total = 0;
  bool in_order = true;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (std::size_t i = 0; i < kPosts; ++i) {
        reactor_->post([&, t, i] {
          in_order = in_order && next[t] == i;
          next[t] = i + 1;
          ++total;
        });
      }
    });
  }
  run(wait_for_count(reactor_.get(), &total, kThreads * kPosts));
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(in_order);
  EXPECT_EQ(total, kThreads * kPosts);
}

Task<void> hop_between(Reactor* home, Reactor* other, std::vector<std::thread::id>* seen) {
  seen->push_back(std::this_thread::get_id());
  co_await other->resume_here();
  seen->push_back(std::this_thread::get_id());
  co_await other->resume_here();
  seen->push_back(std::this_thread::get_id());
  co_await home->resume_here();
  seen->push_back(std::this_thread::get_id());
}

TEST_P(ReactorBasics, ResumeHereChangesTheThread) {
  ReactorOptions options;
  options.backend = GetParam();
  auto other = Reactor::create(options);
  ASSERT_TRUE(other.has_value());
  std::thread thread([&] { (*other)->run(); });
  std::vector<std::thread::id> seen;
  run(hop_between(reactor_.get(), other->get(), &seen));
  const auto there = thread.get_id();
  (*other)->stop();
  thread.join();
  const auto here = std::this_thread::get_id();
  EXPECT_EQ(seen, (std::vector<std::thread::id>{here, there, there, here}));
}

TEST_P(ReactorBasics, StopBeforeRunEndsTheFirstRun) {
  bool ran = false;
  reactor_->post([&] { ran = true; });
  reactor_->stop();
  reactor_->run();
  EXPECT_FALSE(ran);
  const std::size_t none = 0;
  run(wait_for_count(reactor_.get(), &none, 0));
  EXPECT_TRUE(ran);
}

Task<void> take_turns(Reactor* reactor, int number, std::vector<int>* order, int* ended) {
  for (int i = 0; i < 3; ++i) {
    order->push_back(number);
    co_await reactor->yield();
  }
  ++*ended;
}

Task<void> two_take_turns(Reactor* reactor, std::vector<int>* order) {
  int ended = 0;
  spawn(take_turns(reactor, 1, order, &ended));
  spawn(take_turns(reactor, 2, order, &ended));
  while (ended < 2) co_await reactor->yield();
}

TEST_P(ReactorBasics, YieldLetsOthersRun) {
  std::vector<int> order;
  run(two_take_turns(reactor_.get(), &order));
  EXPECT_EQ(order, (std::vector<int>{1, 2, 1, 2, 1, 2}));
}

Task<void> wait_for_event(Event* event, int* woken) {
  co_await event->wait();
  ++*woken;
}

Task<void> set_event(Reactor* reactor, int* woken, int* inside_set) {
  Event event;
  spawn(wait_for_event(&event, woken));
  spawn(wait_for_event(&event, woken));
  event.set();
  *inside_set = *woken;
  co_await reactor->yield();
  co_await event.wait();
}

TEST_P(ReactorBasics, AnEventWakesAllItsWaitersLater) {
  int woken = 0;
  int inside_set = 0;
  run(set_event(reactor_.get(), &woken, &inside_set));
  EXPECT_EQ(inside_set, 0);
  EXPECT_EQ(woken, 2);
}

Task<void> stay_inside(Reactor* reactor, Gate* gate, bool* left) {
  const Gate::Holder holder = gate->hold();
  co_await reactor->sleep_for(milliseconds(5));
  *left = true;
}

Task<void> close_gate(Reactor* reactor, bool* left_before_close, bool* refused) {
  Gate gate;
  bool left = false;
  spawn(stay_inside(reactor, &gate, &left));
  co_await gate.close();
  *left_before_close = left;
  *refused = !gate.hold();
  co_await reactor->yield();
}

TEST_P(ReactorBasics, AGateClosesWhenAllHaveLeft) {
  bool left_before_close = false;
  bool refused = false;
  run(close_gate(reactor_.get(), &left_before_close, &refused));
  EXPECT_TRUE(left_before_close);
  EXPECT_TRUE(refused);
}

Task<void> use_pool(WorkerPool* pool, int number, int* sum, int* ended, bool* other_thread) {
  const auto here = std::this_thread::get_id();
  const auto result = co_await pool->run([number, here, other_thread] {
    if (std::this_thread::get_id() == here) *other_thread = false;
    return number * 2;
  });
  if (result.has_value() && std::this_thread::get_id() == here) *sum += *result;
  ++*ended;
}

Task<void> use_pool_often(Reactor* reactor, WorkerPool* pool, int* sum, bool* other_thread) {
  int ended = 0;
  for (int i = 0; i < 1000; ++i) spawn(use_pool(pool, i, sum, &ended, other_thread));
  while (ended < 1000) co_await reactor->sleep_for(milliseconds(1));
}

TEST_P(ReactorBasics, ThePoolWorksElsewhereAndComesBack) {
  WorkerPool pool(3, 1000);
  int sum = 0;
  bool other_thread = true;
  run(use_pool_often(reactor_.get(), &pool, &sum, &other_thread));
  EXPECT_EQ(sum, 999 * 1000);
  EXPECT_TRUE(other_thread);
}

Task<void> hold_worker(WorkerPool* pool, std::atomic<bool>* go, int* served) {
  const auto result = co_await pool->run([go] {
    go->wait(false);
    return 1;
  });
  *served += result.value_or(0);
}

Task<void> overfill_pool(Reactor* reactor, WorkerPool* pool, bool* refused) {
  std::atomic<bool> go = false;
  int served = 0;
  spawn(hold_worker(pool, &go, &served));
  while (pool->queued() > 0) co_await reactor->yield();
  spawn(hold_worker(pool, &go, &served));
  const auto third = co_await pool->run([] { return 1; });
  *refused = !third.has_value();
  go = true;
  go.notify_all();
  while (served < 2) co_await reactor->sleep_for(milliseconds(1));
}

TEST_P(ReactorBasics, AFullPoolRefuses) {
  WorkerPool pool(1, 1);
  bool refused = false;
  run(overfill_pool(reactor_.get(), &pool, &refused));
  EXPECT_TRUE(refused);
}

// Makes io_uring_setup(2) fail for this process, as containers and sysctls do.
bool forbid_uring() {
  sock_filter code[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_io_uring_setup, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const sock_fprog filter{.len = static_cast<unsigned short>(std::size(code)), .filter = code};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

TEST(Reactor, ServesByEpollWhereIoUringIsSwitchedOff) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    if (!forbid_uring()) ::_exit(1);
    ReactorOptions only_uring;
    only_uring.backend = BackendKind::kIoUring;
    const auto refused = Reactor::create(only_uring);
    if (refused.has_value() || refused.error().code != ErrorCode::kUnsupported) ::_exit(2);
    const auto best = Reactor::create();
    if (!best.has_value() || (*best)->backend_kind() != BackendKind::kEpoll) ::_exit(3);
    bool served = false;
    (*best)->post([&] {
      served = true;
      (*best)->stop();
    });
    (*best)->run();
    ::_exit(served ? 0 : 4);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace stele::net
