#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "keyspace/streams.h"

namespace stele::keyspace::store {

// A node of a stream: entries one behind the other, with ids told from its base and the names of the first
// one's fields kept once. Names and values after their lengths, all numbers in as many bytes as they need.
// Threads: the shard's. Lifetime: make() to free().
class StreamBlock {
 public:
  // An entry on the way over the block.
  struct Entry {
    StreamId id;
    std::size_t begin = 0;   // among the bytes
    std::size_t fields = 0;  // where they begin
    std::size_t end = 0;
  };

  // With a first entry; room for more.
  static StreamBlock* make(StreamId id, std::span<const FieldRef> fields, std::size_t room);
  static void free(StreamBlock* block);
  // The block with one more entry, behind all others: it may have moved.
  static StreamBlock* append(StreamBlock* block, StreamId id, std::span<const FieldRef> fields);
  // In no more memory than it needs: it may have moved.
  static StreamBlock* shrink(StreamBlock* block);

  // Ids below it are not here, ids of the next block's not either.
  StreamId base() const { return base_; }
  StreamId last() const { return last_; }
  StreamId first() const { return at(entries_begin_).id; }
  std::size_t count() const { return count_; }
  // With those removed since.
  std::size_t added() const { return added_; }
  std::size_t used_bytes() const { return used_; }
  std::size_t memory_bytes() const;

  std::size_t begin() const { return entries_begin_; }
  std::size_t end() const { return used_; }
  Entry at(std::size_t offset) const;
  // The names of the first entry's fields.
  std::vector<std::string_view> names() const;
  void read_fields(const Entry& entry, const std::vector<std::string_view>& names,
                   std::vector<FieldRef>& fields) const;
  // Not the only one.
  void remove(const Entry& entry);
  void remove_front(std::size_t count);

 private:
  char* data() { return reinterpret_cast<char*>(this + 1); }
  const char* data() const { return reinterpret_cast<const char*>(this + 1); }
  bool has_names(std::span<const FieldRef> fields) const;

  StreamId base_;
  StreamId last_;
  std::uint32_t capacity_;  // of the bytes
  std::uint32_t used_;
  std::uint32_t entries_begin_;  // behind the names
  std::uint32_t name_count_;
  std::uint32_t count_;
  std::uint32_t added_;
};

}  // namespace stele::keyspace::store
