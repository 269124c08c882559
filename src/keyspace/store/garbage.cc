#include "keyspace/store/garbage.h"

#include <utility>

namespace stele::keyspace::store {

Garbage::~Garbage() {
  while (free_some(1024)) {
  }
}

void Garbage::push(Piece piece) {
  const std::lock_guard lock(mutex_);
  pieces_.push_back(std::move(piece));
  pending_.store(pieces_.size(), std::memory_order_relaxed);
}

void Garbage::add(Blob* blob) {
  push(blob);
}

void Garbage::add(FieldTable* fields) {
  push(fields);
}

void Garbage::add(List* list) {
  push(list);
}

void Garbage::add(ScoredTable* scored) {
  push(scored);
}

void Garbage::add(std::unique_ptr<KeyTable> keys) {
  push(std::move(keys));
}

void Garbage::add_outside(const Entry& entry) {
  if (!entry.is_outside()) return;
  switch (entry.type()) {
    case ValueType::kString:
      return add(entry.outside<Blob>());
    case ValueType::kList:
      return add(entry.outside<List>());
    case ValueType::kSortedSet:
      return add(entry.outside<ScoredTable>());
    default:
      return add(entry.outside<FieldTable>());
  }
}

std::size_t Garbage::free_from(Piece& piece, std::size_t count) {
  if (Blob** const blob = std::get_if<Blob*>(&piece)) {
    if (*blob == nullptr) return 0;
    Blob::free(std::exchange(*blob, nullptr));
    return count;
  }
  if (FieldTable** const fields = std::get_if<FieldTable*>(&piece)) {
    const std::size_t freed = (*fields)->free_some(count);
    if (freed == 0) delete *fields;
    return freed;
  }
  if (ScoredTable** const scored = std::get_if<ScoredTable*>(&piece)) {
    const std::size_t freed = (*scored)->free_some(count);
    if (freed == 0) delete *scored;
    return freed;
  }
  if (List** const list = std::get_if<List*>(&piece)) {
    const std::size_t freed = (*list)->free_some(count);
    if (freed == 0) delete *list;
    return freed;
  }
  return std::get<std::unique_ptr<KeyTable>>(piece)->take_some(count, [this](Entry* entry) {
    add_outside(*entry);
    Entry::free(entry);
  });
}

bool Garbage::free_some(std::size_t count) {
  const std::unique_lock freeing(freeing_, std::try_to_lock);
  if (!freeing.owns_lock()) return false;
  while (true) {
    std::unique_lock lock(mutex_);
    if (pieces_.empty()) return false;
    Piece piece = std::move(pieces_.back());
    pieces_.pop_back();
    pending_.store(pieces_.size() + 1, std::memory_order_relaxed);
    lock.unlock();
    const std::size_t freed = free_from(piece, count);
    lock.lock();
    if (freed > 0) pieces_.push_back(std::move(piece));
    pending_.store(pieces_.size(), std::memory_order_relaxed);
    if (freed >= count) return true;
    count -= freed;
  }
}

}  // namespace stele::keyspace::store
