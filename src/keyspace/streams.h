#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "keyspace/key.h"
#include "keyspace/stream_id.h"
#include "keyspace/value.h"

namespace stele::keyspace {

// How many entries stand together: XTRIM with ~ removes whole nodes only. 0 = no such limit.
struct StreamNodeLimits {
  std::size_t entries_max = 100;
  std::size_t bytes_max = 4096;
};

// What goes from the old end of a stream.
struct StreamTrim {
  enum class Kind : std::uint8_t { kNothing, kLength, kBelow };
  Kind kind = Kind::kNothing;
  std::size_t length = 0;         // kLength: so many stay
  StreamId below = {};            // kBelow: those with lower ids go
  bool is_approximate = false;    // whole nodes only
  std::size_t removed_limit = 0;  // stops before it would be more; 0 = no limit
};

// Where XADD puts its entry.
struct StreamAdd {
  // Nothing: an id by the clock.
  std::optional<StreamId> id = {};
  bool finds_sequence = false;  // of the id only the time is given
  bool creates = true;          // the stream, where there is none
  StreamTrim trim = {};
  StreamNodeLimits limits = {};
};

// Entries and all of their fields one behind the other; views until the next operation.
struct StreamEntries {
  struct Entry {
    StreamId id;
    std::size_t first_field = 0;
    std::size_t field_count = 0;
    bool is_present = true;  // false: it is pending, but was removed from the stream
  };
  std::vector<Entry> entries;
  std::vector<FieldRef> fields;

  std::span<const FieldRef> fields_of(const Entry& entry) const {
    return std::span(fields).subspan(entry.first_field, entry.field_count);
  }
};

struct StreamRange {
  StreamId first = {};
  StreamId last = StreamId::last();
  std::size_t count_max = 0;  // 0 = all
  bool is_reversed = false;
};

struct StreamInfo {
  std::size_t size = 0;
  std::size_t nodes = 0;
  std::size_t groups = 0;
  StreamId first_id;       // of the entries that are there; 0-0 without any
  StreamId last_entry_id;  // the same
  StreamId last_id;        // the last that was given
  StreamId max_deleted_id;
  std::uint64_t entries_added = 0;
};

struct StreamGroupInfo {
  std::string name;
  StreamId last_id;                           // delivered last
  std::optional<std::uint64_t> entries_read;  // nothing: not known
  std::optional<std::uint64_t> lag;
  std::size_t consumers = 0;
  std::size_t pending = 0;
  StreamId first_pending;  // 0-0 without any
  StreamId last_pending;
};

struct StreamConsumerInfo {
  std::string name;
  WallMs seen_at;
  std::size_t pending = 0;
};

struct StreamPending {
  StreamId id;
  std::string consumer;
  WallMs delivered_at;
  std::uint64_t deliveries = 0;
};

struct StreamPendingQuery {
  StreamId first = {};
  StreamId last = StreamId::last();
  std::size_t count_max = 0;  // 0 = all
  std::int64_t idle_ms_min = 0;
  std::optional<std::string_view> consumer = {};
};

// Where a group stands.
struct StreamGroupStart {
  std::optional<StreamId> id = {};                 // nothing: behind the last that was given
  std::optional<std::uint64_t> entries_read = {};  // nothing: not known
};

struct StreamSetId {
  StreamId id;
  std::optional<std::uint64_t> entries_added = {};
  std::optional<StreamId> max_deleted_id = {};
};

struct StreamClaim {
  std::string_view consumer;
  std::int64_t idle_ms_min = 0;
  std::optional<WallMs> delivered_at = {};  // nothing: now
  std::optional<std::uint64_t> deliveries = {};
  std::optional<StreamId> last_id = {};  // of the group, if it is beyond what it has
  bool creates_pending = false;
  bool only_ids = false;  // no fields, and the deliveries are not counted
};

struct StreamClaimed {
  StreamEntries entries;
  StreamId next;                  // where to go on; 0-0 = all seen
  std::vector<StreamId> removed;  // pending ones that were no longer in the stream
};

// Redis' stream commands on the keys of a group. A stream without entries exists. Views, errors and threads
// as for Strings; no_such_group where a group is named that is not there (or the stream is not).
// Cost: logarithmic in entries and pending ones, and linear in what comes out; a node is read from its
// beginning.
class Streams {
 public:
  virtual ~Streams() = default;

  // Its id; nothing without a stream that may not be created. stream_id_too_low, stream_is_full.
  virtual Result<std::optional<StreamId>> add(KeyRef key, const StreamAdd& how,
                                              std::span<const FieldRef> fields) = 0;
  // How many there were.
  virtual Result<std::size_t> remove(KeyRef key, std::span<const StreamId> ids) = 0;
  virtual Result<std::size_t> trim(KeyRef key, const StreamTrim& how) = 0;
  // no_such_key, and the errors of XSETID.
  virtual Result<void> set_id(KeyRef key, const StreamSetId& to) = 0;

  // A whole stream of the rows of stream_rows.h, to where nothing is. Rows come in any order; what makes no
  // sense is left out.
  virtual Result<void> put(KeyRef key, std::span<const Field> rows) = 0;
  // Everything, to where nothing is; no_such_key.
  virtual Result<void> copy(KeyRef from, KeyRef to) = 0;

  virtual Result<std::size_t> size(KeyRef key) = 0;
  virtual Result<StreamEntries> range(KeyRef key, const StreamRange& range) = 0;
  // Nothing without a stream.
  virtual Result<std::optional<StreamInfo>> info(KeyRef key) = 0;

  // False: it is there already. no_such_key without a stream that may be created.
  virtual Result<bool> create_group(KeyRef key, std::string_view group, const StreamGroupStart& start,
                                    bool creates_stream) = 0;
  virtual Result<void> set_group(KeyRef key, std::string_view group, const StreamGroupStart& start) = 0;
  // Whether there was one.
  virtual Result<bool> destroy_group(KeyRef key, std::string_view group) = 0;
  virtual Result<bool> create_consumer(KeyRef key, std::string_view group, std::string_view consumer) = 0;
  // How many entries were pending for it.
  virtual Result<std::size_t> remove_consumer(KeyRef key, std::string_view group,
                                              std::string_view consumer) = 0;

  // Nothing without the stream or the group.
  virtual Result<std::optional<StreamGroupInfo>> group(KeyRef key, std::string_view group) = 0;
  virtual Result<std::vector<StreamGroupInfo>> groups(KeyRef key) = 0;
  virtual Result<std::vector<StreamConsumerInfo>> consumers(KeyRef key, std::string_view group) = 0;
  virtual Result<std::vector<StreamPending>> pending(KeyRef key, std::string_view group,
                                                     const StreamPendingQuery& query) = 0;

  // What the group has not had yet: it is pending for the consumer then, unless `is_acknowledged`.
  virtual Result<StreamEntries> read_new(KeyRef key, std::string_view group, std::string_view consumer,
                                         std::size_t count_max, bool is_acknowledged) = 0;
  // What is pending for the consumer, beyond an id; counts as delivered again.
  virtual Result<StreamEntries> read_pending(KeyRef key, std::string_view group, std::string_view consumer,
                                             StreamId beyond, std::size_t count_max) = 0;
  // How many were pending; none without a group.
  virtual Result<std::size_t> acknowledge(KeyRef key, std::string_view group,
                                          std::span<const StreamId> ids) = 0;
  virtual Result<StreamEntries> claim(KeyRef key, std::string_view group, const StreamClaim& claim,
                                      std::span<const StreamId> ids) = 0;
  // Those pending from an id on; looks at ten times as many at most.
  virtual Result<StreamClaimed> claim_from(KeyRef key, std::string_view group, const StreamClaim& claim,
                                           StreamId first, std::size_t count_max) = 0;
};

}  // namespace stele::keyspace
