#pragma once

#include <memory>

#include "engine/engine.h"
#include "engine/segment/segment.h"

namespace stele::engine {

// The engine over sealed segments.
class SegmentEngine final : public Engine {
 public:
  SegmentEngine(VisibleLsn& visible, const Clock& clock, EngineOptions options);
  Result<std::shared_ptr<Collection>> create_collection(CollectionOptions options, Schema schema) override;
  Result<OpenedCollection> open_collection(CollectionOptions options, Schema schema,
                                           std::unique_ptr<io::Directory> directory) override;
  Result<SearchResult> search(const Snapshot& snapshot, const Request& request) const override;

 private:
  VisibleLsn& visible_;
  const Clock& clock_;
  std::shared_ptr<const SegmentFactory> factory_;
  EngineOptions options_;
};

}  // namespace stele::engine
