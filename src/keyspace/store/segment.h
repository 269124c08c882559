#pragma once

#include <cstddef>
#include <cstdint>

namespace stele::keyspace::store {

// A stretch of a table in hash order: slots of eight bytes, sorted by a tag of 16 hash bits, each as near
// behind its home as the others let it, and a byte of its own beside each ("mark"). A search ends at the
// first empty slot or larger tag; a removal moves the followers back, so there are no tombstones. Growing,
// shrinking and merging look at the slots alone, never at the items. Source: ordered linear probing (Amble
// and Knuth, 1974).
//
// Threads: the table's. One allocation, made by make(); capacity and depth are set once.
class Segment {
 public:
  // A slot is an address of 48 bits below a tag of 16; 0 = empty.
  static std::uint64_t tag_of(std::uint64_t slot) { return slot >> 48; }
  static void* item_of(std::uint64_t slot) { return reinterpret_cast<void*>(slot & kAddress); }
  static std::uint64_t slot_of(std::uint64_t tag, const void* item) {
    return (tag << 48) | reinterpret_cast<std::uint64_t>(item);
  }
  static std::size_t home_of(std::uint64_t tag, std::size_t capacity) { return (tag * capacity) >> 16; }

  static constexpr std::size_t kCapacityMin = 16;
  static constexpr std::size_t kCapacityMax = 1024;
  // The next larger capacity; kCapacityMax has none.
  static std::size_t larger(std::size_t capacity);
  // The smallest capacity that keeps room for more beside so many items.
  static std::size_t fitting(std::size_t count);

  static Segment* make(std::size_t capacity, unsigned depth);
  static void free(Segment* segment);
  static std::size_t bytes_of(std::size_t capacity);

  std::size_t capacity() const { return capacity_; }
  unsigned depth() const { return depth_; }
  std::size_t count() const { return count_; }
  std::size_t marked() const { return marked_; }
  bool is_full() const { return count_ + capacity_ / 8 >= capacity_; }
  std::size_t memory_bytes() const { return bytes_of(capacity_); }

  std::uint64_t* slots() { return reinterpret_cast<std::uint64_t*>(this + 1); }
  std::uint8_t* marks() { return reinterpret_cast<std::uint8_t*>(slots() + slots_of(capacity_)); }
  // All slots, those behind the last home among them; the last one is always empty.
  std::size_t size() const { return slots_of(capacity_); }

  // Before the first slot with a larger tag. False: there is no room behind it.
  bool insert(std::uint64_t slot, std::uint8_t mark);
  void erase(std::size_t at);
  void set_mark(std::size_t at, std::uint8_t mark);
  // All of this in another capacity; null where they do not fit.
  Segment* with_capacity(std::size_t capacity);
  // Behind all that is there, with a tag that is none of theirs or their largest. False: no room.
  bool append(std::uint64_t slot, std::uint8_t mark, std::size_t* next);

 private:
  static constexpr std::uint64_t kAddress = (std::uint64_t{1} << 48) - 1;
  // So many behind the last home that the followers of a crowded end find room there.
  static std::size_t slots_of(std::size_t capacity) { return capacity + 16 + capacity / 32; }

  std::uint16_t count_;
  std::uint16_t marked_;  // with a mark other than 0
  std::uint16_t capacity_;
  std::uint16_t depth_;
};
static_assert(sizeof(Segment) == 8);

}  // namespace stele::keyspace::store
