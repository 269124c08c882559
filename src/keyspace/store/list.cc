#include "keyspace/store/list.h"

namespace stele::keyspace::store {

namespace {

constexpr std::size_t kSlack = 4;

}  // namespace

List::Place List::place_of(std::size_t index) const {
  if (index < size_ / 2) {
    std::size_t chunk = first_;
    for (; index >= chunks_[chunk]->count(); ++chunk) index -= chunks_[chunk]->count();
    return {chunk, index};
  }
  std::size_t behind = size_ - index;  // elements from there on, at least one
  std::size_t chunk = chunks_.size() - 1;
  for (; behind > chunks_[chunk]->count(); --chunk) behind -= chunks_[chunk]->count();
  return {chunk, chunks_[chunk]->count() - behind};
}

std::string_view List::at(std::size_t index) const {
  const Place place = place_of(index);
  return chunks_[place.chunk]->at(place.index);
}

template <class Change>
void List::with_chunk(std::size_t chunk, Change change) {
  const std::size_t before = chunks_[chunk]->memory_bytes();
  chunks_[chunk] = change(chunks_[chunk]);
  chunk_bytes_ += chunks_[chunk]->memory_bytes() - before;
}

void List::add_chunk(std::size_t at, ListChunk* chunk) {
  chunk_bytes_ += chunk->memory_bytes();
  if (at > first_ || first_ == 0) {
    if (at == first_) {
      // Room before the first, as much as there are.
      const std::size_t room = chunks_.size() - first_ + kSlack;
      chunks_.insert(chunks_.begin(), room, nullptr);
      first_ = room;
      chunks_[--first_] = chunk;
      return;
    }
    chunks_.insert(chunks_.begin() + static_cast<std::ptrdiff_t>(at), chunk);
    return;
  }
  chunks_[--first_] = chunk;
}

void List::drop_front_chunk() {
  chunk_bytes_ -= chunks_[first_]->memory_bytes();
  chunks_[first_++] = nullptr;
  if (first_ < 2 * (chunks_.size() - first_) + 4 * kSlack) return;
  chunks_.erase(chunks_.begin(), chunks_.begin() + static_cast<std::ptrdiff_t>(first_ - kSlack));
  first_ = kSlack;
}

void List::load(std::int64_t position, std::string_view value) {
  const std::size_t size = ListBytes::size_of(value);
  if (size_ == 0 || !chunks_.back()->takes(size) || chunks_.back()->end_position() != position)
    add_chunk(chunks_.size(), ListChunk::make(position, 0));
  with_chunk(chunks_.size() - 1, [&](ListChunk* chunk) { return ListChunk::push_back(chunk, value); });
  ++size_;
}

void List::push_back(std::string_view value, PositionSpans& spans) {
  if (size_ == 0 || !chunks_.back()->takes(ListBytes::size_of(value))) {
    const std::int64_t position = size_ == 0 ? 0 : chunks_.back()->end_position() + kGap;
    add_chunk(chunks_.size(), ListChunk::make(position, 0));
  }
  with_chunk(chunks_.size() - 1, [&](ListChunk* chunk) { return ListChunk::push_back(chunk, value); });
  ++size_;
  const std::int64_t end = chunks_.back()->end_position();
  spans.emplace_back(end - 1, end);
}

void List::push_front(std::string_view value, PositionSpans& spans) {
  if (size_ == 0) return push_back(value, spans);
  if (!chunks_[first_]->takes(ListBytes::size_of(value)))
    add_chunk(first_, ListChunk::make(chunks_[first_]->first_position() - kGap, 0));
  with_chunk(first_, [&](ListChunk* chunk) { return ListChunk::push_front(chunk, value); });
  ++size_;
  const std::int64_t position = chunks_[first_]->first_position();
  spans.emplace_back(position, position + 1);
}

void List::set(std::size_t index, std::string_view value, PositionSpans& spans) {
  Place place = place_of(index);
  const std::size_t size = chunks_[place.chunk]->bytes().size() + ListBytes::size_of(value) -
                           ListBytes::size_of(chunks_[place.chunk]->at(place.index));
  if (size > ListChunk::kBytesMax && chunks_[place.chunk]->count() > 1) {
    // It gets a chunk of its own, so that none grows without limit.
    const auto cut = [&](std::size_t at) {
      ListChunk* other = nullptr;
      with_chunk(place.chunk, [&](ListChunk* chunk) {
        other = ListChunk::split(chunk, at);
        return chunk;
      });
      add_chunk(place.chunk + 1, other);
    };
    if (place.index + 1 < chunks_[place.chunk]->count()) cut(place.index + 1);
    if (place.index > 0) {
      cut(place.index);
      place = {place.chunk + 1, 0};
    }
  }
  with_chunk(place.chunk, [&](ListChunk* chunk) { return ListChunk::splice(chunk, place.index, 1, &value); });
  const std::int64_t position =
      chunks_[place.chunk]->first_position() + static_cast<std::int64_t>(place.index);
  spans.emplace_back(position, position + 1);
}

void List::make_room(std::size_t chunk, PositionSpans& spans) {
  std::size_t last = chunk;
  while (last + 1 < chunks_.size() && chunks_[last + 1]->first_position() <= chunks_[last]->end_position())
    ++last;
  for (; last > chunk; --last) {
    spans.emplace_back(chunks_[last]->first_position(), chunks_[last]->end_position() + 1);
    chunks_[last]->shift_positions(1);
  }
}

void List::split(Place place, PositionSpans& spans) {
  ListChunk* other = nullptr;
  with_chunk(place.chunk, [&](ListChunk* chunk) {
    other = ListChunk::split(chunk, place.index);
    return chunk;
  });
  add_chunk(place.chunk + 1, other);
  // Into the middle of the gap that follows, so that there is room on both sides.
  const std::int64_t from = other->end_position();
  const bool is_last = place.chunk + 2 == chunks_.size();
  const std::int64_t gap = is_last ? kGap : chunks_[place.chunk + 2]->first_position() - from;
  if (gap < 2 * static_cast<std::int64_t>(ListChunk::kElementsMax)) return;
  spans.emplace_back(other->first_position(), from);
  other->shift_positions(gap / 2);
  spans.emplace_back(other->first_position(), other->end_position());
}

void List::insert(std::size_t index, std::string_view value, PositionSpans& spans) {
  if (index == 0) return push_front(value, spans);
  if (index == size_) return push_back(value, spans);
  // Behind the element before, so that it may also become the last of that chunk.
  Place place = place_of(index - 1);
  ++place.index;
  const std::size_t size = ListBytes::size_of(value);
  if (!chunks_[place.chunk]->takes(size)) {
    if (place.index < chunks_[place.chunk]->count()) split(place, spans);
    if (!chunks_[place.chunk]->takes(size)) {
      if (chunks_[place.chunk + 1]->takes(size)) {
        place = {place.chunk + 1, 0};
      } else {
        // Between two that are full, or for a value as large as a chunk.
        make_room(place.chunk, spans);
        const std::int64_t from = chunks_[place.chunk]->end_position();
        const std::int64_t gap = chunks_[place.chunk + 1]->first_position() - from;
        add_chunk(place.chunk + 1, ListChunk::make(from + (gap - 1) / 2, 0));
        place = {place.chunk + 1, 0};
      }
    }
  }
  make_room(place.chunk, spans);
  with_chunk(place.chunk, [&](ListChunk* chunk) { return ListChunk::splice(chunk, place.index, 0, &value); });
  ++size_;
  const ListChunk& chunk = *chunks_[place.chunk];
  spans.emplace_back(chunk.first_position() + static_cast<std::int64_t>(place.index), chunk.end_position());
}

void List::drop_chunk(std::size_t chunk, std::unique_ptr<List>& rest) {
  if (!rest) rest = std::make_unique<List>();
  rest->chunks_.push_back(chunks_[chunk]);
  if (chunk == first_) return drop_front_chunk();
  chunk_bytes_ -= chunks_[chunk]->memory_bytes();
  chunks_.erase(chunks_.begin() + static_cast<std::ptrdiff_t>(chunk));
}

std::unique_ptr<List> List::erase(std::size_t index, std::size_t count, PositionSpans& spans) {
  std::unique_ptr<List> rest;
  const bool from_left = index == 0;
  while (count > 0) {
    Place place = place_of(from_left ? 0 : index + count - 1);
    ListChunk& chunk = *chunks_[place.chunk];
    const std::size_t some = std::min(count, from_left ? chunk.count() : place.index + 1);
    if (!from_left) place.index += 1 - some;
    const std::int64_t from = chunk.first_position() + static_cast<std::int64_t>(place.index);
    count -= some;
    size_ -= some;
    if (place.index == 0) {
      spans.emplace_back(from, from + static_cast<std::int64_t>(some));
      some == chunk.count() ? drop_chunk(place.chunk, rest) : chunk.pop_front(some);
      continue;
    }
    spans.emplace_back(from, chunk.end_position());
    if (place.index + some == chunk.count()) {
      chunk.pop_back(some);
    } else {
      with_chunk(place.chunk,
                 [&](ListChunk* each) { return ListChunk::splice(each, place.index, some, nullptr); });
    }
  }
  if (rest && rest->chunks_.size() > kFreedAtOnce) return rest;
  return nullptr;
}

std::size_t List::free_some(std::size_t count) {
  std::size_t freed = 0;
  for (; freed < count && chunks_.size() > first_; ++freed) {
    ListChunk::free(chunks_.back());
    chunks_.pop_back();
  }
  return freed;
}

}  // namespace stele::keyspace::store
