#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>

#include "keyspace/key.h"
#include "keyspace/keyspace.h"

namespace stele::keyspace::store {

// Who watches which key of a shard? Watches are forgotten outside of groups, so it has a lock of its own; a
// change costs one load while nobody watches. Threads: any.
class WatchTable {
 public:
  void add(const Key& key, std::atomic<bool>* touched) {
    const std::lock_guard lock(mutex_);
    watches_.emplace(key, touched);
    count_.store(watches_.size(), std::memory_order_relaxed);
  }
  void forget(const Key& key, std::atomic<bool>* touched) {
    const std::lock_guard lock(mutex_);
    auto [at, end] = watches_.equal_range(key);
    while (at->second != touched) ++at;
    watches_.erase(at);
    count_.store(watches_.size(), std::memory_order_relaxed);
  }
  // Both within a group over the key, so that no watch is added meanwhile.
  void touch(KeyRef key) {
    if (count_.load(std::memory_order_relaxed) == 0) return;
    const std::lock_guard lock(mutex_);
    const auto [first, last] = watches_.equal_range(key);
    for (auto at = first; at != last; ++at) at->second->store(true);
  }
  bool is_empty() const { return count_.load(std::memory_order_relaxed) == 0; }

 private:
  struct Less {
    using is_transparent = void;
    bool operator()(KeyRef a, KeyRef b) const { return a < b; }
  };

  std::mutex mutex_;
  std::multimap<Key, std::atomic<bool>*, Less> watches_;
  std::atomic<std::size_t> count_ = 0;
};

class StoreWatch final : public Watch {
 public:
  StoreWatch(WatchTable& table, KeyRef key) : table_(table), key_(key) { table_.add(key_, &touched_); }
  ~StoreWatch() override { table_.forget(key_, &touched_); }
  StoreWatch(const StoreWatch&) = delete;
  StoreWatch& operator=(const StoreWatch&) = delete;

  const Key& key() const { return key_; }
  bool touched() const { return touched_.load(); }

 private:
  WatchTable& table_;
  const Key key_;
  std::atomic<bool> touched_ = false;
};

}  // namespace stele::keyspace::store
