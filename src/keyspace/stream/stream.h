#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "keyspace/stream/entries.h"
#include "keyspace/stream_rows.h"
#include "keyspace/streams.h"

namespace stele::keyspace::stream {

struct Consumer {
  std::string name;
  WallMs seen_at;
  std::set<StreamId> pending;
};

struct Pending {
  Consumer* consumer = nullptr;  // one of the group's
  WallMs delivered_at;
  std::uint64_t deliveries = 0;
};

struct Group {
  StreamId last_id;
  std::optional<std::uint64_t> entries_read;
  std::map<StreamId, Pending> pending;
  std::map<std::string, Consumer, std::less<>> consumers;
};

// A stream with its groups: what Redis' commands do to one, whatever keeps its entries. Threads: the key's.
class Stream {
 public:
  explicit Stream(std::unique_ptr<Entries> entries) : entries_(std::move(entries)) {}
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  const Entries& entries() const { return *entries_; }
  const StreamStateValue& state() const { return state_; }
  StreamId first_id() const { return entries_->first().value_or(StreamId{}); }
  StreamInfo info() const;

  // The id is beyond the last one.
  void append(StreamId id, std::span<const FieldRef> fields, const StreamNodeLimits& limits);
  bool remove(StreamId id);
  std::size_t trim(const StreamTrim& how);
  void set_state(const StreamStateValue& state) { state_ = state; }

  using Groups = std::map<std::string, Group, std::less<>>;
  const Groups& groups() const { return groups_; }
  Group* find_group(std::string_view name);
  // None of that name is there.
  Group& create_group(std::string_view name, const StreamGroupValue& start);
  // Empty but for the group, which must be there: to be freed.
  std::unique_ptr<Stream> take_group(std::string_view name, std::unique_ptr<Entries> no_entries);
  static Consumer* find_consumer(Group& group, std::string_view name);
  Consumer& create_consumer(Group& group, std::string_view name, WallMs now);
  void remove_consumer(Group& group, Consumer& consumer);
  // For the consumer from now on, whosever it was; counted as never delivered where it is new.
  Pending& assign(Group& group, StreamId id, Consumer& consumer);
  bool acknowledge(Group& group, StreamId id);
  // The group has had that entry now.
  void advance(Group& group, StreamId id) const;
  std::optional<std::uint64_t> lag_of(const Group& group) const;

  // As it is written behind: the value of a row, nothing where there is none; and all rows.
  std::optional<std::string> row(std::string_view name) const;
  void copy_rows(std::vector<Field>& rows) const;
  // Of a new stream. Rows come in any order; what makes no sense is left out.
  void load(std::span<const Field> rows);

  std::size_t memory_bytes() const { return sizeof(*this) + group_bytes_ + entries_->memory_bytes(); }
  // What the keyspace has on account for it.
  std::size_t counted_bytes() const { return counted_bytes_; }
  void set_counted_bytes(std::size_t bytes) { counted_bytes_ = bytes; }
  // About how many allocations it is.
  std::size_t parts() const { return entries_->nodes() + group_bytes_ / 100; }
  std::unique_ptr<Entries> take_dropped() { return entries_->take_dropped(); }
  std::size_t free_some(std::size_t count);

 private:
  bool has_gaps_behind(StreamId id) const;
  std::optional<std::uint64_t> distance_of(StreamId id) const;
  void load_groups(std::span<const Field> rows);
  void load_entries(std::span<const Field> rows);

  std::unique_ptr<Entries> entries_;
  StreamStateValue state_;
  Groups groups_;
  std::size_t group_bytes_ = 0;  // about what the maps take
  std::size_t counted_bytes_ = 0;
};

}  // namespace stele::keyspace::stream
