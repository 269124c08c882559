#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "keyspace/keyspace.h"
#include "protocols/redis/client_list.h"
#include "protocols/redis/settings.h"

namespace stele::redis {

// What do the clients take, and who takes too much? Their requests and replies count against maxmemory like
// keys; beyond maxmemory-clients the largest of them are closed. Any thread. Cost: two additions where a
// client has changed by a kilobyte; a look at all clients while they are beyond the limit.
class ClientMemory {
 public:
  ClientMemory(ClientList& clients, keyspace::Keyspace& keys, const Settings& settings)
      : clients_(clients), keys_(keys), settings_(settings) {}

  // The client takes so much by now; 0 when it goes. Its session's thread.
  void note(ClientRecord& record, std::size_t bytes);
  // Closes the largest clients that may be, until the rest is within the limit.
  void evict();

  // Of all clients but those that wait for messages, and of these.
  std::size_t normal_bytes() const;
  std::size_t bytes() const { return bytes_.load(std::memory_order_relaxed); }
  std::uint64_t evicted() const { return evicted_.load(std::memory_order_relaxed); }
  // maxmemory-clients in bytes; 0 = no limit.
  std::size_t limit() const;

 private:
  // What changes by less is told later.
  static constexpr std::size_t kStepBytes = 1024;

  ClientList& clients_;
  keyspace::Keyspace& keys_;
  const Settings& settings_;
  std::atomic<std::size_t> bytes_ = 0;
  std::atomic<std::uint64_t> evicted_ = 0;
};

}  // namespace stele::redis
