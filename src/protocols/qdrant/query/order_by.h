#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/document.h"
#include "json/document.h"
#include "protocols/qdrant/collection/collection.h"
#include "protocols/qdrant/payload/json_path.h"

namespace stele::qdrant {

// In which order does a scroll or query give points? By the numbers or dates at a path of the payload; a
// point with several values comes once for each. Qdrant demands a payload index that can be read in order; so
// do we.
struct OrderBy {
  enum class Kind : std::uint8_t { kInteger, kFloat, kDate };
  JsonPath key;
  Kind kind = Kind::kInteger;
  bool descending = false;
  std::optional<double> start_from = {};  // dates: nanoseconds

  // A path, or {"key", "direction", "start_from"}. 400 without an index.
  static Outcome<OrderBy> read(const Collection& collection, json::Value value);
};

struct Ordered {
  engine::DocumentPtr document;
  double number = 0;  // nanoseconds of dates
  std::string value;  // as the payload has it, JSON; of dates the text
};

// The documents' values in order; equal ones by key.
std::vector<Ordered> order(const OrderBy& by, const std::vector<engine::DocumentPtr>& documents);

}  // namespace stele::qdrant
