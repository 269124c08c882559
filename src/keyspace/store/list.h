#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "keyspace/store/list_chunk.h"

namespace stele::keyspace::store {

// Positions of a list whose rows are others now: from the first on, before the second.
using PositionSpans = std::vector<std::pair<std::int64_t, std::int64_t>>;

// A large list: chunks in order, each with positions of its own, and gaps between them. An insertion moves
// the positions behind it in its chunk; where the gap is used up, those of the chunks that follow too.
//
// Threads: the shard's. Cost: at the ends O(1); by index a walk over the chunks' counts and in one chunk.
class List {
 public:
  List() = default;
  ~List() {
    while (free_some(1024) > 0) {
    }
  }
  List(const List&) = delete;
  List& operator=(const List&) = delete;

  std::size_t size() const { return size_; }
  std::size_t memory_bytes() const {
    return sizeof(*this) + chunk_bytes_ + chunks_.capacity() * sizeof(ListChunk*);
  }
  // Whether the rows have other positions than the elements: the next change writes all of them.
  bool is_renumbered() const { return is_renumbered_; }
  void set_renumbered(bool is_renumbered) { is_renumbered_ = is_renumbered; }

  std::string_view front() const { return chunks_[first_]->front(); }
  std::string_view back() const { return chunks_.back()->back(); }
  std::string_view at(std::size_t index) const;

  // At the right end with that position, which is beyond all others: for loading.
  void load(std::int64_t position, std::string_view value);
  // These note what has changed in `spans`. Values are none of the list's own.
  void push_front(std::string_view value, PositionSpans& spans);
  void push_back(std::string_view value, PositionSpans& spans);
  void set(std::size_t index, std::string_view value, PositionSpans& spans);
  void insert(std::size_t index, std::string_view value, PositionSpans& spans);
  // From an index on. What was too much to free at once comes back.
  std::unique_ptr<List> erase(std::size_t index, std::size_t count, PositionSpans& spans);

  // Calls `visit(element)` from an index on, until it says false; from the right end towards the left with
  // `backward`, which begins with the element at the index.
  template <class Visit>
  void walk(std::size_t index, Visit visit) const;
  template <class Visit>
  void walk_backward(std::size_t index, Visit visit) const;
  // Calls `visit(position, element)` with all whose positions are in the span.
  template <class Visit>
  void for_each_position(std::int64_t from, std::int64_t until, Visit visit) const;

  std::size_t chunks() const { return chunks_.size() - first_; }
  // Of a list that is given up: how many chunks went; 0 = none is left.
  std::size_t free_some(std::size_t count);

 private:
  static constexpr std::int64_t kGap = std::int64_t{1} << 24;
  static constexpr std::size_t kFreedAtOnce = 64;

  struct Place {
    std::size_t chunk;  // in chunks_
    std::size_t index;  // in the chunk
  };
  Place place_of(std::size_t index) const;
  // The chunk is another one, with a change of its account.
  template <class Change>
  void with_chunk(std::size_t chunk, Change change);
  void add_chunk(std::size_t at, ListChunk* chunk);
  void drop_front_chunk();
  void drop_chunk(std::size_t chunk, std::unique_ptr<List>& rest);
  // Makes the position behind a chunk's last one free.
  void make_room(std::size_t chunk, PositionSpans& spans);
  void split(Place place, PositionSpans& spans);

  std::vector<ListChunk*> chunks_;  // those before first_ are null
  std::size_t first_ = 0;
  std::size_t size_ = 0;
  std::size_t chunk_bytes_ = 0;
  bool is_renumbered_ = false;
};

template <class Visit>
void List::walk(std::size_t index, Visit visit) const {
  if (index >= size_) return;
  Place place = place_of(index);
  for (; place.chunk < chunks_.size(); ++place.chunk, place.index = 0) {
    const ListChunk& chunk = *chunks_[place.chunk];
    const std::string_view all = chunk.bytes();
    const char* here = all.data() + ListBytes::offset_of(all, chunk.count(), place.index);
    for (const char* const end = all.data() + all.size(); here < end;) {
      const std::string_view element = ListBytes::at(here);
      if (!visit(element)) return;
      here += ListBytes::size_of(element);
    }
  }
}

template <class Visit>
void List::walk_backward(std::size_t index, Visit visit) const {
  if (index >= size_) return;
  Place place = place_of(index);
  while (true) {
    const ListChunk& chunk = *chunks_[place.chunk];
    const std::string_view all = chunk.bytes();
    const char* here = all.data() + ListBytes::offset_of(all, chunk.count(), place.index + 1);
    while (here > all.data()) {
      const std::string_view element = ListBytes::before(here);
      if (!visit(element)) return;
      here -= ListBytes::size_of(element);
    }
    if (place.chunk == first_) return;
    --place.chunk;
    place.index = chunks_[place.chunk]->count() - 1;
  }
}

template <class Visit>
void List::for_each_position(std::int64_t from, std::int64_t until, Visit visit) const {
  const auto begin = chunks_.begin() + static_cast<std::ptrdiff_t>(first_);
  auto at = std::upper_bound(begin, chunks_.end(), from, [](std::int64_t position, const ListChunk* chunk) {
    return position < chunk->end_position();
  });
  for (; at != chunks_.end() && (*at)->first_position() < until; ++at) {
    const ListChunk& chunk = **at;
    const std::int64_t first = std::max(from, chunk.first_position());
    const std::int64_t last = std::min(until, chunk.end_position());
    const std::string_view all = chunk.bytes();
    const auto index = static_cast<std::size_t>(first - chunk.first_position());
    const char* here = all.data() + ListBytes::offset_of(all, chunk.count(), index);
    for (std::int64_t position = first; position < last; ++position) {
      const std::string_view element = ListBytes::at(here);
      visit(position, element);
      here += ListBytes::size_of(element);
    }
  }
}

}  // namespace stele::keyspace::store
