#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "protocols/redis/head.h"
#include "protocols/redis/operations/allocator.h"

namespace stele::redis {

// What INFO and MEMORY tell of memory, all at one moment. `used` is what the keys take by the allocator's
// account, what is left of keys that are gone, and what the clients' requests and replies take: what the
// process has besides (the other heads, indexes, code) is in `resident` alone.
struct MemoryFigures {
  explicit MemoryFigures(Head& head);

  std::size_t keys = 0;
  std::size_t dataset = 0;
  std::size_t freeing = 0;  // not compared with the limit
  std::size_t clients = 0;
  std::size_t used = 0;
  std::size_t peak = 0;
  std::size_t limit = 0;
  std::size_t scripts = 0;
  std::size_t functions = 0;
  std::size_t resident = 0;
  std::optional<AllocatorFigures> allocator;

  double percent_of_used(std::size_t bytes) const;
  double percent_of_peak() const;
  // Of the allocator's pages to what is in them.
  double fragmentation_ratio() const;
  std::size_t fragmentation_bytes() const;
};

// INFO's section.
std::string memory_section(Head& head);

}  // namespace stele::redis
