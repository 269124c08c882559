#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "keyspace/value.h"

namespace stele::keyspace::store {

// A member of a large sorted set and its score, in one allocation.
class ScoredItem {
 public:
  static ScoredItem* make(std::string_view name, double score);
  static void free(ScoredItem* item);

  std::string_view name() const { return {bytes_, size_}; }
  double score() const { return score_; }
  void set_score(double score) { score_ = score; }
  ScoredRef scored() const { return {name(), score_}; }
  std::size_t memory_bytes() const;

 private:
  static constexpr std::size_t kHeaderBytes = sizeof(double) + sizeof(std::uint32_t);

  double score_;
  std::uint32_t size_;
  char bytes_[4];  // and those behind
};

// Who is before whom, and how many? Items in the order of score and name: a B+ tree whose leaves have score
// and address side by side, so that a search looks at an item's name only among equal scores, and whose inner
// nodes count what is below them. Items are not owned.
//
// Threads: its owner's. Cost: a step is logarithmic; what it moves at once is a node of at most 2 KB. Leaves
// filled in ascending or descending order are full, else about two thirds.
class ScoreTree {
 public:
  ScoreTree() = default;
  ~ScoreTree();
  ScoreTree(const ScoreTree&) = delete;
  ScoreTree& operator=(const ScoreTree&) = delete;

  std::size_t size() const { return size_; }
  std::size_t memory_bytes() const { return memory_bytes_; }

  // One that is not there, by the score and name that it has.
  void insert(ScoredItem* item);
  // One that is there.
  void erase(const ScoredItem* item);
  // Gives one that is there another score.
  void move(ScoredItem* item, double score);

  // How many items are before the first for which `is_before(score, item)` is false; it is true for all
  // before that one.
  template <class IsBefore>
  std::size_t count_before(IsBefore is_before) const {
    if (root_ == nullptr) return 0;
    std::size_t count = 0;
    const void* node = root_;
    for (unsigned height = height_; height > 0; --height) {
      const auto* const inner = static_cast<const Inner*>(node);
      const std::size_t at = part_before(*inner, is_before);
      for (std::size_t i = 0; i < at; ++i) count += inner->parts[i].size;
      node = inner->parts[at].node;
    }
    return count + slot_behind(*static_cast<const Leaf*>(node), is_before);
  }
  std::size_t rank_of(const ScoredItem& item) const { return count_before(Before(item.scored())); }
  // rank < size().
  const ScoredItem* at(std::size_t rank) const;

  // Calls `visit(item)` with so many items from that rank on, upwards or downwards; they are there.
  template <class Visit>
  void visit(std::size_t rank, std::size_t count, bool downwards, Visit visit) const {
    if (count == 0) return;
    std::size_t place = 0;
    const Leaf* leaf = leaf_at(rank, &place);
    while (true) {
      visit(*leaf->slots[place].item);
      if (--count == 0) return;
      if (downwards) {
        if (place == 0) {
          leaf = leaf->before;
          place = leaf->count;
        }
        --place;
      } else if (++place == leaf->count) {
        leaf = leaf->behind;
        place = 0;
      }
    }
  }

  // Of a tree that is given up: frees up to so many nodes; 0 = none is left. Nothing else may follow.
  std::size_t free_some(std::size_t count);

 private:
  static constexpr std::size_t kLeafSlots = 62;
  static constexpr std::size_t kInnerParts = 63;

  struct Slot {
    double score;
    ScoredItem* item;
  };
  struct Leaf {
    std::uint64_t count = 0;
    Leaf* before = nullptr;
    Leaf* behind = nullptr;
    Slot slots[kLeafSlots];
  };
  // A child, how many items it has, and the first of them.
  struct Part {
    Slot first;
    void* node;
    std::size_t size;
  };
  struct Inner {
    std::uint64_t count = 0;
    Part parts[kInnerParts];
  };

  // Whether an item is before a score and name.
  class Before {
   public:
    explicit Before(const ScoredRef& wanted) : wanted_(wanted) {}
    bool operator()(double score, const ScoredItem& item) const {
      if (score != wanted_.score) return score < wanted_.score;
      return item.name() < wanted_.member;
    }

   private:
    ScoredRef wanted_;
  };

  // The last child whose first item is before; else the first child.
  template <class IsBefore>
  static std::size_t part_before(const Inner& inner, const IsBefore& is_before) {
    std::size_t first = 1;
    for (std::size_t count = inner.count - 1; count > 0;) {
      const std::size_t half = count / 2;
      const Slot& slot = inner.parts[first + half].first;
      if (is_before(slot.score, *slot.item)) {
        first += half + 1;
        count -= half + 1;
      } else {
        count = half;
      }
    }
    return first - 1;
  }
  template <class IsBefore>
  static std::size_t slot_behind(const Leaf& leaf, const IsBefore& is_before) {
    std::size_t first = 0;
    for (std::size_t count = leaf.count; count > 0;) {
      const std::size_t half = count / 2;
      const Slot& slot = leaf.slots[first + half];
      if (is_before(slot.score, *slot.item)) {
        first += half + 1;
        count -= half + 1;
      } else {
        count = half;
      }
    }
    return first;
  }

  // The child that has an item that is there.
  static std::size_t part_with(const Inner& inner, const ScoredItem& item);
  const Leaf* leaf_at(std::size_t rank, std::size_t* place) const;

  template <class Node>
  Node* make_node();
  template <class Node>
  void free_node(Node* node);
  void unlink(Leaf* leaf);
  // What is below a node; what it has.
  static std::size_t items_of(const void* node, unsigned height);
  static std::size_t count_of(const void* node, unsigned height);
  static Slot first_of(const void* node, unsigned height);

  // A node that was full is two afterwards: the new one behind it, else null.
  void* insert_below(void* node, unsigned height, const Slot& slot, const Before& before);
  Leaf* insert_in_leaf(Leaf* leaf, const Slot& slot, const Before& before);
  Inner* insert_part(Inner* inner, std::size_t at, const Part& part);
  void erase_below(void* node, unsigned height, const ScoredItem& item);
  void settle_child(Inner* inner, std::size_t at, unsigned height);
  bool join(Inner* inner, std::size_t at, unsigned height);
  void remove_part(Inner* inner, std::size_t at);
  void free_inner(Inner* inner, unsigned height);

  void* root_ = nullptr;
  unsigned height_ = 0;  // 0 = the root is a leaf
  Leaf* first_leaf_ = nullptr;
  std::size_t size_ = 0;
  std::size_t memory_bytes_ = 0;
};

}  // namespace stele::keyspace::store
