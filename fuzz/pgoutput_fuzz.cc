// fuzz: postgres
// First byte: bit 0 = inside a streamed block. The rest is one pgoutput message, or the content of one
// CopyData.
#include <cstddef>
#include <cstdint>

#include "postgres/replication/pgoutput.h"
#include "postgres/replication/protocol.h"

namespace {

std::size_t total = 0;

void walk(const stele::postgres::Tuple& tuple) {
  for (const stele::postgres::ColumnValue column : tuple) {
    for (const char byte : column.bytes) total += static_cast<unsigned char>(byte);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stele::postgres;
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  (void)decode_replication_message(bytes);
  const auto message = pgoutput::decode(bytes, (data[0] & 1) != 0);
  if (!message.has_value()) return 0;
  if (const auto* insert = std::get_if<pgoutput::Insert>(&*message)) walk(insert->row);
  if (const auto* deleted = std::get_if<pgoutput::Delete>(&*message)) walk(deleted->old_row);
  if (const auto* update = std::get_if<pgoutput::Update>(&*message)) {
    walk(update->old_row);
    walk(update->row);
  }
  return 0;
}
