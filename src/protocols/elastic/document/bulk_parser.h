#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
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
// request, as Elasticsearch has it. Read in pieces, so that a reactor need not stand still for a large text.
// Linear; the sources are copied out, and the text outlives this.
class BulkParser {
 public:
  BulkParser(std::string_view text, BulkDefaults defaults) : rest_(text), defaults_(std::move(defaults)) {}

  // Takes up to so many more items. False when the text is read; after a failure there is nothing more to do.
  Outcome<bool> read(std::size_t items_max);
  // What was read, once there is no more.
  Outcome<std::vector<BulkItem>> finish();

 private:
  Outcome<bool> read_item();

  std::string_view rest_;
  BulkDefaults defaults_;
  std::size_t line_ = 0;
  bool blank_ = true;  // so far
  std::vector<BulkItem> items_;
  std::vector<std::string> problems_;
};

// The same at once.
Outcome<std::vector<BulkItem>> parse_bulk(std::string_view text, const BulkDefaults& defaults);

}  // namespace stele::elastic
