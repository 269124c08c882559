#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocols/elastic/document/operation.h"

namespace stele::elastic {

struct BulkDefaults {
  std::string index;  // of the path
  std::optional<std::string> routing = {};
  bool require_alias = false;
};

// One item: an operation, or what was wrong with it alone.
struct BulkItem {
  Operation operation;
  std::optional<Failure> failure;
};

// Which operations does this NDJSON text hold? Broken action lines and a missing last newline fail the whole
// request, as Elasticsearch has it. Linear; the sources are copied out.
Outcome<std::vector<BulkItem>> parse_bulk(std::string_view text, const BulkDefaults& defaults);

}  // namespace stele::elastic
