#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/lsn.h"
#include "base/result.h"
#include "keyspace/write_behind.h"
#include "net/task.h"
#include "postgres/connection.h"
#include "views/freshness.h"
#include "views/keys/echo_book.h"
#include "views/keys/flush_batch.h"

namespace stele::views {

// The session with PostgreSQL that writes durable keys, and the right to: the epoch of stele.key_owner. Every
// transaction takes that row first, so that a node whose epoch is over writes nothing, and leaves its own
// number in it, so that what became of a lost COMMIT can be read. One call at a time; confined to the views'
// thread.
class FlushSession {
 public:
  struct Options {
    postgres::ConnectOptions postgres;
    std::string node;
    Duration lock_timeout = std::chrono::milliseconds(500);
    Duration owner_silence = std::chrono::seconds(10);  // after which another node may take over
  };

  FlushSession(Options options, Freshness& freshness, EchoBook& echoes)
      : options_(std::move(options)), freshness_(freshness), echoes_(echoes) {}

  // Becomes the owner if nobody is, it was this node, or the owner has not been seen for owner_silence. Then
  // all that the former owner wrote was committed before the position that comes back.
  net::Task<Result<std::optional<Lsn>>> claim();
  bool owns() const { return epoch_ != 0; }
  // Says that the owner lives. kFailedPrecondition when it is another one by now.
  net::Task<Result<void>> heartbeat();

  // Writes these in one transaction. Errors: kDatabase and nothing is written; kNotFound when rows are gone,
  // which `missing` then has; kFailedPrecondition when this node owns the keys no more; else the
  // connection's, and nothing is written. A lost COMMIT is asked after until it is known, or give_up() was
  // called: kUnknownOutcome.
  net::Task<Result<void>> write(std::vector<const keyspace::DirtyObject*> objects,
                                std::vector<keyspace::ObjectId>* missing);

  // Ends what is under way.
  void give_up();
  net::Task<void> close();

 private:
  net::Task<Result<void>> connect(TimePoint deadline);
  net::Task<Result<void>> begin(std::uint64_t number, TimePoint deadline);
  net::Task<Result<void>> write_all(const std::vector<const keyspace::DirtyObject*>* objects,
                                    std::vector<keyspace::ObjectId>* missing, TimePoint deadline);
  net::Task<Result<void>> write_elements(FlushBatch* batch, const keyspace::DirtyObject* object,
                                         std::vector<keyspace::ObjectId>* found, TimePoint deadline);
  // Sends what the batch has; the ids of the rows that were there are added to `found`.
  net::Task<Result<void>> send(FlushBatch* batch, std::vector<keyspace::ObjectId>* found, TimePoint deadline);
  net::Task<Result<void>> commit(std::uint64_t number, TimePoint deadline);
  net::Task<Result<bool>> is_committed(std::uint64_t number);
  net::Task<void> roll_back();

  Options options_;
  Freshness& freshness_;
  EchoBook& echoes_;
  std::unique_ptr<postgres::Connection> connection_;
  std::uint64_t epoch_ = 0;
  bool given_up_ = false;
};

}  // namespace stele::views
