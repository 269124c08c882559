#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "keyspace/keyspace.h"
#include "protocols/redis/wire/reply_writer.h"

namespace stele::redis {

// A client of BLPOP, BLMOVE, BZPOPMIN, … while it waits before its keys: what it takes when one of them has
// something, and the reply. Made by the command's handler, kept by its session and by the keyspace.
// Threads: as keyspace::Waiter says; reply() and last_change() for the session once it is not waiting.
class BlockedClient : public keyspace::Waiter {
 public:
  explicit BlockedClient(int protocol) : protocol_(protocol) {}

  void serve(keyspace::Group& group, keyspace::KeyRef key) final {
    wire::ReplyWriter reply(reply_, protocol_);
    take(group, key, reply);
    last_change_ = group.last_change();
  }
  void wake() final {
    is_woken_.store(true, std::memory_order_release);
    wake_();
  }
  // Before it waits: how its session is called, by any thread.
  void set_wake(std::function<void()> wake) { wake_ = std::move(wake); }
  // Whether it was woken since the last call.
  bool take_wake() { return is_woken_.exchange(false, std::memory_order_acq_rel); }

  // CLIENT UNBLOCK. False: it waits no more.
  bool unblock(bool with_error) {
    unblocked_with_error_.store(with_error, std::memory_order_release);
    if (!give_up()) return false;
    wake();
    return true;
  }
  bool is_unblocked_with_error() const { return unblocked_with_error_.load(std::memory_order_acquire); }

  const std::string& reply() const { return reply_; }
  // Of the group that served it.
  keyspace::ChangeSequence last_change() const { return last_change_; }

 protected:
  // Takes what is there, for which readiness() has looked, and answers.
  virtual void take(keyspace::Group& group, keyspace::KeyRef key, wire::ReplyWriter& reply) = 0;

 private:
  const int protocol_;
  std::function<void()> wake_;
  std::atomic<bool> is_woken_ = false;
  std::atomic<bool> unblocked_with_error_ = false;
  std::string reply_;
  keyspace::ChangeSequence last_change_;
};

// What a handler leaves when its client has to wait: the session takes the places before the keys within the
// same group.
struct Block {
  std::shared_ptr<BlockedClient> client;
  std::vector<keyspace::Key> keys;
  std::optional<Duration> timeout;                      // none: for ever
  bool answers_null_array = true;                       // when the time is over; else null
  std::unique_ptr<keyspace::Waiting> places = nullptr;  // the session's: before the keys
};

// The timeout of a blocking command, in seconds with a fraction; 0 is for ever.
Result<std::optional<Duration>> timeout_argument(std::string_view text);

}  // namespace stele::redis
