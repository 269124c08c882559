#include "keyspace/store/blob.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#include "base/check.h"
#include "keyspace/store/entry.h"

namespace stele::keyspace::store {

Blob* Blob::make(std::string_view bytes) {
  void* const memory = std::malloc(sizeof(Blob) + bytes.size());
  STELE_CHECK_MESSAGE(memory != nullptr, "out of memory");
  auto* const blob = new (memory) Blob;
  blob->size_ = blob->room_ = bytes.size();
  std::memcpy(blob + 1, bytes.data(), bytes.size());
  return blob;
}

void Blob::free(Blob* blob) {
  std::free(blob);
}

std::size_t Blob::memory_bytes() const {
  return allocated_bytes(this);
}

Blob* Blob::append(Blob* blob, std::string_view tail) {
  const std::size_t size = blob->size_ + tail.size();
  if (size > blob->room_) {
    const std::size_t room = std::max<std::size_t>(size, size + std::min<std::size_t>(size, 1U << 20));
    // A tail that is part of the blob moves with it.
    const char* const former = reinterpret_cast<const char*>(blob + 1);
    const bool is_own = tail.data() >= former && tail.data() < former + blob->size_;
    const std::size_t offset = is_own ? static_cast<std::size_t>(tail.data() - former) : 0;
    void* const memory = std::realloc(blob, sizeof(Blob) + room);
    STELE_CHECK_MESSAGE(memory != nullptr, "out of memory");
    blob = static_cast<Blob*>(memory);
    blob->room_ = room;
    if (is_own) tail = std::string_view(reinterpret_cast<const char*>(blob + 1) + offset, tail.size());
  }
  std::memmove(reinterpret_cast<char*>(blob + 1) + blob->size_, tail.data(), tail.size());
  blob->size_ = size;
  return blob;
}

}  // namespace stele::keyspace::store
