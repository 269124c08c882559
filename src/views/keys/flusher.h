#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "keyspace/keyspace.h"
#include "net/task.h"
#include "views/keys/bell.h"
#include "views/keys/flush_session.h"
#include "views/keys/keys.h"
#include "views/keys/keys_options.h"

namespace stele::views {

// Takes cuts of the keyspace to PostgreSQL, one transaction each, in order: a cut is a prefix of the command
// order. When PostgreSQL refuses one, it is halved until the objects at fault are alone with those of their
// bundle (what MULTI wrote is never split); these are given back, named in the status and tried again at
// growing intervals, and all others are committed. While PostgreSQL is away, the cut is given back whole.
// Writes wait while there is more than PostgreSQL, as fast as it was, would take within the second that is
// promised, while the oldest change waits for almost that long, and in any case beyond a bound. Threads:
// turn() and what it calls on the views' thread; the rest any.
class Flusher {
 public:
  Flusher(FlusherOptions options, keyspace::Keyspace& keyspace, FlushSession& session)
      : options_(options), keyspace_(keyspace), session_(session) {}

  // Looks whether a flush is due, and flushes. Called every few milliseconds, and at once when poked().
  net::Task<void> turn();
  // Flushes what there is, due or not. Whether nothing is left behind but what is refused.
  net::Task<bool> flush();

  bool may_write() const { return !over_.load(std::memory_order_relaxed) && !is_late(); }
  net::Task<Result<void>> wait_writable(TimePoint deadline);
  // The caller has poked the views' thread.
  net::Task<Result<void>> wait_durable(keyspace::ChangeSequence last, std::vector<keyspace::Key> written,
                                       TimePoint deadline);
  // Whether any key is refused at present; one atomic load.
  bool has_refused() const { return has_refused_.load(std::memory_order_relaxed); }
  // Why one of these is; empty if none is.
  std::string refusal_among(const std::vector<keyspace::Key>& keys) const;
  // From now on nobody waits.
  void cancel_waits();
  void fill(KeysStatus& status) const;

  // Objects whose row is gone by SQL again and again, with the names they have: whoever follows the stream
  // removes them here too.
  std::vector<keyspace::ObjectId> take_lost();
  // The objects of the last cut, when this node found that another owns the keys.
  std::vector<keyspace::ObjectId> take_fenced() { return std::exchange(fenced_, {}); }

 private:
  static constexpr int kUnsettledMax = 3;
  using Objects = std::vector<const keyspace::DirtyObject*>;
  struct Blocked {
    keyspace::Key key;
    std::string reason;
    WallTime since{};
    TimePoint next_try{};
    Duration pause{};
  };
  // Of one flush.
  struct Round {
    std::vector<Objects> parts;  // still to be written, the next one last
    Objects committed, given_back;
    std::optional<Error> failure;  // of PostgreSQL as a whole
    bool incomplete = false;       // something was given back that is not refused
  };

  bool is_due() const;
  net::Task<std::optional<keyspace::Cut>> take_cut();
  Round plan(const keyspace::Cut& cut);
  net::Task<void> write(Round* round);
  void take_failure(Round& round, Objects part, const Error& error,
                    const std::vector<keyspace::ObjectId>& missing);
  void refuse(Round& round, const Objects& together, const Error& error);
  void refuse_what_is_too_large(Round& round, Objects& part);
  void split(Round& round, Objects part);
  bool is_unsettled_too_often(keyspace::ObjectId id) { return ++unsettled_[id] > kUnsettledMax; }
  void finish(keyspace::Cut cut, Round round, TimePoint began);
  std::string refused_by_size(const keyspace::DirtyObject& object) const;
  void look_at_backlog();
  bool is_late() const;
  void watch(net::Timer* timer);
  void learn_pace(std::size_t bytes, Duration took);

  FlusherOptions options_;
  keyspace::Keyspace& keyspace_;
  FlushSession& session_;
  Bell bell_;

  std::atomic<std::uint64_t> flushed_{0};
  std::atomic<bool> over_{false};
  std::atomic<bool> has_refused_{false};
  std::atomic<bool> waits_cancelled_{false};
  std::atomic<std::size_t> in_flight_bytes_{0};
  // All that was changed before is committed, but for what is refused.
  std::atomic<TimePoint> committed_until_{system_clock().now()};
  std::atomic<TimePoint> closes_{TimePoint::max()};  // from then on writes wait
  std::atomic<std::size_t> waiters_{0};
  // What PostgreSQL takes within the promised second; until it is known, what is flushed at once.
  std::atomic<std::size_t> backlog_bytes_max_{std::min(options_.backlog_bytes_max, options_.flush_bytes)};

  // The views' thread alone.
  keyspace::ChangeSequence last_cut_;
  TimePoint next_flush_{}, began_{};  // began_: of the flush that runs
  Duration failure_pause_{};
  bool again_ = false;  // something was given back
  std::map<keyspace::ObjectId, Blocked> blocked_;
  std::map<keyspace::ObjectId, int> unsettled_;
  std::vector<keyspace::ObjectId> lost_, fenced_;

  mutable std::mutex mutex_;  // of what follows
  std::map<keyspace::Key, KeysStatus::Refused> refused_;
  std::string flush_error_;
  std::uint64_t flushes_ = 0, flushes_failed_ = 0;
  WallTime last_flush_{};
  Duration last_flush_took_{};
};

}  // namespace stele::views
