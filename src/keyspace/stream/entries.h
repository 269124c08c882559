#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "keyspace/stream_id.h"
#include "keyspace/streams.h"

namespace stele::keyspace::stream {

// The entries of one stream, by id, in nodes that are filled one after the other. Fields are views until the
// next change. Threads: the stream's.
class Entries {
 public:
  // False ends the visit. The fields are borrowed for the length of the call, their bytes until a change.
  using Visit = std::function<bool(StreamId id, std::span<const FieldRef> fields)>;

  virtual ~Entries() = default;

  virtual std::size_t size() const = 0;
  virtual std::size_t nodes() const = 0;
  virtual std::optional<StreamId> first() const = 0;
  virtual std::optional<StreamId> last() const = 0;
  virtual bool contains(StreamId id) const = 0;
  virtual void visit(StreamId first, StreamId last, bool is_reversed, const Visit& visit) const = 0;

  // Behind all others.
  virtual void append(StreamId id, std::span<const FieldRef> fields, const StreamNodeLimits& limits) = 0;
  // Whether there was one.
  virtual bool remove(StreamId id) = 0;

  // The oldest node, where there is one.
  virtual std::size_t front_node_size() const = 0;
  virtual StreamId front_node_last() const = 0;
  virtual void drop_front_node() = 0;
  // So many of its entries, but not all of them.
  virtual void drop_from_front_node(std::size_t count) = 0;

  virtual std::size_t memory_bytes() const = 0;
  // What was dropped and is too much to free at once; null if it is not.
  virtual std::unique_ptr<Entries> take_dropped() = 0;
  // Of entries that are given up: how many allocations went; 0 = none is left.
  virtual std::size_t free_some(std::size_t count) = 0;
};

}  // namespace stele::keyspace::stream
