#pragma once

#include <map>
#include <vector>

#include "keyspace/stream/entries.h"

namespace stele::keyspace::reference {

// The entries of a stream in maps: nodes, and the entries of each.
class MapEntries final : public stream::Entries {
 public:
  std::size_t size() const override { return size_; }
  std::size_t nodes() const override { return nodes_.size(); }
  std::optional<StreamId> first() const override;
  std::optional<StreamId> last() const override;
  bool contains(StreamId id) const override;
  void visit(StreamId first, StreamId last, bool is_reversed, const Visit& visit) const override;
  void append(StreamId id, std::span<const FieldRef> fields, const StreamNodeLimits& limits) override;
  bool remove(StreamId id) override;
  std::size_t front_node_size() const override { return nodes_.front().entries.size(); }
  StreamId front_node_last() const override { return nodes_.front().entries.rbegin()->first; }
  void drop_front_node() override;
  void drop_from_front_node(std::size_t count) override;
  std::size_t memory_bytes() const override { return bytes_; }
  std::unique_ptr<Entries> take_dropped() override { return nullptr; }
  std::size_t free_some(std::size_t) override { return 0; }

 private:
  struct Node {
    std::map<StreamId, std::vector<Field>> entries;
    std::size_t added = 0;
    std::size_t bytes = 0;
  };

  std::vector<Node> nodes_;  // none is empty
  std::size_t size_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace stele::keyspace::reference
