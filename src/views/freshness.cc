#include "views/freshness.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <coroutine>
#include <map>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/check.h"
#include "net/reactor.h"

namespace stele::views {
namespace {

// Someone who waits: on a reactor, until an LSN is visible, a write has come back, or his time is over.
struct Waiter {
  net::Reactor* reactor = nullptr;
  std::coroutine_handle<> handle;
  TimePoint deadline;
  std::optional<Error> error;
  Lsn reached;
};

Error past_deadline(std::string_view what) {
  return make_error(ErrorCode::kDeadlineExceeded,
                    "the views of this node did not reach " + std::string(what) + " in time");
}

}  // namespace

Result<LsnToken> LsnToken::parse(std::string_view text) {
  const std::size_t at = text.find('@');
  STELE_TRY(const Lsn lsn, Lsn::parse(text.substr(0, at)));
  LsnToken token{lsn, 0};
  if (at == std::string_view::npos) return token;
  const std::string_view digits = text.substr(at + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), token.timeline);
  if (error != std::errc() || end != digits.data() + digits.size() || token.timeline == 0)
    return make_error(ErrorCode::kInvalidArgument,
                      "no timeline after '@': " + std::string(text.substr(0, 64)));
  return token;
}

std::string LsnToken::to_string() const {
  return timeline <= 1 ? lsn.to_string() : lsn.to_string() + "@" + std::to_string(timeline);
}

struct Freshness::State {
  struct Write {
    std::optional<Lsn> commit;  // once it has come back
    std::shared_ptr<Waiter> waiter;
  };

  std::atomic<std::uint64_t> visible{0};
  std::atomic<std::uint32_t> timeline{1};
  std::atomic<std::uint64_t> node{0};
  std::atomic<std::uint64_t> next_write{1};

  std::mutex mutex;
  std::vector<std::pair<std::uint32_t, Lsn>> history;
  std::multimap<Lsn, std::shared_ptr<Waiter>> waiting;
  std::unordered_map<std::uint64_t, Write> writes;
  std::optional<Error> failure;
  std::atomic<bool> stopped{false};

  // A waiter is resumed once: by whoever takes it out of the maps.
  static void resume(const std::shared_ptr<Waiter>& waiter) {
    waiter->reactor->post([waiter] { waiter->handle.resume(); });
  }

  void expire(const std::shared_ptr<Waiter>& waiter, std::string_view what) {
    {
      const std::lock_guard lock(mutex);
      bool waited = std::erase_if(waiting, [&](const auto& entry) { return entry.second == waiter; }) > 0;
      for (auto& [number, write] : writes)
        if (write.waiter == waiter) {
          write.waiter = nullptr;
          waited = true;
        }
      if (!waited) return;  // resumed meanwhile
      waiter->error = past_deadline(what);
    }
    waiter->handle.resume();
  }

  Result<void> check_timeline(LsnToken token) {
    const std::uint32_t own = timeline.load();
    if (token.timeline == 0 || token.timeline == own) return {};
    for (const auto& [former, end] : history)
      if (former == token.timeline && token.lsn <= end) return {};
    return make_error(ErrorCode::kFailedPrecondition, token.to_string() +
                                                          " is on a timeline that this server (timeline " +
                                                          std::to_string(own) + ") does not come from");
  }
};

namespace {

// Suspends until resumed by another hand or by the timer.
template <class Register>
struct Suspension {
  std::shared_ptr<Waiter> waiter;
  Register enter;  // under the lock's protection: true when there is something to wait for

  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> handle) {
    waiter->handle = handle;
    return enter();
  }
  void await_resume() const noexcept {}
};
template <class Register>
Suspension(std::shared_ptr<Waiter>, Register) -> Suspension<Register>;

}  // namespace

Freshness::Freshness() : state_(std::make_unique<State>()) {}
Freshness::~Freshness() = default;

Lsn Freshness::visible() const {
  return Lsn(state_->visible.load(std::memory_order_acquire));
}

std::uint32_t Freshness::timeline() const {
  return state_->timeline.load(std::memory_order_relaxed);
}

net::Task<Result<void>> Freshness::wait_visible(LsnToken token, TimePoint deadline) {
  State& state = *state_;
  auto waiter = std::make_shared<Waiter>();
  {
    const std::lock_guard lock(state.mutex);
    STELE_CO_RETURN_IF_ERROR(state.check_timeline(token));
    if (visible() >= token.lsn) co_return Result<void>();
    if (state.failure) co_return *state.failure;
  }
  net::Reactor* reactor = net::Reactor::current();
  STELE_CHECK(reactor != nullptr);
  waiter->reactor = reactor;
  net::Timer timer(*reactor);
  if (deadline != kNoDeadline)
    timer.set(deadline, [&state, waiter, token] { state.expire(waiter, token.to_string()); });
  auto enter = [&state, &waiter, this, token] {
    const std::lock_guard lock(state.mutex);
    if (visible() >= token.lsn) return false;
    if (state.failure) {
      waiter->error = state.failure;
      return false;
    }
    state.waiting.emplace(token.lsn, waiter);
    return true;
  };
  co_await Suspension{waiter, std::move(enter)};
  timer.cancel();
  if (waiter->error) co_return std::move(*waiter->error);
  co_return Result<void>();
}

WriteNumber Freshness::begin_write() {
  const WriteNumber number(state_->next_write.fetch_add(1));
  const std::lock_guard lock(state_->mutex);
  state_->writes.try_emplace(number.value());
  return number;
}

std::string Freshness::message(WriteNumber number) const {
  return postgres::to_string(postgres::WriteMark{state_->node.load(), number.value()});
}

net::Task<Result<Lsn>> Freshness::wait_write(WriteNumber number, TimePoint deadline) {
  State& state = *state_;
  auto waiter = std::make_shared<Waiter>();
  net::Reactor* reactor = net::Reactor::current();
  STELE_CHECK(reactor != nullptr);
  waiter->reactor = reactor;
  net::Timer timer(*reactor);
  if (deadline != kNoDeadline) timer.set(deadline, [&state, waiter] { state.expire(waiter, "the write"); });
  auto enter = [&state, &waiter, this, number] {
    const std::lock_guard lock(state.mutex);
    State::Write& write = state.writes[number.value()];
    if (write.commit && visible() >= *write.commit) {
      waiter->reached = *write.commit;
      return false;
    }
    if (state.failure) {
      waiter->error = state.failure;
      return false;
    }
    if (write.commit) {
      // It has come back and is not visible yet: only publish() wakes it now.
      waiter->reached = *write.commit;
      state.waiting.emplace(*write.commit, waiter);
    } else {
      write.waiter = waiter;
    }
    return true;
  };
  co_await Suspension{waiter, std::move(enter)};
  timer.cancel();
  forget_write(number);
  if (waiter->error) co_return std::move(*waiter->error);
  co_return waiter->reached;
}

void Freshness::forget_write(WriteNumber number) {
  const std::lock_guard lock(state_->mutex);
  state_->writes.erase(number.value());
}

void Freshness::set_node(std::uint64_t node) {
  state_->node.store(node);
}

void Freshness::set_timeline(std::uint32_t timeline, std::vector<std::pair<std::uint32_t, Lsn>> history) {
  const std::lock_guard lock(state_->mutex);
  state_->timeline.store(timeline);
  state_->history = std::move(history);
}

bool Freshness::came_back(postgres::WriteMark mark, Lsn commit) {
  if (mark.node != state_->node.load(std::memory_order_relaxed)) return false;
  const std::lock_guard lock(state_->mutex);
  const auto found = state_->writes.find(mark.write);
  if (found == state_->writes.end()) return true;
  found->second.commit = commit;
  if (found->second.waiter) {
    // From here on it waits for its commit to be visible, like everybody.
    found->second.waiter->reached = commit;
    state_->waiting.emplace(commit, std::exchange(found->second.waiter, nullptr));
  }
  return true;
}

void Freshness::publish(Lsn visible) {
  std::vector<std::shared_ptr<Waiter>> reached;
  {
    const std::lock_guard lock(state_->mutex);
    state_->visible.store(visible.value(), std::memory_order_release);
    if (!state_->stopped) state_->failure.reset();
    const auto end = state_->waiting.upper_bound(visible);
    for (auto entry = state_->waiting.begin(); entry != end; ++entry)
      reached.push_back(std::move(entry->second));
    state_->waiting.erase(state_->waiting.begin(), end);
  }
  for (const auto& waiter : reached) State::resume(waiter);
}

void Freshness::fail(Error error) {
  std::vector<std::shared_ptr<Waiter>> woken;
  {
    const std::lock_guard lock(state_->mutex);
    for (auto& [lsn, waiter] : state_->waiting) woken.push_back(std::move(waiter));
    state_->waiting.clear();
    for (auto& [number, write] : state_->writes)
      if (write.waiter) woken.push_back(std::exchange(write.waiter, nullptr));
    for (const auto& waiter : woken) waiter->error = error;
    state_->failure = std::move(error);
  }
  for (const auto& waiter : woken) State::resume(waiter);
}

void Freshness::stop() {
  state_->stopped = true;
  fail(make_error(ErrorCode::kCancelled, "the node stops"));
}

bool Freshness::is_stopped() const {
  return state_->stopped;
}

}  // namespace stele::views
