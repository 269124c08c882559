#include "net/uring_ring.h"

#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <utility>

#include "base/check.h"

namespace stele::net {

namespace {

constexpr unsigned kSubmissions = 1024;
constexpr unsigned kCompletions = 8192;
constexpr unsigned kBuffers = 256;
constexpr std::size_t kBufferBytes = 16 * 1024;
constexpr unsigned kBatch = 256;
constexpr unsigned kBatchesPerRound = 16;
constexpr unsigned kOperationMask = 7;

// The cheapest way of running the kernel's side first: work is done when we wait, and only then (6.1); work
// does not interrupt us (5.19).
constexpr std::array kFlagChoices = {IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN,
                                     IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG};

int set_up(io_uring* ring, unsigned entries, unsigned completions, unsigned more_flags) {
  int error = -EINVAL;
  for (const unsigned flags : kFlagChoices) {
    io_uring_params params{};
    params.flags = flags | more_flags | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_CQSIZE;
    params.cq_entries = completions;
    error = io_uring_queue_init_params(entries, ring, &params);
    if (error != -EINVAL) break;
  }
  return error;
}

}  // namespace

UringRing::~UringRing() {
  shut_down();
  for (UringSource* source : buried_) delete source;
}

void UringRing::shut_down() {
  if (!std::exchange(created_, false)) return;
  buffers_.release();
  io_uring_queue_exit(&ring_);
}

int UringRing::create() {
  // Disabled until attach(), so that the thread that serves, not the one that creates, is the one issuer.
  const int error = set_up(&ring_, kSubmissions, kCompletions, IORING_SETUP_R_DISABLED);
  if (error != 0) return error;
  created_ = true;
  return buffers_.create(&ring_, kBuffers, kBufferBytes);
}

int UringRing::attach() {
  if (attached_) return 0;
  // Debian 12's liburing declares io_uring_enable_rings() and does not export it.
  if (::syscall(__NR_io_uring_register, ring_.ring_fd, IORING_REGISTER_ENABLE_RINGS, nullptr, 0) != 0)
    return -errno;
  attached_ = true;
  io_uring_register_ring_fd(&ring_);  // saves a look-up of the descriptor each round; fine without
  return 0;
}

io_uring_sqe* UringRing::prepare() {
  io_uring_sqe* sqe = io_uring_get_sqe(&ring_);
  if (sqe == nullptr) {
    io_uring_submit(&ring_);
    sqe = io_uring_get_sqe(&ring_);
    STELE_CHECK(sqe != nullptr);
  }
  return sqe;
}

std::uint64_t UringRing::user_data(UringSource* source, unsigned operation) {
  return reinterpret_cast<std::uintptr_t>(source) | operation;
}

void UringRing::address_to(io_uring_sqe* sqe, UringSource* source, unsigned operation) {
  io_uring_sqe_set_data64(sqe, user_data(source, operation));
}

void UringRing::wait(Duration timeout) {
  if (timeout < Duration::zero()) {
    io_uring_submit_and_wait(&ring_, 1);
  } else if (timeout == Duration::zero()) {
    io_uring_submit_and_get_events(&ring_);
  } else {
    __kernel_timespec span{};
    span.tv_sec = timeout.count() / 1'000'000'000;
    span.tv_nsec = timeout.count() % 1'000'000'000;
    io_uring_cqe* first = nullptr;
    io_uring_submit_and_wait_timeout(&ring_, &first, 1, &span, nullptr);
  }
}

void UringRing::dispatch() {
  std::array<io_uring_cqe*, kBatch> batch;
  unsigned count = kBatch;
  for (unsigned i = 0; i < kBatchesPerRound && count == kBatch; ++i) {
    count = io_uring_peek_batch_cqe(&ring_, batch.data(), kBatch);
    for (unsigned j = 0; j < count; ++j) {
      const io_uring_cqe cqe = *batch[j];
      auto* source = reinterpret_cast<UringSource*>(cqe.user_data & ~std::uint64_t{kOperationMask});
      source->on_complete(cqe.user_data & kOperationMask, cqe.res, cqe.flags);
    }
    io_uring_cq_advance(&ring_, count);
  }
  for (UringSource* source : buried_) delete source;
  buried_.clear();
}

const char* probe_uring() {
  io_uring ring{};
  if (set_up(&ring, 8, 16, 0) != 0)
    return "io_uring cannot be set up (switched off, or the kernel is too old)";
  const char* missing = nullptr;
  int pair[2] = {-1, -1};
  {
    UringBuffers buffers;
    io_uring_cqe* cqe = nullptr;
    __kernel_timespec span{.tv_sec = 2, .tv_nsec = 0};
    if (buffers.create(&ring, 2, 64) != 0) {
      missing = "io_uring has no provided buffers";
    } else if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0 ||
               ::write(pair[1], "x", 1) != 1) {
      missing = "no pair of sockets to try io_uring with";
    } else {
      io_uring_sqe* sqe = io_uring_get_sqe(&ring);
      io_uring_prep_recv(sqe, pair[0], nullptr, 0, 0);
      sqe->flags |= IOSQE_BUFFER_SELECT;
      sqe->buf_group = UringBuffers::kGroup;
      const bool works = io_uring_submit_and_wait_timeout(&ring, &cqe, 1, &span, nullptr) >= 0 &&
                         cqe != nullptr && cqe->res == 1 && (cqe->flags & IORING_CQE_F_BUFFER) != 0;
      if (!works) missing = "io_uring cannot receive into provided buffers";
    }
    buffers.release();
  }
  io_uring_queue_exit(&ring);
  if (pair[0] >= 0) ::close(pair[0]);
  if (pair[1] >= 0) ::close(pair[1]);
  return missing;
}

}  // namespace stele::net
