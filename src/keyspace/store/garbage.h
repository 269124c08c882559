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

namespace stele::keyspace::store {

// What large values were, to be freed a little at a time and with no shard held. Threads: any; one frees.
class Garbage {
 public:
  ~Garbage();

  void add(Blob* blob);
  void add(FieldTable* fields);
  void add(List* list);
  void add(ScoredTable* scored);
  void add(std::unique_ptr<KeyTable> keys);
  bool is_empty() const { return pending_.load(std::memory_order_relaxed) == 0; }
  // Frees about so many allocations; nothing while another thread does. Whether there is more.
  bool free_some(std::size_t count);

 private:
  using Piece = std::variant<Blob*, FieldTable*, List*, ScoredTable*, std::unique_ptr<KeyTable>>;
  void push(Piece piece);
  // What the value of an entry that goes has outside.
  void add_outside(const Entry& entry);
  // How many allocations it freed; 0 = the piece is gone.
  std::size_t free_from(Piece& piece, std::size_t count);

  std::mutex freeing_;  // held while one frees
  std::mutex mutex_;    // of pieces_
  std::vector<Piece> pieces_;
  std::atomic<std::size_t> pending_ = 0;
};

}  // namespace stele::keyspace::store
