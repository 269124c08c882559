#pragma once

#include <cstddef>
#include <string_view>

#include "keyspace/key.h"
#include "keyspace/store/prefix_table.h"
#include "keyspace/store/score_tree.h"

namespace stele::keyspace::store {

struct ScoredItemHash {
  std::uint64_t operator()(const ScoredItem& item) const { return hash_of(item.name()); }
};

// A large sorted set: its members by name and in order, owned. Threads: the shard's.
class ScoredTable {
 public:
  ScoredTable() = default;
  ~ScoredTable() {
    while (free_some(1024) > 0) {
    }
  }
  ScoredTable(const ScoredTable&) = delete;
  ScoredTable& operator=(const ScoredTable&) = delete;

  std::size_t size() const { return tree_.size(); }
  std::size_t memory_bytes() const {
    return sizeof(*this) + item_bytes_ + items_.memory_bytes() + tree_.memory_bytes();
  }

  ScoredItem* find(std::string_view name) const;
  // One that is not there.
  void insert(std::string_view name, double score);
  void move(ScoredItem* item, double score) { tree_.move(item, score); }
  // Whether there was one.
  bool remove(std::string_view name);
  const ScoreTree& order() const { return tree_; }
  template <class Visit, class Enough>
  std::uint64_t walk(std::uint64_t hash, Visit visit, Enough enough) const {
    return items_.walk(hash, visit, enough);
  }
  // Of one that is given up: how many allocations went; 0 = none is left.
  std::size_t free_some(std::size_t count);

 private:
  using Items = PrefixTable<ScoredItem, ScoredItemHash>;

  Items items_{ScoredItemHash{}};
  ScoreTree tree_;
  std::size_t item_bytes_ = 0;
};

}  // namespace stele::keyspace::store
