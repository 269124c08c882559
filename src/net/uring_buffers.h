#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

struct io_uring;           // NOLINT(readability-identifier-naming): liburing names it
struct io_uring_buf_ring;  // NOLINT(readability-identifier-naming): liburing names it

namespace stele::net {

// The buffers that the kernel receives into (io_uring's provided buffer ring): it picks one for each
// delivery, and gets it back as soon as the bytes were handed on. Confined to one thread.
class UringBuffers {
 public:
  static constexpr int kGroup = 1;

  UringBuffers() = default;
  ~UringBuffers();
  UringBuffers(const UringBuffers&) = delete;
  UringBuffers& operator=(const UringBuffers&) = delete;

  // `count` is a power of two. A negative errno where the kernel refuses. The ring must outlive this, or
  // release() be called before its end.
  int create(io_uring* ring, unsigned count, std::size_t bytes_each);
  void release();

  std::string_view view(unsigned id, std::size_t size) const { return {buffers_.get() + id * stride_, size}; }
  void give_back(unsigned id);

 private:
  io_uring* ring_ = nullptr;
  io_uring_buf_ring* slots_ = nullptr;
  std::size_t slots_bytes_ = 0;
  unsigned count_ = 0;
  std::size_t bytes_each_ = 0;
  std::size_t stride_ = 0;
  std::unique_ptr<char[]> buffers_;
};

}  // namespace stele::net
