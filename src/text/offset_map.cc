#include "text/offset_map.h"

#include <algorithm>

#include "base/check.h"

namespace stele::text {

void OffsetMap::add(std::size_t offset, std::int64_t difference) {
  if (!entries_.empty() && entries_.back().offset == offset) {
    entries_.back().difference = difference;
    return;
  }
  STELE_CHECK(entries_.empty() || entries_.back().offset < offset);
  entries_.push_back({offset, difference});
}

std::size_t OffsetMap::correct(std::size_t offset) const {
  const auto after = std::ranges::upper_bound(entries_, offset, {}, &Entry::offset);
  if (after == entries_.begin()) return offset;
  const std::int64_t corrected = static_cast<std::int64_t>(offset) + std::prev(after)->difference;
  return static_cast<std::size_t>(std::max<std::int64_t>(corrected, 0));
}

}  // namespace stele::text
