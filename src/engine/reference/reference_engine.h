#pragma once

#include "engine/engine.h"

namespace stele::engine::reference {

// The reference engine: in memory, set at a time, exact, and small enough to be seen to be right. Each query
// node gives, segment by segment, the sorted documents it matches with their scores; nodes above intersect,
// unite and add; what is not visible at the snapshot is dropped last. Scores follow Lucene's order of float
// operations. Not executed (kUnsupported): nested, regexp and fuzzy queries, cross_fields and bool_prefix,
// sparse and multi-vectors, discover and context, mmr, highlight, explain.
class ReferenceEngine final : public Engine {
 public:
  ReferenceEngine(VisibleLsn& visible, const Clock& clock) : visible_(visible), clock_(clock) {}
  Result<std::shared_ptr<Collection>> create_collection(CollectionOptions options, Schema schema) override;
  Result<SearchResult> search(const Snapshot& snapshot, const Request& request) const override;

 private:
  VisibleLsn& visible_;
  const Clock& clock_;
};

}  // namespace stele::engine::reference
