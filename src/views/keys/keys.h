#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/lsn.h"
#include "base/result.h"
#include "keyspace/key_class.h"
#include "keyspace/keyspace.h"
#include "net/task.h"

namespace stele::views {

// One write of a mapped key: SQL on the row that the key stands for.
struct MappedWrite {
  enum class Kind : std::uint8_t {
    kSetFields,     // HSET: UPDATE, or INSERT where the mapping allows it; counts fields that were NULL
    kRemoveFields,  // HDEL: NULL; counts fields that were not. `fields` bring names alone
    kRemove,        // DEL: DELETE where the mapping allows it; counts rows
  };
  Kind kind = Kind::kSetFields;
  keyspace::Key key;
  std::vector<keyspace::Field> fields;
};

// A key and what PostgreSQL answered for it.
struct LoadedKey {
  keyspace::Key key;
  keyspace::Value value;
};

enum class Invalidation : std::uint8_t { kTag, kPrefix, kTable };

// How is the keyspace doing in PostgreSQL? As of now.
struct KeysStatus {
  bool loading = false;
  bool owner = true;
  std::size_t backlog_objects = 0;  // changed here and not committed there
  std::size_t backlog_bytes = 0;
  std::size_t backlog_bytes_max = 0;  // beyond it writes of durable keys wait
  Duration backlog_age{};             // how long the oldest change waits, at most
  keyspace::ChangeSequence flushed;   // all changes up to it are committed, but for those of `refused`
  std::uint64_t flushes = 0;          // transactions that committed
  std::uint64_t flushes_failed = 0;
  WallTime last_flush{};
  Duration last_flush_took{};
  std::string flush_error;  // why nothing can be flushed at present; empty when it can

  // A key that PostgreSQL does not take, or that was written in one group with such a one: its last committed
  // state stands, all others go on.
  struct Refused {
    keyspace::Key key;
    std::string reason;
    WallTime since{};
  };
  std::vector<Refused> refused;  // the first kRefusedShown of refused_count
  std::size_t refused_count = 0;

  struct Mapping {
    std::string prefix;
    std::string table;
    bool ready = false;
    std::string reason;  // why not
  };
  std::vector<Mapping> mappings;
};
constexpr std::size_t kRefusedShown = 100;

// The errors for a head to give; the word in front is the detail keyspace::kReplyCode.
Error keys_loading();    // LOADING
Error keys_read_only();  // READONLY: another node owns the durable keys
Error without_postgres();

// The keys of this node: its one keyspace and that keyspace's life in PostgreSQL. What the Redis head works
// on. A head does, for each command or group:
//   loading()? then keys_loading();  a write of a durable class and not owner()? then keys_read_only();
//   a durable write and not may_write()? then wait_writable();  the group;
//   durable sync keys written? then wait_durable() before the reply;  a mapped write? write_mapped() instead.
// Background expiry is the head's: it calls keyspace().expire_some() regularly, from one reactor.
//
// Threads: any; tasks are awaited on a reactor and resume there. Lifetime: outlives the heads.
class NodeKeys {
 public:
  virtual ~NodeKeys() = default;

  virtual keyspace::Keyspace& keyspace() = 0;
  // The promise for this name: as group->class_of(), and outside of groups.
  virtual keyspace::KeyClass class_of(std::string_view name) const = 0;

  // The keyspace is not whole yet: no command on keys may be answered.
  virtual bool loading() const = 0;
  // The same for one name: a mapping that was added later is loaded by itself.
  virtual bool loading(std::string_view name) const = 0;
  // Whether this node writes the durable keys. Others follow them and refuse writes.
  virtual bool owner() const = 0;

  // Is the backlog within its bound, and not too old? Two atomic loads and a look at the clock.
  virtual bool may_write() const = 0;
  // Resumes once may_write(). kResourceExhausted past the deadline.
  virtual net::Task<Result<void>> wait_writable(TimePoint deadline) = 0;

  // Resumes once every change up to `last` (Group::last_change() of a group that wrote `written`) is
  // committed. One flush carries all who wait. The error is PostgreSQL's when it refuses one of the keys,
  // kDeadlineExceeded past the deadline: the change is in the keyspace and not yet proven durable.
  virtual net::Task<Result<void>> wait_durable(keyspace::ChangeSequence last,
                                               std::vector<keyspace::Key> written, TimePoint deadline) = 0;

  // Whether PostgreSQL refuses any key at present: one atomic load. What a group writes together with such a
  // one is not committed before that is, so a head refuses such groups.
  virtual bool refuses_keys() const { return false; }
  // Why it refuses one of these, naming it; empty if it refuses none.
  virtual std::string refusal_among(const std::vector<keyspace::Key>&) const { return {}; }

  // One transaction for all of them; the counts, one a write. Answered when it is committed and the view
  // shows it. The error is PostgreSQL's, or a sentence of the mapping's; nothing was written then, but for
  // kUnknownOutcome. A row's lock is waited for briefly (lock_timeout), by this caller alone.
  virtual net::Task<Result<std::vector<std::uint64_t>>> write_mapped(std::vector<MappedWrite> writes,
                                                                     TimePoint deadline) = 0;

  // Whether names like this are read through: what is absent is asked of PostgreSQL first. They are written
  // by SQL, or by write_through().
  virtual bool reads_through(std::string_view) const { return false; }
  // Of those keys, which are absent here, the ones that PostgreSQL knows. They are in the keyspace by then,
  // unless they were changed meanwhile: then nobody else gets what was read. One load for all who ask at
  // once.
  virtual net::Task<Result<std::vector<LoadedKey>>> load(std::vector<keyspace::Key>) {
    co_return std::vector<LoadedKey>();
  }
  // Runs the statement that the prefix has for SET; committed and visible when it returns.
  virtual net::Task<Result<void>> write_through(keyspace::Key, std::string, TimePoint) {
    co_return without_postgres();
  }
  // Removes keys that were loaded or tagged. How many were there.
  virtual net::Task<Result<std::uint64_t>> invalidate(Invalidation, std::string) {
    co_return without_postgres();
  }
  virtual net::Task<Result<void>> tag(keyspace::Key, std::vector<std::string>) {
    co_return without_postgres();
  }

  // The node stops: from now on nobody waits, kCancelled.
  virtual void cancel_waits() {}

  // Up to where the keyspace shows what PostgreSQL committed.
  virtual Lsn visible() const = 0;
  virtual KeysStatus status() const = 0;
};

struct CacheKeysOptions {
  std::size_t max_memory_bytes = 0;
};

// Keys without a PostgreSQL: all of class cache, whatever their name. `clock` outlives it.
std::unique_ptr<NodeKeys> make_cache_keys(const Clock& clock, CacheKeysOptions options = {});

}  // namespace stele::views
