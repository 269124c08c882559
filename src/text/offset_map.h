#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace stele::text {

// Where in the original text does an offset of a filtered text lie? As Lucene's BaseCharFilter: from each
// entry's offset on, up to the next, a difference is added. Cost: a binary search an offset.
class OffsetMap {
 public:
  bool empty() const { return entries_.empty(); }
  // From `offset` of the filtered text on, `difference` (all in all) leads back to the original. Offsets
  // must not fall; a second entry for one offset replaces the first.
  void add(std::size_t offset, std::int64_t difference);
  std::size_t correct(std::size_t offset) const;
  // The difference in force at the end.
  std::int64_t last_difference() const { return entries_.empty() ? 0 : entries_.back().difference; }

 private:
  struct Entry {
    std::size_t offset = 0;
    std::int64_t difference = 0;
  };
  std::vector<Entry> entries_;
};

}  // namespace stele::text
