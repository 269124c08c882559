// fuzz: elastic
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "protocols/elastic/document/bulk_parser.h"

// Any bytes as the body of a _bulk: items or a failure with a status, and the updates among them read too.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto items = stele::elastic::parse_bulk(text, {"index"});
  if (!items) {
    if (items.error().status < 400 || items.error().reason.empty()) __builtin_trap();
    return 0;
  }
  for (const stele::elastic::BulkItem& item : *items)
    if (item.operation.type == stele::elastic::OperationType::kUpdate)
      (void)stele::elastic::parse_update_body(item.operation.source);
  return 0;
}
