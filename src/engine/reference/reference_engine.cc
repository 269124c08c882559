#include "engine/reference/reference_engine.h"

#include "engine/reference/executor.h"
#include "engine/reference/memory_segment.h"
#include "engine/reference/reference_collection.h"

namespace stele::engine {

std::unique_ptr<Engine> make_reference_engine(VisibleLsn& visible, const Clock& clock) {
  return std::make_unique<reference::ReferenceEngine>(visible, clock);
}

namespace reference {

Result<std::shared_ptr<Collection>> ReferenceEngine::create_collection(CollectionOptions options,
                                                                       Schema schema) {
  return std::make_shared<ReferenceCollection>(std::move(options), std::move(schema), visible_,
                                               std::make_shared<MemorySegments>());
}

Result<SearchResult> ReferenceEngine::search(const Snapshot& snapshot, const Request& request) const {
  return Executor(snapshot, request, clock_).run();
}

}  // namespace reference
}  // namespace stele::engine
