#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "base/result.h"

namespace stele::postgres {

// Where do bytes go that do not fit into memory? Written once from front to back, then read; gone with its
// destruction and after a crash. One thread. The node's wiring gives one over a spill file of its data
// directory; the two below serve tests and programs without one.
class Spool {
 public:
  virtual ~Spool() = default;
  // kResourceExhausted beyond a limit, kIo for a full or broken disk.
  virtual Result<void> append(std::string_view bytes) = 0;
  // Fills `out` from `offset` on; fewer bytes only at the end. kIo or kCorruption.
  virtual Result<std::size_t> read(std::uint64_t offset, char* out, std::size_t size) const = 0;
  virtual std::uint64_t size() const = 0;
};

using SpoolFactory = std::function<Result<std::unique_ptr<Spool>>()>;

// Spools in memory, `bytes_max` each.
SpoolFactory memory_spools(std::uint64_t bytes_max);
// Spools in unnamed files of `directory`, `bytes_max` each.
SpoolFactory temporary_file_spools(std::string directory, std::uint64_t bytes_max);

}  // namespace stele::postgres
