#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "base/lsn.h"
#include "engine/segment/ordinal.h"

namespace stele::engine {

constexpr std::uint64_t kAlive = std::numeric_limits<std::uint64_t>::max();

// Which of a segment's versions does a reader at an LSN see? Those born at or before it and dead after it.
// Births are given once; deaths are an overlay, kept in chunks that are made at the first death in them.
// Threads: any reader; kill by the one writer. A death is seen by whoever pins an LSN at or above it, since
// the pin reads the visible LSN that was published after it. Cost: births 8 bytes a version until all of them
// are seen by everybody, then none; deaths 8 KB for each 1,024 versions with a dead one.
class Versions {
 public:
  explicit Versions(std::vector<std::uint64_t> born);
  // As they are, beside the writer: some of what it kills meanwhile.
  Versions copy() const;
  // So many, born at once.
  Versions(std::size_t size, Lsn born);

  std::size_t size() const { return size_; }
  Lsn last_born() const { return Lsn(last_born_); }
  bool is_visible(DocOrdinal ordinal, Lsn lsn) const {
    return born(ordinal) <= lsn.value() && lsn.value() < died(ordinal);
  }
  // True without looking at each: nothing was born after `lsn` or died up to it.
  bool all_visible(Lsn lsn) const {
    return last_born_ <= lsn.value() && lsn.value() < first_death_.load(std::memory_order_relaxed);
  }
  // Takes the bits of those that are not visible out of `words`, a bit a version.
  void clear_invisible(Lsn lsn, std::span<std::uint64_t> words) const;
  bool is_alive(DocOrdinal ordinal) const { return died(ordinal) == kAlive; }
  std::uint64_t died(DocOrdinal ordinal) const {
    const Chunk* chunk = chunks_[ordinal / kChunk].load(std::memory_order_acquire);
    return chunk == nullptr ? kAlive : chunk->died[ordinal % kChunk].load(std::memory_order_relaxed);
  }
  std::uint64_t born(DocOrdinal ordinal) const { return born_.empty() ? last_born_ : born_[ordinal]; }
  // Marks a version that is alive as dead from `lsn` on.
  void kill(DocOrdinal ordinal, Lsn lsn);
  std::size_t dead_count() const { return dead_count_.load(std::memory_order_relaxed); }
  // Versions dead at or below `oldest`: a join would drop them.
  std::size_t droppable_count(Lsn oldest) const;

  // Before readers come: where nobody can look at an LSN below `oldest`, births up to it need not be known.
  void forget_births(Lsn oldest);
  std::size_t memory_bytes() const;
  ~Versions();
  Versions(Versions&& other) noexcept;
  Versions& operator=(Versions&&) = delete;

 private:
  static constexpr std::size_t kChunk = 1024;
  // Who sees a bit of `dead` sees a `last_death` that is not below that death.
  struct Chunk {
    std::array<std::atomic<std::uint64_t>, kChunk> died;
    std::array<std::atomic<std::uint64_t>, kChunk / 64> dead{};
    std::atomic<std::uint64_t> last_death{0};
  };
  // False where a death in the chunk is above `lsn`.
  static bool clear_dead(const Chunk& chunk, Lsn lsn, std::span<std::uint64_t> words);

  std::size_t size_;
  std::vector<std::uint64_t> born_;  // empty: all count as born with the last
  std::uint64_t last_born_ = 0;
  std::unique_ptr<std::atomic<Chunk*>[]> chunks_;
  std::atomic<std::uint64_t> first_death_{kAlive};
  std::atomic<std::size_t> dead_count_{0};
  std::atomic<std::size_t> chunk_count_{0};
};

}  // namespace stele::engine
