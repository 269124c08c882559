#include "engine/segment/versions.h"

#include <algorithm>

#include "base/check.h"

namespace stele::engine {

Versions::Versions(std::vector<std::uint64_t> born)
    : size_(born.size()),
      born_(std::move(born)),
      chunks_(std::make_unique<std::atomic<Chunk*>[]>(size_ / kChunk + 1)) {
  for (const std::uint64_t lsn : born_) last_born_ = std::max(last_born_, lsn);
}

Versions Versions::copy() const {
  Versions versions(size_, Lsn(last_born_));
  versions.born_ = born_;
  for (std::size_t i = 0; i < size_; ++i) {
    if (i % kChunk == 0 && chunks_[i / kChunk].load(std::memory_order_acquire) == nullptr) {
      i += kChunk - 1;
      continue;
    }
    const std::uint64_t death = died(static_cast<DocOrdinal>(i));
    if (death != kAlive) versions.kill(static_cast<DocOrdinal>(i), Lsn(death));
  }
  return versions;
}

Versions::Versions(std::size_t size, Lsn born)
    : size_(size),
      last_born_(born.value()),
      chunks_(std::make_unique<std::atomic<Chunk*>[]>(size_ / kChunk + 1)) {}

Versions::Versions(Versions&& other) noexcept
    : size_(other.size_),
      born_(std::move(other.born_)),
      last_born_(other.last_born_),
      chunks_(std::move(other.chunks_)),
      first_death_(other.first_death_.load()),
      dead_count_(other.dead_count_.load()),
      chunk_count_(other.chunk_count_.load()) {}

Versions::~Versions() {
  if (!chunks_) return;
  for (std::size_t i = 0; i <= size_ / kChunk; ++i) delete chunks_[i].load();
}

void Versions::kill(DocOrdinal ordinal, Lsn lsn) {
  STELE_CHECK(ordinal < size_);
  std::atomic<Chunk*>& place = chunks_[ordinal / kChunk];
  Chunk* chunk = place.load(std::memory_order_relaxed);
  if (chunk == nullptr) {
    auto fresh = std::make_unique<Chunk>();
    for (auto& death : fresh->died) death.store(kAlive, std::memory_order_relaxed);
    chunk = fresh.release();
    place.store(chunk, std::memory_order_release);
    chunk_count_.fetch_add(1, std::memory_order_relaxed);
  }
  if (lsn.value() < first_death_.load(std::memory_order_relaxed))
    first_death_.store(lsn.value(), std::memory_order_relaxed);
  const std::size_t at = ordinal % kChunk;
  chunk->died[at].store(lsn.value(), std::memory_order_relaxed);
  if (lsn.value() > chunk->last_death.load(std::memory_order_relaxed))
    chunk->last_death.store(lsn.value(), std::memory_order_relaxed);
  std::atomic<std::uint64_t>& dead = chunk->dead[at / 64];
  dead.store(dead.load(std::memory_order_relaxed) | std::uint64_t{1} << (at % 64), std::memory_order_release);
  dead_count_.fetch_add(1, std::memory_order_relaxed);
}

std::size_t Versions::droppable_count(Lsn oldest) const {
  if (first_death_.load(std::memory_order_relaxed) > oldest.value()) return 0;
  std::size_t count = 0;
  for (std::size_t i = 0; i < size_; ++i) {
    // A chunk without deaths is passed over whole.
    if (i % kChunk == 0 && chunks_[i / kChunk].load(std::memory_order_acquire) == nullptr) {
      i += kChunk - 1;
      continue;
    }
    count += died(static_cast<DocOrdinal>(i)) <= oldest.value() ? 1 : 0;
  }
  return count;
}

bool Versions::clear_dead(const Chunk& chunk, Lsn lsn, std::span<std::uint64_t> words) {
  std::array<std::uint64_t, kChunk / 64> dead;
  for (std::size_t i = 0; i < dead.size(); ++i) dead[i] = chunk.dead[i].load(std::memory_order_acquire);
  if (chunk.last_death.load(std::memory_order_relaxed) > lsn.value()) return false;
  for (std::size_t i = 0; i < std::min(dead.size(), words.size()); ++i) words[i] &= ~dead[i];
  return true;
}

void Versions::clear_invisible(Lsn lsn, std::span<std::uint64_t> words) const {
  const bool all_born = last_born_ <= lsn.value();
  for (std::size_t first = 0; first < size_; first += kChunk) {
    const Chunk* chunk = chunks_[first / kChunk].load(std::memory_order_acquire);
    if (all_born && (chunk == nullptr || clear_dead(*chunk, lsn, words.subspan(first / 64)))) continue;
    const std::size_t end = std::min(size_, first + kChunk);
    for (std::size_t i = first; i < end; ++i)
      if (!is_visible(static_cast<DocOrdinal>(i), lsn)) words[i / 64] &= ~(std::uint64_t{1} << (i % 64));
  }
}

void Versions::forget_births(Lsn oldest) {
  if (last_born_ <= oldest.value()) born_ = std::vector<std::uint64_t>();
}

std::size_t Versions::memory_bytes() const {
  return born_.capacity() * sizeof(std::uint64_t) + (size_ / kChunk + 1) * sizeof(void*) +
         chunk_count_.load(std::memory_order_relaxed) * sizeof(Chunk);
}

}  // namespace stele::engine
