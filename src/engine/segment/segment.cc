#include "engine/segment/segment.h"

#include "base/check.h"
#include "engine/segment/hash.h"

namespace stele::engine {

std::uint64_t hash_key(const DocKey& key) {
  return hash_bytes(key.bytes());
}

void Segment::adopt_deaths(std::span<const std::shared_ptr<Segment>> parts) {
  // Both are in the order of sequences, which are unique in a collection.
  DocOrdinal to = 0;
  for (const auto& part : parts) {
    for (DocOrdinal from = 0; from < part->size() && to < size(); ++from) {
      if (part->sequence(from) != sequence(to)) continue;
      if (!part->is_alive(from) && is_alive(to)) kill(to, Lsn(part->versions().died(from)));
      ++to;
    }
  }
  STELE_CHECK(to == size());
}

}  // namespace stele::engine
