#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/result.h"
#include "net/gate.h"
#include "net/task.h"
#include "postgres/connect_options.h"
#include "postgres/connection.h"

namespace stele::postgres {

struct PoolOptions {
  ConnectOptions connect;
  std::size_t connections_max = 8;
  std::size_t waiters_max = 1024;                    // beyond it acquire() is refused: kResourceExhausted
  Duration idle_timeout = std::chrono::seconds(60);  // an unused connection is closed after this
  Duration connect_timeout = std::chrono::seconds(10);
  // After a failed connect nobody tries again before this, growing to the maximum while it fails.
  Duration retry_delay_min = std::chrono::milliseconds(50);
  Duration retry_delay_max = std::chrono::seconds(2);
};

struct PoolStatistics {
  std::size_t connections = 0;  // open or being opened
  std::size_t idle = 0;
  std::size_t waiting = 0;
  std::uint64_t opened = 0;
  std::uint64_t failed = 0;   // connects that failed
  std::uint64_t dropped = 0;  // broken, or not fit to be used again
};

class Pool;

// A connection that is ours until this goes: then the pool looks at it (a transaction left open is rolled
// back, a broken connection dropped) and gives it to the next. Confined to the pool's reactor; ends before
// the pool's stop() does.
class Lease {
 public:
  Lease() = default;
  Lease(Lease&&) noexcept = default;
  Lease& operator=(Lease&& other) noexcept;
  ~Lease() { give_back(); }

  Connection& operator*() const { return *connection_; }
  Connection* operator->() const { return connection_.get(); }
  explicit operator bool() const { return connection_ != nullptr; }
  void give_back();
  // Not to be used by another: session state was changed. It is closed.
  void give_up();

 private:
  friend class Pool;
  struct State;
  Lease(std::shared_ptr<State> pool, std::unique_ptr<Connection> connection);

  std::shared_ptr<State> pool_;
  std::unique_ptr<Connection> connection_;
  net::Gate::Holder inside_;
};

// Whose turn is it on the few connections? One pool a reactor and role: acquire() gives an idle connection,
// opens one while there are fewer than the maximum, else waits in line (first come, first served) until its
// deadline. A connection that the server closed meanwhile is noticed and replaced. While connecting fails,
// callers wait or get the reason, and the server is asked at growing intervals. Threads: confined to one
// reactor. Lifetime: co_await stop() before it is destroyed. Cost: no system call for an idle connection.
// Errors: kResourceExhausted (too many wait), kDeadlineExceeded (details: the last connect's failure),
// kCancelled (stopped); log_in()'s errors that waiting does not mend (wrong password, no such database).
class Pool {
 public:
  explicit Pool(PoolOptions options);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  net::Task<Result<Lease>> acquire(TimePoint deadline);
  // Refuses newcomers, wakes those who wait, waits for the leases, closes all. What a lease runs longer than
  // a moment is cancelled at the server (a COMMIT under way goes through all the same), and where the server
  // does not answer, the connection is given up. Once.
  net::Task<void> stop();

  PoolStatistics statistics() const;

 private:
  std::shared_ptr<Lease::State> state_;
};

}  // namespace stele::postgres
