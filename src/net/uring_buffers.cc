#include "net/uring_buffers.h"

#include <liburing.h>
#include <sys/mman.h>

#include <utility>

namespace stele::net {

namespace {

// Between two buffers, so that their beginnings, which small messages use, do not all fall into one set of
// the processor's caches.
constexpr std::size_t kStagger = 128;

}  // namespace

UringBuffers::~UringBuffers() {
  release();
}

int UringBuffers::create(io_uring* ring, unsigned count, std::size_t bytes_each) {
  slots_bytes_ = count * sizeof(io_uring_buf);
  void* memory = ::mmap(nullptr, slots_bytes_, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_PRIVATE, -1, 0);
  if (memory == MAP_FAILED) return -ENOMEM;
  slots_ = static_cast<io_uring_buf_ring*>(memory);
  io_uring_buf_ring_init(slots_);
  io_uring_buf_reg registration{};
  registration.ring_addr = reinterpret_cast<std::uintptr_t>(slots_);
  registration.ring_entries = count;
  registration.bgid = kGroup;
  const int error = io_uring_register_buf_ring(ring, &registration, 0);
  if (error != 0) return error;
  ring_ = ring;
  count_ = count;
  bytes_each_ = bytes_each;
  stride_ = bytes_each + kStagger;
  buffers_.reset(new char[stride_ * count]);
  for (unsigned id = 0; id < count; ++id) give_back(id);
  return 0;
}

void UringBuffers::release() {
  if (ring_ != nullptr) io_uring_unregister_buf_ring(std::exchange(ring_, nullptr), kGroup);
  if (slots_ != nullptr) ::munmap(std::exchange(slots_, nullptr), slots_bytes_);
}

void UringBuffers::give_back(unsigned id) {
  io_uring_buf_ring_add(slots_, buffers_.get() + id * stride_, static_cast<unsigned>(bytes_each_),
                        static_cast<unsigned short>(id), io_uring_buf_ring_mask(count_), 0);
  io_uring_buf_ring_advance(slots_, 1);
}

}  // namespace stele::net
