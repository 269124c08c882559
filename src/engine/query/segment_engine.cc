#include "engine/query/segment_engine.h"

#include <fmt/format.h>

#include "engine/reference/executor.h"
#include "engine/reference/reference_collection.h"
#include "engine/segment/schema_fingerprint.h"
#include "engine/segment/sealing_segments.h"

namespace stele::engine {

std::unique_ptr<Engine> make_engine(VisibleLsn& visible, const Clock& clock, EngineOptions options) {
  return std::make_unique<SegmentEngine>(visible, clock, options);
}

SegmentEngine::SegmentEngine(VisibleLsn& visible, const Clock& clock, EngineOptions options)
    : visible_(visible),
      clock_(clock),
      factory_(std::make_shared<SealingSegments>(options.seal_documents, options.seal_bytes)),
      options_(options) {}

Result<std::shared_ptr<Collection>> SegmentEngine::create_collection(CollectionOptions options,
                                                                     Schema schema) {
  return std::make_shared<reference::ReferenceCollection>(std::move(options), std::move(schema), visible_,
                                                          factory_);
}

Result<Engine::OpenedCollection> SegmentEngine::open_collection(CollectionOptions options, Schema schema,
                                                                std::unique_ptr<io::Directory> directory) {
  STELE_TRY(std::unique_ptr<SegmentStore> store,
            SegmentStore::open(std::move(directory), {.verify = options_.verify_files}));
  OpenedCollection opened;
  for (const SegmentStore::Damage& damage : store->damage())
    opened.damage.push_back(fmt::format("{}: {}", damage.file, damage.reason));
  const Manifest& manifest = store->manifest();
  const bool other = !manifest.lsn.is_none() && manifest.schema != schema_fingerprint(schema);
  if (other) opened.damage.emplace_back("manifest: made for another schema");
  if (opened.damage.empty()) opened.saved = manifest.lsn;
  opened.collection = std::make_shared<reference::ReferenceCollection>(
      std::move(options), std::move(schema), visible_, factory_, std::move(store), !other);
  return opened;
}

Result<Engine::OpenedCollection> Engine::open_collection(CollectionOptions, Schema,
                                                         std::unique_ptr<io::Directory>) {
  return make_error(ErrorCode::kUnsupported, "this engine keeps nothing on disk");
}

Result<SearchResult> SegmentEngine::search(const Snapshot& snapshot, const Request& request) const {
  return reference::Executor(snapshot, request, clock_, reference::Executor::Ways::kFast).run();
}

}  // namespace stele::engine
