#pragma once

#include "engine/segment/segment.h"

namespace stele::engine {

// Fresh batches stay plain arrays, quick to make and to join; what grows to `seal_documents` or `seal_bytes`
// is sealed.
class SealingSegments final : public SegmentFactory {
 public:
  SealingSegments(std::size_t seal_documents, std::size_t seal_bytes)
      : seal_documents_(seal_documents), seal_bytes_(seal_bytes) {}
  std::shared_ptr<Segment> build(const Schema& schema, std::vector<DocumentPtr> documents,
                                 std::vector<std::uint64_t> sequences) const override;
  std::shared_ptr<Segment> join(const Schema& schema, std::span<const std::shared_ptr<Segment>> parts,
                                Lsn oldest) const override;
  std::shared_ptr<Segment> sealed(const Schema& schema, std::span<const std::shared_ptr<Segment>> parts,
                                  Lsn oldest) const override;
  std::size_t documents_max() const override { return 4'000'000; }
  bool is_unfinished(const Schema& schema, const Segment& segment) const override;

 private:
  std::size_t seal_documents_;
  std::size_t seal_bytes_;
};

}  // namespace stele::engine
