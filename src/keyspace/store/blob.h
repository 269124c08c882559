#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace stele::keyspace::store {

// Bytes of a string that is too large to lie in its entry. Threads: the shard's. Lifetime: make() to free().
class Blob {
 public:
  static Blob* make(std::string_view bytes);
  static void free(Blob* blob);

  std::string_view bytes() const { return {reinterpret_cast<const char*>(this + 1), size_}; }
  char* data() { return reinterpret_cast<char*>(this + 1); }
  std::size_t size() const { return size_; }
  std::size_t memory_bytes() const;

  // The blob with so many bytes more behind it, and room for as many again: it may have moved.
  static Blob* append(Blob* blob, std::string_view tail);

 private:
  std::uint64_t size_;
  std::uint64_t room_;
};

}  // namespace stele::keyspace::store
