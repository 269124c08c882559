#include "keyspace/store/stream_block.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#include "base/check.h"
#include "keyspace/store/entry.h"

namespace stele::keyspace::store {

namespace {

constexpr unsigned kGroupBits = 7;
constexpr unsigned char kMore = 0x80;

std::size_t size_of(std::uint64_t number) {
  std::size_t size = 1;
  for (; number >= kMore; number >>= kGroupBits) ++size;
  return size;
}

char* write_number(char* at, std::uint64_t number) {
  for (; number >= kMore; number >>= kGroupBits) *at++ = static_cast<char>(number | kMore);
  *at++ = static_cast<char>(number);
  return at;
}

std::uint64_t read_number(const char*& at) {
  std::uint64_t number = 0;
  for (unsigned shift = 0;; shift += kGroupBits) {
    const auto byte = static_cast<unsigned char>(*at++);
    number |= static_cast<std::uint64_t>(byte & (kMore - 1)) << shift;
    if (byte < kMore) return number;
  }
}

char* write_text(char* at, std::string_view text) {
  at = write_number(at, text.size());
  if (!text.empty()) std::memcpy(at, text.data(), text.size());
  return at + text.size();
}

std::string_view read_text(const char*& at) {
  const auto size = static_cast<std::size_t>(read_number(at));
  const std::string_view text(at, size);
  at += size;
  return text;
}

std::size_t size_of(std::string_view text) {
  return size_of(static_cast<std::uint64_t>(text.size())) + text.size();
}

// How an entry is told: its time beyond the base, its number (beyond the base's at the same time), and 0 if
// it has the block's names, else the number of its fields and one.
struct Told {
  std::uint64_t ms;
  std::uint64_t sequence;
  std::uint64_t names;

  std::size_t bytes() const { return size_of(ms) + size_of(sequence) + size_of(names); }
};

Told tell(StreamId base, StreamId id, bool has_names, std::size_t fields) {
  const std::uint64_t ms = id.ms - base.ms;
  return {ms, ms == 0 ? id.sequence - base.sequence : id.sequence, has_names ? 0 : fields + 1};
}

std::size_t entry_bytes(const Told& told, std::span<const FieldRef> fields) {
  std::size_t bytes = told.bytes();
  for (const FieldRef& field : fields)
    bytes += size_of(field.value) + (told.names == 0 ? 0 : size_of(field.name));
  return bytes;
}

char* write_entry(char* at, const Told& told, std::span<const FieldRef> fields) {
  at = write_number(write_number(write_number(at, told.ms), told.sequence), told.names);
  for (const FieldRef& field : fields) {
    if (told.names != 0) at = write_text(at, field.name);
    at = write_text(at, field.value);
  }
  return at;
}

}  // namespace

StreamBlock* StreamBlock::make(StreamId id, std::span<const FieldRef> fields, std::size_t room) {
  std::size_t bytes = 0;
  for (const FieldRef& field : fields) bytes += size_of(field.name);
  const Told told = tell(id, id, true, fields.size());
  const std::size_t wanted = bytes + entry_bytes(told, fields);
  void* const memory = std::malloc(sizeof(StreamBlock) + std::max(wanted, room));
  STELE_CHECK_MESSAGE(memory != nullptr, "out of memory");
  auto* const block = new (memory) StreamBlock;
  block->base_ = block->last_ = id;
  block->capacity_ = static_cast<std::uint32_t>(usable_bytes(memory) - sizeof(StreamBlock));
  block->entries_begin_ = static_cast<std::uint32_t>(bytes);
  block->used_ = static_cast<std::uint32_t>(wanted);
  block->name_count_ = static_cast<std::uint32_t>(fields.size());
  block->count_ = block->added_ = 1;
  char* at = block->data();
  for (const FieldRef& field : fields) at = write_text(at, field.name);
  write_entry(at, told, fields);
  return block;
}

void StreamBlock::free(StreamBlock* block) {
  std::free(block);
}

std::size_t StreamBlock::memory_bytes() const {
  return allocated_bytes(this);
}

StreamBlock* StreamBlock::append(StreamBlock* block, StreamId id, std::span<const FieldRef> fields) {
  const Told told = tell(block->base_, id, block->has_names(fields), fields.size());
  const std::size_t wanted = block->used_ + entry_bytes(told, fields);
  if (wanted > block->capacity_) {
    void* const memory = std::realloc(block, sizeof(StreamBlock) + wanted + wanted / 2);
    STELE_CHECK_MESSAGE(memory != nullptr, "out of memory");
    block = static_cast<StreamBlock*>(memory);
    block->capacity_ = static_cast<std::uint32_t>(usable_bytes(memory) - sizeof(StreamBlock));
  }
  write_entry(block->data() + block->used_, told, fields);
  block->used_ = static_cast<std::uint32_t>(wanted);
  block->last_ = id;
  ++block->count_;
  ++block->added_;
  return block;
}

StreamBlock* StreamBlock::shrink(StreamBlock* block) {
  void* const memory = std::realloc(block, sizeof(StreamBlock) + block->used_);
  STELE_CHECK_MESSAGE(memory != nullptr, "out of memory");
  block = static_cast<StreamBlock*>(memory);
  block->capacity_ = static_cast<std::uint32_t>(usable_bytes(memory) - sizeof(StreamBlock));
  return block;
}

bool StreamBlock::has_names(std::span<const FieldRef> fields) const {
  if (fields.size() != name_count_) return false;
  const char* at = data();
  return std::ranges::all_of(fields, [&](const FieldRef& field) { return read_text(at) == field.name; });
}

std::vector<std::string_view> StreamBlock::names() const {
  std::vector<std::string_view> names(name_count_);
  const char* at = data();
  for (std::string_view& name : names) name = read_text(at);
  return names;
}

StreamBlock::Entry StreamBlock::at(std::size_t offset) const {
  Entry entry;
  entry.begin = offset;
  const char* at = data() + offset;
  const std::uint64_t ms = read_number(at);
  const std::uint64_t sequence = read_number(at);
  entry.id = {base_.ms + ms, ms == 0 ? base_.sequence + sequence : sequence};
  entry.fields = static_cast<std::size_t>(at - data());
  const std::uint64_t told = read_number(at);
  std::uint64_t texts = told == 0 ? name_count_ : (told - 1) * 2;
  for (; texts > 0; --texts) (void)read_text(at);
  entry.end = static_cast<std::size_t>(at - data());
  return entry;
}

void StreamBlock::read_fields(const Entry& entry, const std::vector<std::string_view>& names,
                              std::vector<FieldRef>& fields) const {
  const char* at = data() + entry.fields;
  const std::uint64_t told = read_number(at);
  if (told == 0) {
    for (const std::string_view name : names) fields.push_back({name, read_text(at)});
    return;
  }
  for (std::uint64_t i = 1; i < told; ++i) {
    const std::string_view name = read_text(at);
    fields.push_back({name, read_text(at)});
  }
}

void StreamBlock::remove(const Entry& entry) {
  const bool was_last = entry.end == used_;
  std::memmove(data() + entry.begin, data() + entry.end, used_ - entry.end);
  used_ -= static_cast<std::uint32_t>(entry.end - entry.begin);
  --count_;
  if (!was_last) return;
  for (std::size_t offset = begin(); offset < end();) {
    const Entry each = at(offset);
    last_ = each.id;
    offset = each.end;
  }
}

void StreamBlock::remove_front(std::size_t count) {
  std::size_t offset = begin();
  for (std::size_t i = 0; i < count; ++i) offset = at(offset).end;
  std::memmove(data() + begin(), data() + offset, used_ - offset);
  used_ -= static_cast<std::uint32_t>(offset - begin());
  count_ -= static_cast<std::uint32_t>(count);
}

}  // namespace stele::keyspace::store
