#include "engine/query/segment_engine.h"

#include "engine/reference/executor.h"
#include "engine/reference/reference_collection.h"
#include "engine/segment/sealing_segments.h"

namespace stele::engine {

std::unique_ptr<Engine> make_engine(VisibleLsn& visible, const Clock& clock, EngineOptions options) {
  return std::make_unique<SegmentEngine>(visible, clock, options);
}

SegmentEngine::SegmentEngine(VisibleLsn& visible, const Clock& clock, EngineOptions options)
    : visible_(visible), clock_(clock), factory_(std::make_shared<SealingSegments>(options.seal_documents)) {}

Result<std::shared_ptr<Collection>> SegmentEngine::create_collection(CollectionOptions options,
                                                                     Schema schema) {
  return std::make_shared<reference::ReferenceCollection>(std::move(options), std::move(schema), visible_,
                                                          factory_);
}

Result<SearchResult> SegmentEngine::search(const Snapshot& snapshot, const Request& request) const {
  return reference::Executor(snapshot, request, clock_, reference::Executor::Ways::kFast).run();
}

}  // namespace stele::engine
