#pragma once

#include <atomic>
#include <cstdint>

#include "keyspace/key.h"

namespace stele::keyspace {

class Group;

// Somebody who waits until a key has what he wants: BLPOP, BZPOPMIN, XREAD BLOCK. The keyspace asks him at
// the end of each group that changed one of his keys, in the order in which those of a key came; whoever
// wants what is there now claims it and takes it within that group, so that nobody comes between.
//
// Threads: readiness() and serve() are called by whoever changed the key, in his group; wake() by the same
// thread, maybe still in that group: all three are short and begin no group. try_claim() and give_up() by
// any thread: one of them succeeds, once. Lifetime: shared.
class Waiter {
 public:
  enum class Readiness : std::uint8_t {
    kNo,
    kYes,   // serve() will find what he wants
    kBusy,  // that needs another key, which somebody else holds: he is woken to try in a group of his own
  };

  Waiter() = default;
  virtual ~Waiter() = default;
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  virtual Readiness readiness(Group& group, KeyRef key) = 0;
  // After kYes and a claim: takes it. What changes by that belongs to the same group.
  virtual void serve(Group& group, KeyRef key) = 0;
  // Whether he wants to know that the key is gone, or another type's: then readiness() says yes.
  virtual bool waits_for_absence() const { return false; }
  // He was served, or is to try himself.
  virtual void wake() = 0;

  // Whoever serves, also the waiter himself. False: he was served or has given up.
  bool try_claim() { return leave(State::kServed); }
  // His time is over, he was unblocked, his client is gone. False: he was served.
  bool give_up() { return leave(State::kGivenUp); }
  bool is_waiting() const { return state_.load(std::memory_order_acquire) == State::kWaiting; }
  bool was_served() const { return state_.load(std::memory_order_acquire) == State::kServed; }

 private:
  enum class State : std::uint8_t { kWaiting, kServed, kGivenUp };

  bool leave(State to) {
    State state = State::kWaiting;
    return state_.compare_exchange_strong(state, to, std::memory_order_acq_rel);
  }

  std::atomic<State> state_ = State::kWaiting;
};

// A waiter's places before his keys, from Group::wait() on; destroyed anywhere but within a group, which
// leaves the queues. Must not outlive the keyspace.
class Waiting {
 public:
  virtual ~Waiting() = default;
};

}  // namespace stele::keyspace
