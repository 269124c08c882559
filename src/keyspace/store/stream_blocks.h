#pragma once

#include <vector>

#include "keyspace/store/stream_block.h"
#include "keyspace/stream/entries.h"

namespace stele::keyspace::store {

// The entries of a stream in blocks, as many to a block as Redis has to a node. Cost: a search among the
// blocks and a walk over one; at the ends none.
class StreamBlocks final : public stream::Entries {
 public:
  StreamBlocks() = default;
  ~StreamBlocks() override {
    while (free_some(1024) > 0) {
    }
  }
  StreamBlocks(const StreamBlocks&) = delete;
  StreamBlocks& operator=(const StreamBlocks&) = delete;

  std::size_t size() const override { return size_; }
  std::size_t nodes() const override { return blocks_.size() - first_; }
  std::optional<StreamId> first() const override;
  std::optional<StreamId> last() const override;
  bool contains(StreamId id) const override;
  void visit(StreamId first, StreamId last, bool is_reversed, const Visit& visit) const override;
  void append(StreamId id, std::span<const FieldRef> fields, const StreamNodeLimits& limits) override;
  bool remove(StreamId id) override;
  std::size_t front_node_size() const override { return blocks_[first_]->count(); }
  StreamId front_node_last() const override { return blocks_[first_]->last(); }
  void drop_front_node() override;
  void drop_from_front_node(std::size_t count) override;
  std::size_t memory_bytes() const override {
    return sizeof(*this) + block_bytes_ + blocks_.capacity() * sizeof(StreamBlock*);
  }
  std::unique_ptr<Entries> take_dropped() override;
  std::size_t free_some(std::size_t count) override;

 private:
  static constexpr std::size_t kFreedAtOnce = 64;

  // The block in which the id is if it is anywhere; blocks_.size() for none.
  std::size_t block_of(StreamId id) const;
  void drop_block(std::size_t block);
  static bool visit_up(const StreamBlock& block, StreamId first, StreamId last, const Visit& visit);
  static bool visit_down(const StreamBlock& block, StreamId first, StreamId last, const Visit& visit);

  std::vector<StreamBlock*> blocks_;  // those before first_ are gone
  std::size_t first_ = 0;
  std::size_t size_ = 0;
  std::size_t block_bytes_ = 0;
  std::vector<StreamBlock*> dropped_;
};

}  // namespace stele::keyspace::store
