#include "keyspace/store/garbage.h"

#include <utility>

#include "keyspace/store/values.h"

namespace stele::keyspace::store {

Garbage::~Garbage() {
  while (free_some(1024)) {
  }
}

void Garbage::push(Piece piece, std::size_t objects) {
  objects_.fetch_add(objects, std::memory_order_relaxed);
  bytes_.fetch_add(piece.bytes, std::memory_order_relaxed);
  const std::lock_guard lock(mutex_);
  pieces_.push_back(std::move(piece));
  pending_.store(pieces_.size(), std::memory_order_relaxed);
}

void Garbage::count_freed(Piece& piece, std::size_t bytes, std::size_t objects) {
  piece.bytes -= bytes;
  bytes_.fetch_sub(bytes, std::memory_order_relaxed);
  objects_.fetch_sub(objects, std::memory_order_relaxed);
  freed_objects_.fetch_add(objects, std::memory_order_relaxed);
}

void Garbage::add(const Entry& entry) {
  if (!entry.is_outside()) return;
  const std::size_t bytes = outside_bytes(entry);
  switch (entry.type()) {
    case ValueType::kString:
      return push({entry.outside<Blob>(), bytes}, 1);
    case ValueType::kList:
      return push({entry.outside<List>(), bytes}, 1);
    case ValueType::kSortedSet:
      return push({entry.outside<ScoredTable>(), bytes}, 1);
    case ValueType::kStream:
      return push({entry.outside<stream::Stream>(), bytes}, 1);
    default:
      return push({entry.outside<FieldTable>(), bytes}, 1);
  }
}

void Garbage::add(List* list) {
  push({list, list->memory_bytes()}, 1);
}

void Garbage::add(stream::Stream* stream) {
  push({stream, stream->memory_bytes()}, 1);
}

void Garbage::add(std::unique_ptr<KeyTable> keys) {
  const std::size_t bytes = keys->counted_bytes;
  const std::size_t objects = keys->size();
  push({std::move(keys), bytes}, objects);
}

std::size_t Garbage::free_keys(Piece& piece, std::size_t count) {
  std::size_t bytes = 0;
  const std::size_t freed =
      std::get<std::unique_ptr<KeyTable>>(piece.what)->take_some(count, [&](Entry* entry) {
        bytes += entry->memory_bytes() + outside_bytes(*entry);
        add(*entry);  // a piece of its own, which is counted as one
        Entry::free(entry);
      });
  count_freed(piece, freed == 0 ? piece.bytes : bytes, freed);
  return freed;
}

std::size_t Garbage::free_from(Piece& piece, std::size_t count) {
  if (Blob** const blob = std::get_if<Blob*>(&piece.what)) {
    if (*blob == nullptr) return 0;
    Blob::free(std::exchange(*blob, nullptr));
    count_freed(piece, piece.bytes, 1);
    return count;
  }
  if (std::holds_alternative<std::unique_ptr<KeyTable>>(piece.what)) return free_keys(piece, count);
  const auto free_some_of = [&](auto* value) {
    const std::size_t freed = value->free_some(count);
    if (freed > 0) return freed;
    delete value;
    count_freed(piece, piece.bytes, 1);
    return freed;
  };
  if (FieldTable** const fields = std::get_if<FieldTable*>(&piece.what)) return free_some_of(*fields);
  if (ScoredTable** const scored = std::get_if<ScoredTable*>(&piece.what)) return free_some_of(*scored);
  if (stream::Stream** const stream = std::get_if<stream::Stream*>(&piece.what)) return free_some_of(*stream);
  return free_some_of(std::get<List*>(piece.what));
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
