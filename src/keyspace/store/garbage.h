#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <variant>
#include <vector>

#include "keyspace/store/blob.h"
#include "keyspace/store/fields.h"
#include "keyspace/store/list.h"
#include "keyspace/store/scored_table.h"
#include "keyspace/store/shard.h"
#include "keyspace/stream/stream.h"

namespace stele::keyspace::store {

// What large values were, to be freed a little at a time and with no shard held. Threads: any; one frees.
class Garbage {
 public:
  ~Garbage();

  // What the value of an entry has outside of it, if it has.
  void add(const Entry& entry);
  void add(List* list);
  void add(stream::Stream* stream);
  void add(std::unique_ptr<KeyTable> keys);
  bool is_empty() const { return pending_.load(std::memory_order_relaxed) == 0; }
  // Frees about so many allocations; nothing while another thread does. Whether there is more.
  bool free_some(std::size_t count);

  // Values that wait, what they take, and those that are gone.
  std::size_t objects() const { return objects_.load(std::memory_order_relaxed); }
  std::size_t bytes() const { return bytes_.load(std::memory_order_relaxed); }
  std::uint64_t freed_objects() const { return freed_objects_.load(std::memory_order_relaxed); }

 private:
  struct Piece {
    std::variant<Blob*, FieldTable*, List*, ScoredTable*, stream::Stream*, std::unique_ptr<KeyTable>> what;
    std::size_t bytes = 0;
  };
  void push(Piece piece, std::size_t objects);
  void count_freed(Piece& piece, std::size_t bytes, std::size_t objects);
  std::size_t free_keys(Piece& piece, std::size_t count);
  // How many allocations it freed; 0 = the piece is gone.
  std::size_t free_from(Piece& piece, std::size_t count);

  std::mutex freeing_;  // held while one frees
  std::mutex mutex_;    // of pieces_
  std::vector<Piece> pieces_;
  std::atomic<std::size_t> pending_ = 0;
  std::atomic<std::size_t> objects_ = 0;
  std::atomic<std::size_t> bytes_ = 0;
  std::atomic<std::uint64_t> freed_objects_ = 0;
};

}  // namespace stele::keyspace::store
