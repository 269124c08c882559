#include "keyspace/store/segment.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "base/check.h"

namespace stele::keyspace::store {

std::size_t Segment::larger(std::size_t capacity) {
  // Doubled while it costs little, then by a quarter, so that slots are four fifths full on average.
  const std::size_t grown = capacity < kCapacityMax / 2 ? capacity * 2 : capacity + capacity / 4;
  return std::min(grown / 16 * 16, kCapacityMax);
}

std::size_t Segment::fitting(std::size_t count) {
  const std::size_t wanted = count + count / 3 + 2;
  std::size_t capacity = kCapacityMin;
  while (capacity < wanted && capacity < kCapacityMax) capacity = larger(capacity);
  return capacity;
}

std::size_t Segment::bytes_of(std::size_t capacity) {
  return sizeof(Segment) + slots_of(capacity) * (sizeof(std::uint64_t) + 1);
}

Segment* Segment::make(std::size_t capacity, unsigned depth) {
  void* const memory = std::calloc(1, bytes_of(capacity));
  STELE_CHECK_MESSAGE(memory != nullptr, "out of memory");
  auto* const segment = static_cast<Segment*>(memory);
  segment->capacity_ = static_cast<std::uint16_t>(capacity);
  segment->depth_ = static_cast<std::uint16_t>(depth);
  return segment;
}

void Segment::free(Segment* segment) {
  std::free(segment);
}

bool Segment::insert(std::uint64_t slot, std::uint8_t mark) {
  std::uint64_t* const all = slots();
  std::uint8_t* const all_marks = marks();
  const std::uint64_t tag = tag_of(slot);
  std::size_t at = home_of(tag, capacity_);
  while (all[at] != 0 && tag_of(all[at]) <= tag) ++at;
  std::size_t empty = at;
  while (all[empty] != 0) ++empty;
  if (empty + 1 >= size()) return false;
  std::memmove(all + at + 1, all + at, (empty - at) * sizeof(std::uint64_t));
  std::memmove(all_marks + at + 1, all_marks + at, empty - at);
  all[at] = slot;
  all_marks[at] = mark;
  ++count_;
  if (mark != 0) ++marked_;
  return true;
}

void Segment::erase(std::size_t at) {
  std::uint64_t* const all = slots();
  std::uint8_t* const all_marks = marks();
  if (all_marks[at] != 0) --marked_;
  --count_;
  std::size_t end = at + 1;
  while (all[end] != 0 && home_of(tag_of(all[end]), capacity_) < end) ++end;
  std::memmove(all + at, all + at + 1, (end - at - 1) * sizeof(std::uint64_t));
  std::memmove(all_marks + at, all_marks + at + 1, end - at - 1);
  all[end - 1] = 0;
  all_marks[end - 1] = 0;
}

void Segment::set_mark(std::size_t at, std::uint8_t mark) {
  std::uint8_t& former = marks()[at];
  if (former != 0) --marked_;
  if (mark != 0) ++marked_;
  former = mark;
}

bool Segment::append(std::uint64_t slot, std::uint8_t mark, std::size_t* next) {
  const std::size_t at = std::max(*next, home_of(tag_of(slot), capacity_));
  if (at + 1 >= size()) return false;
  slots()[at] = slot;
  marks()[at] = mark;
  ++count_;
  if (mark != 0) ++marked_;
  *next = at + 1;
  return true;
}

Segment* Segment::with_capacity(std::size_t capacity) {
  Segment* const other = make(capacity, depth_);
  std::size_t next = 0;
  std::size_t left = count_;
  for (std::size_t i = 0; left > 0; ++i) {
    if (slots()[i] == 0) continue;
    if (!other->append(slots()[i], marks()[i], &next)) {
      free(other);
      return nullptr;
    }
    --left;
  }
  return other;
}

}  // namespace stele::keyspace::store
