#include "keyspace/store/stream_blocks.h"

#include <algorithm>
#include <utility>

namespace stele::keyspace::store {

namespace {

constexpr std::size_t kFirstRoom = 64;

}  // namespace

std::optional<StreamId> StreamBlocks::first() const {
  if (size_ == 0) return std::nullopt;
  return blocks_[first_]->first();
}

std::optional<StreamId> StreamBlocks::last() const {
  if (size_ == 0) return std::nullopt;
  return blocks_.back()->last();
}

std::size_t StreamBlocks::block_of(StreamId id) const {
  const auto begin = blocks_.begin() + static_cast<std::ptrdiff_t>(first_);
  const auto behind =
      std::upper_bound(begin, blocks_.end(), id,
                       [](StreamId wanted, const StreamBlock* block) { return wanted < block->base(); });
  return behind == begin ? blocks_.size() : static_cast<std::size_t>(behind - blocks_.begin()) - 1;
}

bool StreamBlocks::contains(StreamId id) const {
  bool is_there = false;
  visit(id, id, false, [&](StreamId, std::span<const FieldRef>) {
    is_there = true;
    return false;
  });
  return is_there;
}

bool StreamBlocks::visit_up(const StreamBlock& block, StreamId first, StreamId last, const Visit& visit) {
  const std::vector<std::string_view> names = block.names();
  std::vector<FieldRef> fields;
  for (std::size_t offset = block.begin(); offset < block.end();) {
    const StreamBlock::Entry entry = block.at(offset);
    offset = entry.end;
    if (entry.id < first) continue;
    if (entry.id > last) return false;
    fields.clear();
    block.read_fields(entry, names, fields);
    if (!visit(entry.id, fields)) return false;
  }
  return true;
}

bool StreamBlocks::visit_down(const StreamBlock& block, StreamId first, StreamId last, const Visit& visit) {
  const std::vector<std::string_view> names = block.names();
  std::vector<StreamBlock::Entry> entries;
  for (std::size_t offset = block.begin(); offset < block.end();) {
    entries.push_back(block.at(offset));
    offset = entries.back().end;
  }
  std::vector<FieldRef> fields;
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    if (entry->id > last) continue;
    if (entry->id < first) return false;
    fields.clear();
    block.read_fields(*entry, names, fields);
    if (!visit(entry->id, fields)) return false;
  }
  return true;
}

void StreamBlocks::visit(StreamId first, StreamId last, bool is_reversed, const Visit& visit) const {
  if (size_ == 0 || first > last) return;
  if (is_reversed) {
    const std::size_t from = block_of(last);
    if (from == blocks_.size()) return;
    for (std::size_t i = from + 1; i > first_; --i) {
      if (!visit_down(*blocks_[i - 1], first, last, visit)) return;
    }
    return;
  }
  const std::size_t from = block_of(first);
  for (std::size_t i = from == blocks_.size() ? first_ : from; i < blocks_.size(); ++i) {
    if (blocks_[i]->last() < first) continue;
    if (!visit_up(*blocks_[i], first, last, visit)) return;
  }
}

void StreamBlocks::append(StreamId id, std::span<const FieldRef> fields, const StreamNodeLimits& limits) {
  ++size_;
  std::size_t bytes = 0;
  for (const FieldRef& field : fields) bytes += field.name.size() + field.value.size();
  const auto is_full = [&](const StreamBlock& block) {
    return (limits.entries_max > 0 && block.added() >= limits.entries_max) ||
           (limits.bytes_max > 0 && block.used_bytes() + bytes >= limits.bytes_max) ||
           block.used_bytes() + bytes >= (1U << 30);
  };
  const bool is_first = nodes() == 0;
  if (!is_first && !is_full(*blocks_.back())) {
    block_bytes_ -= blocks_.back()->memory_bytes();
    blocks_.back() = StreamBlock::append(blocks_.back(), id, fields);
    block_bytes_ += blocks_.back()->memory_bytes();
    return;
  }
  if (!is_first) {
    block_bytes_ -= blocks_.back()->memory_bytes();
    blocks_.back() = StreamBlock::shrink(blocks_.back());
    block_bytes_ += blocks_.back()->memory_bytes();
  }
  blocks_.push_back(StreamBlock::make(id, fields, kFirstRoom));
  block_bytes_ += blocks_.back()->memory_bytes();
}

void StreamBlocks::drop_block(std::size_t block) {
  block_bytes_ -= blocks_[block]->memory_bytes();
  size_ -= blocks_[block]->count();
  if (block > first_) {
    blocks_.erase(blocks_.begin() + static_cast<std::ptrdiff_t>(block));
    return;
  }
  ++first_;
  if (first_ < blocks_.size() / 2 && first_ < blocks_.size()) return;
  blocks_.erase(blocks_.begin(), blocks_.begin() + static_cast<std::ptrdiff_t>(first_));
  first_ = 0;
}

bool StreamBlocks::remove(StreamId id) {
  const std::size_t place = size_ == 0 ? blocks_.size() : block_of(id);
  if (place == blocks_.size()) return false;
  StreamBlock* const block = blocks_[place];
  for (std::size_t offset = block->begin(); offset < block->end();) {
    const StreamBlock::Entry entry = block->at(offset);
    offset = entry.end;
    if (entry.id != id) continue;
    if (block->count() == 1) {
      drop_block(place);
      StreamBlock::free(block);
    } else {
      block->remove(entry);
      --size_;
    }
    return true;
  }
  return false;
}

void StreamBlocks::drop_front_node() {
  dropped_.push_back(blocks_[first_]);
  drop_block(first_);
}

void StreamBlocks::drop_from_front_node(std::size_t count) {
  blocks_[first_]->remove_front(count);
  size_ -= count;
}

std::unique_ptr<stream::Entries> StreamBlocks::take_dropped() {
  std::vector<StreamBlock*> dropped = std::exchange(dropped_, {});
  if (dropped.size() <= kFreedAtOnce) {
    for (StreamBlock* const block : dropped) StreamBlock::free(block);
    return nullptr;
  }
  auto rest = std::make_unique<StreamBlocks>();
  rest->blocks_ = std::move(dropped);
  return rest;
}

std::size_t StreamBlocks::free_some(std::size_t count) {
  std::size_t freed = 0;
  for (; freed < count && blocks_.size() > first_; ++freed) {
    StreamBlock::free(blocks_.back());
    blocks_.pop_back();
  }
  for (; freed < count && !dropped_.empty(); ++freed) {
    StreamBlock::free(dropped_.back());
    dropped_.pop_back();
  }
  return freed;
}

}  // namespace stele::keyspace::store
