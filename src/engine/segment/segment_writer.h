#pragma once

#include <memory>
#include <span>
#include <string>

#include "base/lsn.h"
#include "engine/schema.h"
#include "engine/segment/sealed_segment.h"
#include "engine/segment/segment.h"

namespace stele::engine {

// Makes one sealed segment of the versions of `parts` (of any kind, in their order) that were not dead at
// `oldest`. Deaths are not carried over: see Segment::adopt_deaths. `index_vectors`: where there are enough.
// Threads: any, beside readers and the writer of the parts. Cost: one pass over all that the parts hold; as
// much memory as the result and its largest field once more.
std::shared_ptr<SealedSegment> seal(const Schema& schema, std::span<const std::shared_ptr<Segment>> parts,
                                    Lsn oldest, bool index_vectors);

}  // namespace stele::engine
