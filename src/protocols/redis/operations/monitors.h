#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "protocols/redis/client_list.h"

namespace stele::redis {

// Who looks on at all commands? MONITOR's clients, and the line that each gets for a command. Any thread; a
// command costs one load while nobody looks on.
class Monitors {
 public:
  void add(const std::shared_ptr<ClientRecord>& client);
  void remove(const ClientRecord& client);
  bool is_used() const { return count_.load(std::memory_order_relaxed) > 0; }
  // `from` is the client's address, or "lua".
  void show(std::span<const std::string_view> arguments, std::uint16_t db, std::string_view from,
            WallTime now);

 private:
  std::atomic<std::size_t> count_ = 0;
  std::mutex mutex_;
  std::vector<std::shared_ptr<ClientRecord>> clients_;
};

}  // namespace stele::redis
