#include "keyspace/store/scored_table.h"

namespace stele::keyspace::store {

ScoredItem* ScoredTable::find(std::string_view name) const {
  Items::Place place;
  return items_.find(hash_of(name), [&](const ScoredItem& item) { return item.name() == name; }, &place);
}

void ScoredTable::insert(std::string_view name, double score) {
  ScoredItem* const item = ScoredItem::make(name, score);
  item_bytes_ += item->memory_bytes();
  items_.insert(hash_of(name), item, 0);
  tree_.insert(item);
}

bool ScoredTable::remove(std::string_view name) {
  const std::uint64_t hash = hash_of(name);
  Items::Place place;
  ScoredItem* const item =
      items_.find(hash, [&](const ScoredItem& each) { return each.name() == name; }, &place);
  if (item == nullptr) return false;
  tree_.erase(item);
  items_.erase(hash, place);
  item_bytes_ -= item->memory_bytes();
  ScoredItem::free(item);
  return true;
}

std::size_t ScoredTable::free_some(std::size_t count) {
  // The tree first: it looks at no item.
  const std::size_t nodes = tree_.free_some(count);
  if (nodes > 0) return nodes;
  return items_.take_some(count, ScoredItem::free);
}

}  // namespace stele::keyspace::store
