#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "engine/aggregation/aggregation.h"
#include "engine/query/query.h"
#include "engine/query/stage.h"

namespace stele::engine {

// One collection of the snapshot, and how much of it this request may see.
struct Target {
  std::size_t collection = 0;       // index in the snapshot
  QueryPtr alias_filter = nullptr;  // of the alias by which it was named
  QueryPtr access_filter =
      nullptr;  // of access: applied to everything, aggregations and look-ups by key included
  // Column mask of access: none = all. A field that is not listed (and not below a listed path) behaves as if
  // it were not in the schema. Hit::document still holds all of it: whoever renders a hit applies the mask to
  // the source.
  std::optional<std::vector<std::string>> visible_fields = {};
  float boost = 1;  // indices_boost
};

// How many documents match at the stage named: counted exactly, or up to `limit` ("at least limit" beyond).
struct TotalsRequest {
  std::string stage;
  std::optional<std::size_t> limit = 10000;
};

struct HighlightRequest {
  std::vector<std::string> fields;
  std::string pre_tag = "<em>";
  std::string post_tag = "</em>";
  std::size_t fragment_size = 100;
  std::size_t fragments = 5;
};

// What comes with each hit beside its key, facts and score.
struct Fetch {
  bool document = true;                  // Hit::document; false: key only
  std::vector<std::string> fields = {};  // values from the columns, into Hit::fields
  bool matched_names = false;            // names of the query nodes that match
  bool explain = false;
  std::optional<HighlightRequest> highlight = {};
};

// What does a head ask of the engine? One type for all heads (Elasticsearch's _search and _count, Qdrant's
// query, scroll and count), so that all they can express is executed, tested and made fast in one place.
// Plain data; copies share the query nodes. No dialect is in it: names are resolved, dates are numbers,
// access has spoken.
struct Request {
  std::vector<Target> targets;
  Stage root;
  std::vector<TotalsRequest> totals = {};
  std::vector<Aggregation> aggregations = {};
  Fetch fetch = {};
  // The result is one of several to be joined by merge_results: hits from the first on, offset or not, and
  // aggregations with all their buckets.
  bool partial = false;
  TimePoint deadline = kNoDeadline;
  std::size_t memory_bytes_max = std::size_t{256} << 20U;  // for intermediate results
};

}  // namespace stele::engine
