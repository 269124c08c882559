#include "keyspace/store/list_chunk.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#include "base/check.h"
#include "keyspace/store/entry.h"

namespace stele::keyspace::store {

namespace {

constexpr std::size_t kFirstRoom = 512;

}  // namespace

ListChunk* ListChunk::make(std::int64_t first_position, std::size_t room) {
  void* const memory = std::malloc(sizeof(ListChunk) + room);
  STELE_CHECK_MESSAGE(memory != nullptr, "out of memory");
  auto* const chunk = new (memory) ListChunk;
  chunk->first_position_ = first_position;
  chunk->capacity_ = static_cast<std::uint32_t>(usable_bytes(memory) - sizeof(ListChunk));
  chunk->begin_ = chunk->end_ = chunk->count_ = 0;
  return chunk;
}

void ListChunk::free(ListChunk* chunk) {
  std::free(chunk);
}

ListChunk* ListChunk::with_room(ListChunk* chunk, std::size_t size, bool at_end) {
  const std::size_t room = at_end ? chunk->capacity_ - chunk->end_ : chunk->begin_;
  if (room >= size) return chunk;
  const std::string_view used = chunk->bytes();
  const std::size_t wanted = used.size() + size;
  ListChunk* target = chunk;
  // What is half empty is moved within itself.
  if (wanted * 2 > chunk->capacity_) {
    const std::size_t grown = std::max<std::size_t>(wanted + wanted / 2, kFirstRoom);
    const std::size_t capacity = wanted >= kBytesMax ? wanted : std::min(grown, kBytesMax);
    target = make(chunk->first_position_, capacity);
    target->count_ = chunk->count_;
  }
  const std::size_t begin = at_end ? 0 : target->capacity_ - used.size();
  std::memmove(target->data() + begin, used.data(), used.size());
  target->begin_ = static_cast<std::uint32_t>(begin);
  target->end_ = static_cast<std::uint32_t>(begin + used.size());
  if (target != chunk) free(chunk);
  return target;
}

ListChunk* ListChunk::push_back(ListChunk* chunk, std::string_view value) {
  const std::size_t size = ListBytes::size_of(value);
  chunk = with_room(chunk, size, true);
  ListBytes::write(chunk->data() + chunk->end_, value);
  chunk->end_ += static_cast<std::uint32_t>(size);
  ++chunk->count_;
  return chunk;
}

ListChunk* ListChunk::push_front(ListChunk* chunk, std::string_view value) {
  const std::size_t size = ListBytes::size_of(value);
  chunk = with_room(chunk, size, false);
  chunk->begin_ -= static_cast<std::uint32_t>(size);
  ListBytes::write(chunk->data() + chunk->begin_, value);
  ++chunk->count_;
  --chunk->first_position_;
  return chunk;
}

void ListChunk::pop_back(std::size_t count) {
  for (count_ -= static_cast<std::uint32_t>(count); count > 0; --count)
    end_ -= static_cast<std::uint32_t>(ListBytes::size_of(back()));
}

void ListChunk::pop_front(std::size_t count) {
  count_ -= static_cast<std::uint32_t>(count);
  first_position_ += static_cast<std::int64_t>(count);
  for (; count > 0; --count) begin_ += static_cast<std::uint32_t>(ListBytes::size_of(front()));
}

ListChunk* ListChunk::splice(ListChunk* chunk, std::size_t index, std::size_t removed,
                             const std::string_view* value_or_null) {
  const std::size_t from = ListBytes::offset_of(chunk->bytes(), chunk->count_, index);
  std::size_t until = from;
  for (std::size_t i = 0; i < removed; ++i)
    until += ListBytes::size_of(ListBytes::at(chunk->bytes().data() + until));
  const std::size_t size = value_or_null == nullptr ? 0 : ListBytes::size_of(*value_or_null);
  if (size > until - from) chunk = with_room(chunk, size - (until - from), true);
  char* const begin = chunk->data() + chunk->begin_;
  std::memmove(begin + from + size, begin + until, chunk->end_ - chunk->begin_ - until);
  if (value_or_null != nullptr) ListBytes::write(begin + from, *value_or_null);
  chunk->end_ = static_cast<std::uint32_t>(chunk->end_ + size - (until - from));
  chunk->count_ = static_cast<std::uint32_t>(chunk->count_ + (size > 0 ? 1 : 0) - removed);
  return chunk;
}

ListChunk* ListChunk::split(ListChunk* chunk, std::size_t index) {
  const std::size_t from = ListBytes::offset_of(chunk->bytes(), chunk->count_, index);
  const std::string_view moved = chunk->bytes().substr(from);
  ListChunk* const other =
      make(chunk->first_position_ + static_cast<std::int64_t>(index), std::max(moved.size(), kFirstRoom));
  std::memcpy(other->data(), moved.data(), moved.size());
  other->end_ = static_cast<std::uint32_t>(moved.size());
  other->count_ = static_cast<std::uint32_t>(chunk->count_ - index);
  chunk->end_ = static_cast<std::uint32_t>(chunk->begin_ + from);
  chunk->count_ = static_cast<std::uint32_t>(index);
  return other;
}

}  // namespace stele::keyspace::store
