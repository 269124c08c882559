#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "keyspace/store/list_bytes.h"

namespace stele::keyspace::store {

// A part of a large list: elements one behind the other, with room at both ends. Their positions follow one
// another. An element that is larger than a chunk has one of its own. Threads: the shard's. Lifetime: make()
// to free().
class ListChunk {
 public:
  static constexpr std::size_t kBytesMax = 4096 - 32;
  static constexpr std::size_t kElementsMax = 256;

  static ListChunk* make(std::int64_t first_position, std::size_t room);
  static void free(ListChunk* chunk);

  std::size_t count() const { return count_; }
  std::int64_t first_position() const { return first_position_; }
  std::int64_t end_position() const { return first_position_ + static_cast<std::int64_t>(count_); }
  void shift_positions(std::int64_t by) { first_position_ += by; }
  std::string_view bytes() const { return {data() + begin_, end_ - begin_}; }
  std::size_t memory_bytes() const { return sizeof(*this) + capacity_; }

  std::string_view front() const { return ListBytes::at(data() + begin_); }
  std::string_view back() const { return ListBytes::before(data() + end_); }
  std::string_view at(std::size_t index) const {
    return ListBytes::at(data() + begin_ + ListBytes::offset_of(bytes(), count_, index));
  }

  // Whether one more of that size still belongs here.
  bool takes(std::size_t size) const {
    return count_ < kElementsMax && (count_ == 0 || bytes().size() + size <= kBytesMax);
  }
  // Puts values in the place of `removed` elements from `index` on; the chunk may have moved. `value` is not
  // one of its own. Positions from the first on stay, those behind follow.
  static ListChunk* splice(ListChunk* chunk, std::size_t index, std::size_t removed,
                           const std::string_view* value_or_null);
  // The elements from `index` on become another chunk, with the positions that they have.
  static ListChunk* split(ListChunk* chunk, std::size_t index);
  // The same as splice() at the ends, cheaper.
  static ListChunk* push_back(ListChunk* chunk, std::string_view value);
  static ListChunk* push_front(ListChunk* chunk, std::string_view value);
  void pop_back(std::size_t count);
  void pop_front(std::size_t count);

 private:
  char* data() { return reinterpret_cast<char*>(this + 1); }
  const char* data() const { return reinterpret_cast<const char*>(this + 1); }
  // With room for so many bytes at the end or at the beginning.
  static ListChunk* with_room(ListChunk* chunk, std::size_t size, bool at_end);

  std::int64_t first_position_;
  std::uint32_t capacity_;  // all that the allocator gave
  std::uint32_t begin_;
  std::uint32_t end_;
  std::uint32_t count_;
};

}  // namespace stele::keyspace::store
