// fuzz: postgres
// A sequence of pgoutput payloads, each behind a two-byte length: whatever the order, transactions come out
// whole or an error does.
#include <cstddef>
#include <cstdint>

#include "postgres/replication/assembler.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stele::postgres;
  TransactionAssembler assembler({.memory_bytes_max = 500, .batch = {.changes = 5, .bytes = 200}},
                                 memory_spools(1U << 20));
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  while (bytes.size() >= 2) {
    const std::size_t length = stele::load_big_endian<std::uint16_t>(bytes.data());
    auto taken = assembler.take(bytes.substr(2, length));
    if (!taken.has_value()) return 0;
    if (taken->has_value()) {
      if (auto* transaction = std::get_if<std::unique_ptr<Transaction>>(&**taken)) {
        while (true) {
          const auto batch = (*transaction)->next_batch();
          if (!batch.has_value()) __builtin_trap();
          if (batch->empty()) break;
        }
      }
    }
    bytes.remove_prefix(std::min(bytes.size(), 2 + length));
  }
  return 0;
}
