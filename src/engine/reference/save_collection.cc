// Keeping a collection on disk.
#include <algorithm>

#include "base/check.h"
#include "engine/reference/reference_collection.h"
#include "engine/segment/schema_fingerprint.h"

namespace stele::engine::reference {
namespace {

std::shared_ptr<SealedSegment> as_sealed(const std::shared_ptr<Segment>& segment) {
  return std::dynamic_pointer_cast<SealedSegment>(segment);
}

}  // namespace

Result<void> ReferenceCollection::save(Lsn complete) {
  if (!store_) return Collection::save(complete);
  const std::lock_guard joining(joining_mutex_);
  std::shared_ptr<const SegmentList> list;
  std::shared_ptr<const Schema> schema;
  std::uint64_t next_sequence = 0;
  {
    const std::lock_guard lock(writer_mutex_);
    if (complete.value() < applied_.load())
      return make_error(ErrorCode::kInvalidArgument, "collection: saved at an LSN below what was applied");
    list = segments();
    claimed_ = *list;
    schema = this->schema();
    next_sequence = next_sequence_;
  }
  auto stands = write_segments(*list, *schema, complete, next_sequence);
  const std::lock_guard lock(writer_mutex_);
  claimed_.clear();
  if (!stands) return std::move(stands).error();
  put_in_place(*list, *stands);
  return {};
}

// Seals what is not sealed yet, neighbours together, and commits all.
Result<std::vector<ReferenceCollection::Stand>> ReferenceCollection::write_segments(
    const SegmentList& list, const Schema& schema, Lsn complete, std::uint64_t next_sequence) {
  const Lsn oldest = visible_.oldest();
  std::vector<Stand> stands;
  SegmentStore::Checkpoint checkpoint{complete, next_sequence, schema_fingerprint(schema), {}};
  for (std::size_t begin = 0; begin < list.size();) {
    std::size_t end = begin + 1;
    std::shared_ptr<Segment> segment = list[begin];
    if (!as_sealed(segment)) {
      while (end < list.size() && !as_sealed(list[end])) ++end;
      segment = factory_->sealed(schema, std::span(list).subspan(begin, end - begin), oldest);
      STELE_CHECK(segment != nullptr);
      segment->adopt_deaths(std::span(list).subspan(begin, end - begin));
    }
    if (segment->size() > 0) checkpoint.segments.push_back(as_sealed(segment));
    stands.push_back({{begin, end}, segment->size() > 0 ? std::move(segment) : nullptr});
    begin = end;
  }
  STELE_RETURN_IF_ERROR(store_->commit(checkpoint));
  auto stored = store_->segments().begin();
  for (Stand& stand : stands)
    if (stand.segment) stand.segment = *stored++;
  return stands;
}

// Of the list that was, in the list that is: the writer has only added behind it.
void ReferenceCollection::put_in_place(const SegmentList& former, std::span<const Stand> stands) {
  const std::shared_ptr<const SegmentList> current = segments();
  SegmentList next;
  for (const Stand& stand : stands) {
    const auto parts = std::span(former).subspan(stand.window.begin, stand.window.end - stand.window.begin);
    if (!stand.segment) continue;
    if (parts.size() != 1 || parts[0] != stand.segment) stand.segment->adopt_deaths(parts);
    next.push_back(stand.segment);
  }
  STELE_CHECK(std::equal(former.begin(), former.end(), current->begin()));
  next.insert(next.end(), current->begin() + static_cast<std::ptrdiff_t>(former.size()), current->end());
  publish(std::move(next));
}

}  // namespace stele::engine::reference
