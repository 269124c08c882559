#include "keyspace/store/score_tree.h"

#include <algorithm>
#include <cstdlib>
#include <new>

#include "base/check.h"
#include "keyspace/store/entry.h"

namespace stele::keyspace::store {

namespace {

// Whether an item is before a score and name, or has them.
class BeforeOrAt {
 public:
  explicit BeforeOrAt(const ScoredRef& wanted) : wanted_(wanted) {}
  bool operator()(double score, const ScoredItem& item) const {
    if (score != wanted_.score) return score < wanted_.score;
    return item.name() <= wanted_.member;
  }

 private:
  ScoredRef wanted_;
};

// So many elements behind the first `from` go to the front of another node.
template <class Element>
void move_elements(Element* from, std::size_t count, Element* to) {
  if (count > 0) std::memmove(to, from, count * sizeof(Element));
}

}  // namespace

ScoredItem* ScoredItem::make(std::string_view name, double score) {
  void* const memory = std::malloc(std::max(kHeaderBytes + name.size(), sizeof(ScoredItem)));
  STELE_CHECK_MESSAGE(memory != nullptr, "out of memory");
  auto* const item = new (memory) ScoredItem;
  item->score_ = score;
  item->size_ = static_cast<std::uint32_t>(name.size());
  if (!name.empty()) std::memcpy(static_cast<char*>(memory) + kHeaderBytes, name.data(), name.size());
  return item;
}

void ScoredItem::free(ScoredItem* item) {
  std::free(item);
}

std::size_t ScoredItem::memory_bytes() const {
  return allocated_bytes(this);
}

ScoreTree::~ScoreTree() {
  while (free_some(1024) > 0) {
  }
}

template <class Node>
Node* ScoreTree::make_node() {
  auto* const node = new Node;
  memory_bytes_ += allocated_bytes(node);
  return node;
}

template <class Node>
void ScoreTree::free_node(Node* node) {
  memory_bytes_ -= allocated_bytes(node);
  delete node;
}

void ScoreTree::unlink(Leaf* leaf) {
  (leaf->before != nullptr ? leaf->before->behind : first_leaf_) = leaf->behind;
  if (leaf->behind != nullptr) leaf->behind->before = leaf->before;
}

std::size_t ScoreTree::items_of(const void* node, unsigned height) {
  if (height == 0) return static_cast<const Leaf*>(node)->count;
  const auto* const inner = static_cast<const Inner*>(node);
  std::size_t items = 0;
  for (std::size_t i = 0; i < inner->count; ++i) items += inner->parts[i].size;
  return items;
}

std::size_t ScoreTree::count_of(const void* node, unsigned height) {
  return height == 0 ? static_cast<const Leaf*>(node)->count : static_cast<const Inner*>(node)->count;
}

ScoreTree::Slot ScoreTree::first_of(const void* node, unsigned height) {
  return height == 0 ? static_cast<const Leaf*>(node)->slots[0]
                     : static_cast<const Inner*>(node)->parts[0].first;
}

std::size_t ScoreTree::part_with(const Inner& inner, const ScoredItem& item) {
  return part_before(inner, BeforeOrAt(item.scored()));
}

void ScoreTree::insert(ScoredItem* item) {
  if (root_ == nullptr) root_ = first_leaf_ = make_node<Leaf>();
  void* const behind = insert_below(root_, height_, {item->score(), item}, Before(item->scored()));
  ++size_;
  if (behind == nullptr) return;
  auto* const root = make_node<Inner>();
  root->count = 2;
  root->parts[0] = {first_of(root_, height_), root_, items_of(root_, height_)};
  root->parts[1] = {first_of(behind, height_), behind, items_of(behind, height_)};
  root_ = root;
  ++height_;
}

void* ScoreTree::insert_below(void* node, unsigned height, const Slot& slot, const Before& before) {
  if (height == 0) return insert_in_leaf(static_cast<Leaf*>(node), slot, before);
  auto* const inner = static_cast<Inner*>(node);
  const std::size_t at = part_before(*inner, before);
  Part& part = inner->parts[at];
  void* const behind = insert_below(part.node, height - 1, slot, before);
  part.first = first_of(part.node, height - 1);
  ++part.size;
  if (behind == nullptr) return nullptr;
  const std::size_t size = items_of(behind, height - 1);
  part.size -= size;
  return insert_part(inner, at + 1, {first_of(behind, height - 1), behind, size});
}

ScoreTree::Leaf* ScoreTree::insert_in_leaf(Leaf* leaf, const Slot& slot, const Before& before) {
  std::size_t place = slot_behind(*leaf, before);
  Leaf* split = nullptr;
  if (leaf->count == kLeafSlots) {
    // What comes in order leaves full leaves behind.
    std::size_t cut = kLeafSlots / 2;
    if (place == kLeafSlots && leaf->behind == nullptr) cut = kLeafSlots;
    if (place == 0 && leaf->before == nullptr) cut = 0;
    split = make_node<Leaf>();
    split->count = kLeafSlots - cut;
    split->before = leaf;
    split->behind = leaf->behind;
    if (leaf->behind != nullptr) leaf->behind->before = split;
    leaf->behind = split;
    move_elements(leaf->slots + cut, split->count, split->slots);
    leaf->count = cut;
    if (place > cut || cut == kLeafSlots) {
      place -= cut;
      leaf = split;
    }
  }
  move_elements(leaf->slots + place, leaf->count - place, leaf->slots + place + 1);
  leaf->slots[place] = slot;
  ++leaf->count;
  return split;
}

ScoreTree::Inner* ScoreTree::insert_part(Inner* inner, std::size_t at, const Part& part) {
  Inner* split = nullptr;
  if (inner->count == kInnerParts) {
    const std::size_t cut = at == kInnerParts ? kInnerParts - 1 : kInnerParts / 2;
    split = make_node<Inner>();
    split->count = kInnerParts - cut;
    move_elements(inner->parts + cut, split->count, split->parts);
    inner->count = cut;
    if (at > cut) {
      at -= cut;
      inner = split;
    }
  }
  move_elements(inner->parts + at, inner->count - at, inner->parts + at + 1);
  inner->parts[at] = part;
  ++inner->count;
  return split;
}

void ScoreTree::erase(const ScoredItem* item) {
  erase_below(root_, height_, *item);
  --size_;
  while (height_ > 0 && count_of(root_, height_) == 1) {
    auto* const former = static_cast<Inner*>(root_);
    root_ = former->parts[0].node;
    --height_;
    free_node(former);
  }
  if (size_ > 0) return;
  free_node(static_cast<Leaf*>(root_));
  root_ = first_leaf_ = nullptr;
}

void ScoreTree::erase_below(void* node, unsigned height, const ScoredItem& item) {
  if (height == 0) {
    auto* const leaf = static_cast<Leaf*>(node);
    const std::size_t place = slot_behind(*leaf, Before(item.scored()));
    STELE_CHECK(place < leaf->count && leaf->slots[place].item == &item);
    --leaf->count;
    return move_elements(leaf->slots + place + 1, leaf->count - place, leaf->slots + place);
  }
  auto* const inner = static_cast<Inner*>(node);
  const std::size_t at = part_with(*inner, item);
  erase_below(inner->parts[at].node, height - 1, item);
  --inner->parts[at].size;
  settle_child(inner, at, height - 1);
}

// After it lost an item: it goes when it is empty, and joins a neighbour when it is small.
void ScoreTree::settle_child(Inner* inner, std::size_t at, unsigned height) {
  Part& part = inner->parts[at];
  const std::size_t count = count_of(part.node, height);
  if (count == 0) {
    if (height == 0) {
      unlink(static_cast<Leaf*>(part.node));
      free_node(static_cast<Leaf*>(part.node));
    } else {
      free_node(static_cast<Inner*>(part.node));
    }
    return remove_part(inner, at);
  }
  part.first = first_of(part.node, height);
  if (count >= (height == 0 ? kLeafSlots : kInnerParts) / 4) return;
  if (!join(inner, at, height) && at > 0) join(inner, at - 1, height);
}

// The child there takes in the one behind it, if both together leave room.
bool ScoreTree::join(Inner* inner, std::size_t at, unsigned height) {
  if (at + 1 >= inner->count) return false;
  Part& left = inner->parts[at];
  const Part& right = inner->parts[at + 1];
  const std::size_t most = (height == 0 ? kLeafSlots : kInnerParts) * 3 / 4;
  if (count_of(left.node, height) + count_of(right.node, height) > most) return false;
  left.size += right.size;
  if (height == 0) {
    auto* const into = static_cast<Leaf*>(left.node);
    auto* const from = static_cast<Leaf*>(right.node);
    move_elements(from->slots, from->count, into->slots + into->count);
    into->count += from->count;
    unlink(from);
    free_node(from);
  } else {
    auto* const into = static_cast<Inner*>(left.node);
    auto* const from = static_cast<Inner*>(right.node);
    move_elements(from->parts, from->count, into->parts + into->count);
    into->count += from->count;
    free_node(from);
  }
  remove_part(inner, at + 1);
  return true;
}

void ScoreTree::remove_part(Inner* inner, std::size_t at) {
  --inner->count;
  move_elements(inner->parts + at + 1, inner->count - at, inner->parts + at);
}

void ScoreTree::move(ScoredItem* item, double score) {
  void* node = root_;
  for (unsigned height = height_; height > 0; --height) {
    const auto* const inner = static_cast<const Inner*>(node);
    node = inner->parts[part_with(*inner, *item)].node;
  }
  auto* const leaf = static_cast<Leaf*>(node);
  const std::size_t place = slot_behind(*leaf, Before(item->scored()));
  const ScoredRef moved{item->name(), score};
  // Between the same two neighbours, inside of a leaf: nobody else need know.
  const bool stays = place > 0 && place + 1 < leaf->count &&
                     Before(moved)(leaf->slots[place - 1].score, *leaf->slots[place - 1].item) &&
                     !Before(moved)(leaf->slots[place + 1].score, *leaf->slots[place + 1].item);
  if (stays) {
    item->set_score(score);
    leaf->slots[place].score = score;
    return;
  }
  erase(item);
  item->set_score(score);
  insert(item);
}

const ScoreTree::Leaf* ScoreTree::leaf_at(std::size_t rank, std::size_t* place) const {
  const void* node = root_;
  for (unsigned height = height_; height > 0; --height) {
    const auto* const inner = static_cast<const Inner*>(node);
    std::size_t at = 0;
    for (; rank >= inner->parts[at].size; ++at) rank -= inner->parts[at].size;
    node = inner->parts[at].node;
  }
  *place = rank;
  return static_cast<const Leaf*>(node);
}

const ScoredItem* ScoreTree::at(std::size_t rank) const {
  std::size_t place = 0;
  return leaf_at(rank, &place)->slots[place].item;
}

void ScoreTree::free_inner(Inner* inner, unsigned height) {
  for (std::size_t i = 0; height > 1 && i < inner->count; ++i) {
    free_inner(static_cast<Inner*>(inner->parts[i].node), height - 1);
  }
  free_node(inner);
}

std::size_t ScoreTree::free_some(std::size_t count) {
  std::size_t freed = 0;
  for (; freed < count && first_leaf_ != nullptr; ++freed) {
    Leaf* const leaf = first_leaf_;
    first_leaf_ = leaf->behind;
    free_node(leaf);
  }
  if (first_leaf_ == nullptr && root_ != nullptr) {
    // Some hundredths of the leaves.
    if (height_ > 0) free_inner(static_cast<Inner*>(root_), height_);
    root_ = nullptr;
    height_ = 0;
    size_ = 0;
    ++freed;
  }
  return freed;
}

}  // namespace stele::keyspace::store
