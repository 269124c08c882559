#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "base/check.h"
#include "keyspace/store/segment.h"

namespace stele::keyspace::store {

// Which item has this hash? Items in the order of their 64-bit hashes: a directory of segments by the hash's
// upper bits (behind those that all items of the table share), a segment split in two by the next bit when it
// is full (extendible hashing, Fagin et al. 1979).
//
// No step takes longer than the split of one segment, some 900 items, however many there are: the directory
// that doubles now and then has one word for 900 items. SCAN walks it in hash order, which splits and merges
// keep. Cost of a search: the directory's word, one or two lines of slots, the items with this tag.
//
// Threads: its owner's. `Hash`: std::uint64_t operator()(const Item&). Items are not owned.
template <class Item, class Hash>
class PrefixTable {
 public:
  struct Place {
    Segment* segment = nullptr;
    std::size_t at = 0;
  };

  // `shared_bits`: so many upper bits are the same in all hashes.
  explicit PrefixTable(Hash hash, unsigned shared_bits = 0)
      : hash_(std::move(hash)), shared_bits_(shared_bits) {}
  ~PrefixTable() { clear(); }
  PrefixTable(const PrefixTable&) = delete;
  PrefixTable& operator=(const PrefixTable&) = delete;

  std::size_t size() const { return size_; }
  std::size_t segments() const { return segments_; }
  // Of the table itself, without its items.
  std::size_t memory_bytes() const { return segment_bytes_ + directory_.capacity() * sizeof(Part); }

  // The item with this hash that fits; null without one.
  template <class Fits>
  Item* find(std::uint64_t hash, Fits fits, Place* place) const {
    if (directory_.empty()) return nullptr;
    const Part part = directory_[index_of(hash)];
    const std::uint64_t tag = tag_of(hash, part.depth());
    const std::uint64_t* const slots = part.segment()->slots();
    for (std::size_t at = Segment::home_of(tag, part.capacity());; ++at) {
      const std::uint64_t slot = slots[at];
      if (slot == 0 || Segment::tag_of(slot) > tag) return nullptr;
      if (Segment::tag_of(slot) < tag) continue;
      Item* const item = item_of(slot);
      if (!fits(*item)) continue;
      *place = {part.segment(), at};
      return item;
    }
  }

  // Two halves of bringing what a search reads into the cache: the slots, then the items with this tag.
  void prefetch_slots(std::uint64_t hash) const {
    if (directory_.empty()) return;
    const Part part = directory_[index_of(hash)];
    __builtin_prefetch(part.segment()->slots() +
                       Segment::home_of(tag_of(hash, part.depth()), part.capacity()));
  }
  void prefetch_item(std::uint64_t hash) const {
    Place place;
    find(
        hash,
        [](const Item& item) {
          __builtin_prefetch(&item);
          __builtin_prefetch(reinterpret_cast<const char*>(&item) + 64);
          return false;
        },
        &place);
  }

  // An item that is not there yet.
  void insert(std::uint64_t hash, Item* item, std::uint8_t mark) {
    if (directory_.empty()) add_first();
    while (true) {
      const Part part = directory_[index_of(hash)];
      const std::uint64_t slot = Segment::slot_of(tag_of(hash, part.depth()), item);
      if (!part.segment()->is_full() && part.segment()->insert(slot, mark)) break;
      grow(hash);
    }
    ++size_;
  }

  void replace(Place place, Item* item) {
    std::uint64_t& slot = place.segment->slots()[place.at];
    slot = Segment::slot_of(Segment::tag_of(slot), item);
  }
  static void set_mark(Place place, std::uint8_t mark) { place.segment->set_mark(place.at, mark); }

  // Places are void afterwards.
  void erase(std::uint64_t hash, Place place) {
    place.segment->erase(place.at);
    --size_;
    if (size_ == 0) return clear();
    if (place.segment->count() < place.segment->capacity() / 4) shrink(hash, place.segment);
  }

  // Visits the items in hash order, from `hash` on, until `enough` after one of them: the hash to go on from,
  // or 0 at the end. Items that no visit can tell apart by place (the same upper bits) come together.
  template <class Visit, class Enough>
  std::uint64_t walk(std::uint64_t hash, Visit visit, Enough enough) const {
    const std::uint64_t shared = hash & ~mask_behind(shared_bits_);
    for (std::size_t i = directory_.empty() ? 0 : index_of(hash); i < directory_.size();) {
      const Part part = directory_[i];
      const std::uint64_t first = shared | first_of(i, part.depth());
      const std::uint64_t from = std::max(hash, first);
      if (const std::uint64_t next = walk_segment(part, first, from, visit, enough); next != 0) return next;
      i = end_of(i, part.depth());
    }
    return 0;
  }

  // Visits places from the segment of `hash` on, segment by segment: `visit(segment)` says whether to go on;
  // it may change the table's marks, not its items. The first hash behind the last segment seen; 0 = the end.
  template <class Visit>
  std::uint64_t walk_segments(std::uint64_t hash, Visit visit) const {
    const std::uint64_t shared = hash & ~mask_behind(shared_bits_);
    for (std::size_t i = directory_.empty() ? 0 : index_of(hash); i < directory_.size();) {
      const Part part = directory_[i];
      const bool goes_on = visit(*part.segment());
      i = end_of(i, part.depth());
      if (!goes_on) return i < directory_.size() ? shared | first_of(i, directory_[i].depth()) : 0;
    }
    return 0;
  }

  // Visits items with their places from about `hash` on (those that stand before it in its segment are left
  // out), in hash order, until `visit` says no.
  template <class Visit>
  void walk_from(std::uint64_t hash, bool only_marked, Visit visit) const {
    bool is_first = true;
    bool goes_on = true;
    walk_segments(hash, [&](Segment& segment) {
      const std::uint64_t tag = is_first ? tag_of(hash, segment.depth()) : 0;
      is_first = false;
      if (only_marked && segment.marked() == 0) return true;
      goes_on = visit_segment(segment, Segment::home_of(tag, segment.capacity()), only_marked, visit);
      return goes_on;
    });
  }
  // The same for the whole of one segment.
  template <class Visit>
  static bool visit_segment(Segment& segment, std::size_t from, bool only_marked, Visit& visit) {
    const std::uint64_t* const slots = segment.slots();
    const std::size_t size = segment.size();
    for (std::size_t at = from; at < size; ++at) {
      if (at + kPrefetchedItems < size) __builtin_prefetch(Segment::item_of(slots[at + kPrefetchedItems]));
      if (slots[at] == 0 || (only_marked && segment.marks()[at] == 0)) continue;
      if (!visit(*item_of(slots[at]))) return false;
    }
    return true;
  }

  // The n-th item in hash order; n < size().
  Item* nth(std::size_t n) const {
    Item* found = nullptr;
    walk_segments(0, [&](Segment& segment) {
      if (n >= segment.count()) {
        n -= segment.count();
        return true;
      }
      std::size_t at = 0;
      for (std::size_t left = n + 1; left > 0; ++at) left -= segment.slots()[at] != 0 ? 1 : 0;
      found = item_of(segment.slots()[at - 1]);
      return false;
    });
    return found;
  }

  // Takes up to so many items out, from the end, for `take` to free: a table that is given up goes in slices.
  template <class Take>
  std::size_t take_some(std::size_t count, Take take) {
    std::size_t taken = 0;
    while (taken < count && !directory_.empty()) {
      Segment* const last = directory_.back().segment();
      for (std::size_t at = last->size(); at-- > 0;) {
        if (last->slots()[at] == 0) continue;
        take(item_of(last->slots()[at]));
        ++taken;
      }
      size_ -= last->count();
      while (!directory_.empty() && directory_.back().segment() == last) directory_.pop_back();
      drop(last);
    }
    return taken;
  }

 private:
  // A word of the directory: the segment, and what a search must know before it looks there.
  class Part {
   public:
    explicit Part(Segment* segment)
        : bits_(reinterpret_cast<std::uint64_t>(segment) | (std::uint64_t{segment->capacity() / 16} << 48) |
                (std::uint64_t{segment->depth()} << 58)) {}
    Segment* segment() const { return reinterpret_cast<Segment*>(bits_ & ((std::uint64_t{1} << 48) - 1)); }
    std::size_t capacity() const { return (bits_ >> 48 & 0x3ff) * 16; }
    unsigned depth() const { return static_cast<unsigned>(bits_ >> 58); }

   private:
    std::uint64_t bits_;
  };

  // A hash has 48 bits of position behind which no table looks; with 16 of a tag this is the deepest.
  static constexpr unsigned kDepthMax = 26;
  static constexpr std::size_t kPrefetched = 16;
  static constexpr std::size_t kPrefetchedItems = 4;

  static Item* item_of(std::uint64_t slot) { return static_cast<Item*>(Segment::item_of(slot)); }
  static std::uint64_t mask_behind(unsigned bits) {
    return bits == 0 ? ~std::uint64_t{0} : ~std::uint64_t{0} >> bits;
  }
  std::size_t index_of(std::uint64_t hash) const { return ((hash << shared_bits_) >> 1) >> (63 - depth_); }
  std::uint64_t tag_of(std::uint64_t hash, unsigned depth) const {
    return (hash << (shared_bits_ + depth)) >> 48;
  }
  // Of the segment of that depth at this place of the directory: its first place, and that behind its last.
  std::size_t begin_of(std::size_t index, unsigned depth) const {
    return index >> (depth_ - depth) << (depth_ - depth);
  }
  std::size_t end_of(std::size_t index, unsigned depth) const {
    return begin_of(index, depth) + (std::size_t{1} << (depth_ - depth));
  }
  // The lowest hash there, but for the shared bits.
  std::uint64_t first_of(std::size_t index, unsigned depth) const {
    return (std::uint64_t{begin_of(index, depth)} << 1 << (63 - depth_)) >> shared_bits_;
  }

  void add_first() {
    depth_ = 0;
    adopt(Segment::make(Segment::kCapacityMin, 0));
    directory_.push_back(Part(last_adopted_));
  }
  void adopt(Segment* segment) {
    last_adopted_ = segment;
    ++segments_;
    segment_bytes_ += segment->memory_bytes();
  }
  void drop(Segment* segment) {
    --segments_;
    segment_bytes_ -= segment->memory_bytes();
    Segment::free(segment);
  }
  void clear() {
    for (std::size_t i = 0; i < directory_.size();) {
      Segment* const segment = directory_[i].segment();
      i = end_of(i, segment->depth());
      drop(segment);
    }
    directory_ = std::vector<Part>();  // = {} would keep its memory
    size_ = 0;
    depth_ = 0;
  }
  // From that index on, for as many words as its depth says.
  void show(std::size_t begin, Segment* segment) {
    const std::size_t words = std::size_t{1} << (depth_ - segment->depth());
    for (std::size_t i = 0; i < words; ++i) directory_[begin + i] = Part(segment);
  }

  void resize(std::uint64_t hash, Segment* segment, Segment* other) {
    adopt(other);
    show(begin_of(index_of(hash), segment->depth()), other);
    drop(segment);
  }

  void grow(std::uint64_t hash) {
    Segment* const segment = directory_[index_of(hash)].segment();
    std::size_t capacity = segment->capacity();
    while (capacity < Segment::kCapacityMax) {
      capacity = Segment::larger(capacity);
      if (Segment* const other = segment->with_capacity(capacity)) return resize(hash, segment, other);
    }
    split(hash, segment);
  }

  void split(std::uint64_t hash, Segment* segment) {
    const unsigned depth = segment->depth() + 1;
    // Hashes are seeded: so many with the same upper bits do not come about.
    STELE_CHECK(depth <= kDepthMax);
    if (depth > depth_) double_directory();
    Segment* halves[2] = {Segment::make(Segment::fitting(segment->count() / 2), depth),
                          Segment::make(Segment::fitting(segment->count() / 2), depth)};
    std::uint64_t* const slots = segment->slots();
    for (std::size_t at = 0; at < segment->size(); ++at) {
      if (at + kPrefetched < segment->size()) __builtin_prefetch(Segment::item_of(slots[at + kPrefetched]));
      if (slots[at] == 0) continue;
      Item* const item = item_of(slots[at]);
      const std::uint64_t its_hash = hash_(*item);
      // The bit behind the depth that it had.
      Segment*& half = halves[(its_hash << (shared_bits_ + depth - 1)) >> 63];
      put(half, Segment::slot_of(tag_of(its_hash, depth), item), segment->marks()[at]);
    }
    const std::size_t begin = begin_of(index_of(hash), depth - 1);
    adopt(halves[0]);
    adopt(halves[1]);
    show(begin, halves[0]);
    show(begin + (std::size_t{1} << (depth_ - depth)), halves[1]);
    drop(segment);
  }

  // Into a segment that no directory shows yet.
  static void put(Segment*& segment, std::uint64_t slot, std::uint8_t mark) {
    while (segment->is_full() || !segment->insert(slot, mark)) {
      // One half that took all of a full segment: as large as they come, a seeded hash makes room in it.
      STELE_CHECK(segment->capacity() < Segment::kCapacityMax);
      std::size_t capacity = segment->capacity();
      Segment* other = nullptr;
      while (other == nullptr) {
        STELE_CHECK(capacity < Segment::kCapacityMax);
        capacity = Segment::larger(capacity);
        other = segment->with_capacity(capacity);
      }
      Segment::free(segment);
      segment = other;
    }
  }

  void double_directory() {
    std::vector<Part> doubled;
    doubled.reserve(directory_.size() * 2);
    for (const Part part : directory_) {
      doubled.push_back(part);
      doubled.push_back(part);
    }
    directory_ = std::move(doubled);
    ++depth_;
  }

  void shrink(std::uint64_t hash, Segment* segment) {
    const std::size_t begin = begin_of(index_of(hash), segment->depth());
    if (segment->depth() > 0) {
      const std::size_t buddy_begin = begin ^ (std::size_t{1} << (depth_ - segment->depth()));
      Segment* const buddy = directory_[buddy_begin].segment();
      if (buddy->depth() == segment->depth() &&
          buddy->count() + segment->count() < Segment::kCapacityMax / 2) {
        return merge(std::min(begin, buddy_begin), std::max(begin, buddy_begin));
      }
    }
    const std::size_t capacity = Segment::fitting(segment->count());
    if (capacity >= segment->capacity()) return;
    if (Segment* const other = segment->with_capacity(capacity)) resize(hash, segment, other);
  }

  // Tags lose their last bit and gain the one by which the two were apart: in order, and without the items.
  void merge(std::size_t lower, std::size_t upper) {
    Segment* const halves[2] = {directory_[lower].segment(), directory_[upper].segment()};
    const std::size_t count = halves[0]->count() + halves[1]->count();
    Segment* const merged = Segment::make(Segment::fitting(count), halves[0]->depth() - 1);
    std::size_t next = 0;
    for (std::uint64_t half = 0; half < 2; ++half) {
      for (std::size_t at = 0; at < halves[half]->size(); ++at) {
        const std::uint64_t slot = halves[half]->slots()[at];
        if (slot == 0) continue;
        const std::uint64_t tag = (half << 15) | (Segment::tag_of(slot) >> 1);
        if (merged->append(Segment::slot_of(tag, Segment::item_of(slot)), halves[half]->marks()[at], &next)) {
          continue;
        }
        return Segment::free(merged);  // no room at its end: they stay two
      }
    }
    adopt(merged);
    show(lower, merged);
    drop(halves[0]);
    drop(halves[1]);
  }

  template <class Visit, class Enough>
  std::uint64_t walk_segment(Part part, std::uint64_t first, std::uint64_t from, Visit& visit,
                             Enough& enough) const {
    const std::uint64_t* const slots = part.segment()->slots();
    const std::uint64_t tag = tag_of(from, part.depth());
    const unsigned below = 64 - 16 - shared_bits_ - part.depth();
    const std::size_t size = part.segment()->size();
    for (std::size_t at = Segment::home_of(tag, part.capacity()); at < size; ++at) {
      const std::uint64_t slot = slots[at];
      if (slot == 0 || Segment::tag_of(slot) < tag) continue;
      // `from` may lie within a tag, when it was found while the table was deeper.
      if (Segment::tag_of(slot) > tag || hash_(*item_of(slot)) >= from) visit(*item_of(slot));
      const bool is_last_of_tag =
          slots[at + 1] == 0 || Segment::tag_of(slots[at + 1]) != Segment::tag_of(slot);
      if (!is_last_of_tag || !enough()) continue;
      // A tag of all ones carries into the bits before it: the next segment, or the end of what is shared.
      const std::uint64_t next = first + ((Segment::tag_of(slot) + 1) << below);
      const bool is_end = ((next ^ first) & ~mask_behind(shared_bits_)) != 0 || next == 0;
      return is_end ? 0 : next;
    }
    return 0;
  }

  Hash hash_;
  unsigned shared_bits_;
  unsigned depth_ = 0;  // the directory has two to this words
  std::vector<Part> directory_;
  Segment* last_adopted_ = nullptr;
  std::size_t size_ = 0;
  std::size_t segments_ = 0;
  std::size_t segment_bytes_ = 0;
};

}  // namespace stele::keyspace::store
