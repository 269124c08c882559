#include "engine/segment/sealing_segments.h"

#include "engine/reference/memory_segment.h"
#include "engine/segment/segment_writer.h"

namespace stele::engine {

using reference::MemorySegment;

std::shared_ptr<Segment> SealingSegments::build(const Schema& schema, std::vector<DocumentPtr> documents,
                                                std::vector<std::uint64_t> sequences) const {
  std::shared_ptr<Segment> built = MemorySegment::build(schema, std::move(documents), std::move(sequences));
  if (built->size() < seal_documents_) return built;
  // Nothing of it is dead, nor seen by anybody yet.
  return seal(schema, std::span(&built, 1), Lsn());
}

std::shared_ptr<Segment> SealingSegments::join(const Schema& schema,
                                               std::span<const std::shared_ptr<Segment>> parts,
                                               Lsn oldest) const {
  std::size_t documents = 0;
  bool plain = true;
  for (const auto& part : parts) {
    documents += part->size();
    plain = plain && dynamic_cast<const MemorySegment*>(part.get()) != nullptr;
  }
  if (plain && documents < seal_documents_) return MemorySegment::join(schema, parts, oldest);
  return seal(schema, parts, oldest);
}

}  // namespace stele::engine
