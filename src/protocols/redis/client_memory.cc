#include "protocols/redis/client_memory.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "base/log.h"

namespace stele::redis {

namespace {

constexpr Logger kLog("redis");

}  // namespace

std::size_t ClientMemory::limit() const {
  const std::int64_t limit = settings_.clients_memory_max;
  if (limit >= 0) return static_cast<std::size_t>(limit);
  return settings_.memory_bytes_max / 100 * static_cast<std::size_t>(-limit);
}

void ClientMemory::note(ClientRecord& record, std::size_t bytes) {
  const std::size_t former = record.memory_bytes.load(std::memory_order_relaxed);
  const std::size_t change = bytes > former ? bytes - former : former - bytes;
  if (change == 0 || (change < kStepBytes && bytes > 0)) return;
  record.memory_bytes.store(bytes, std::memory_order_relaxed);
  bytes_.fetch_add(bytes - former, std::memory_order_relaxed);  // modulo 2^64
  keys_.count_memory(static_cast<std::ptrdiff_t>(bytes - former));
  if (bytes > former) evict();
}

void ClientMemory::evict() {
  const std::size_t most = limit();
  if (most == 0 || bytes() <= most) return;
  std::vector<std::shared_ptr<ClientRecord>> records = clients_.all();
  std::erase_if(records, [](const auto& each) { return each->no_evict || each->is_evicted; });
  std::size_t total = 0;
  for (const auto& each : records) total += each->memory_bytes;
  std::ranges::sort(records, [](const auto& a, const auto& b) { return a->memory_bytes > b->memory_bytes; });
  for (const auto& each : records) {
    if (total <= most) return;
    total -= std::min<std::size_t>(total, each->memory_bytes);
    if (each->is_evicted.exchange(true)) continue;
    evicted_.fetch_add(1, std::memory_order_relaxed);
    kLog.warn("client closed for maxmemory-clients peer={} bytes={}", each->address,
              each->memory_bytes.load());
    clients_.remove(each->id);
    each->end();
  }
}

std::size_t ClientMemory::normal_bytes() const {
  std::size_t bytes = 0;
  for (const auto& each : clients_.all()) bytes += each->memory_bytes;
  return bytes;
}

}  // namespace stele::redis
