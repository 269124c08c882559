#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace stele::net {

// How much memory may the requests of all connections hold together? A body counts from its first byte until
// its answer is sent, and twice: what is parsed of it lies beside it (Elasticsearch counts its in-flight
// requests so, too). A body that comes compressed counts as what comes out of it, after each arrival: so far
// beyond the limit as one body, on each reactor. Threads: any; a share is confined to its request's.
// Lifetime: outlives its shares. Cost: one atomic addition an arrival.
class RequestMemory {
 public:
  static constexpr std::size_t kTimesHeld = 2;

  // What one request holds; given back when it goes.
  class Share {
   public:
    explicit Share(RequestMemory* memory_or_null) : memory_(memory_or_null) {}
    ~Share() { release(); }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

    // The request's body has that many bytes now, never fewer than before. False: there is no room for them,
    // and the share is as it was.
    bool grow_to(std::size_t body_bytes);
    void release();

   private:
    RequestMemory* memory_;
    std::size_t bytes_ = 0;
  };

  explicit RequestMemory(std::size_t bytes_max) : bytes_max_(bytes_max) {}
  RequestMemory(const RequestMemory&) = delete;
  RequestMemory& operator=(const RequestMemory&) = delete;

  std::size_t bytes_max() const { return bytes_max_; }
  std::size_t bytes() const { return bytes_.load(std::memory_order_relaxed); }
  // Requests for which there was no room, so far.
  std::uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }

 private:
  const std::size_t bytes_max_;
  std::atomic<std::size_t> bytes_{0};
  std::atomic<std::uint64_t> refused_{0};
};

inline bool RequestMemory::Share::grow_to(std::size_t body_bytes) {
  const std::size_t wanted = body_bytes * kTimesHeld;
  if (memory_ == nullptr || wanted <= bytes_) return true;
  const std::size_t more = wanted - bytes_;
  if (memory_->bytes_.fetch_add(more, std::memory_order_relaxed) + more > memory_->bytes_max_) {
    memory_->bytes_.fetch_sub(more, std::memory_order_relaxed);
    memory_->refused_.fetch_add(1, std::memory_order_relaxed);
    return false;
  }
  bytes_ = wanted;
  return true;
}

inline void RequestMemory::Share::release() {
  if (bytes_ > 0) memory_->bytes_.fetch_sub(std::exchange(bytes_, 0), std::memory_order_relaxed);
}

}  // namespace stele::net
