#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "base/lsn.h"
#include "engine/document.h"
#include "engine/reference/field_index.h"
#include "engine/schema.h"

namespace stele::engine::reference {

constexpr std::uint64_t kAlive = std::numeric_limits<std::uint64_t>::max();

// Which versions of documents were applied together, and what is in them? Immutable but for the LSN at which
// a version died, which the writer sets once. Documents stand in the order in which they were applied, and
// segments stay in that order when they are joined, so that the place of a version tells its age. Threads:
// any reader; kill by the writer alone. A death is seen by whoever pins an LSN at or above it, since the pin
// reads the visible LSN that was published after it.
class Segment {
 public:
  // `sequences`: one a document, ascending. Analyzes all text: about 10 µs a document of 60 words.
  static std::shared_ptr<Segment> build(const Schema& schema, std::vector<DocumentPtr> documents,
                                        std::vector<std::uint64_t> sequences);
  // The versions of `parts` that were not dead at `oldest`, in order. Deaths are not carried over: see
  // adopt_deaths.
  static std::shared_ptr<Segment> join(const Schema& schema, std::span<const std::shared_ptr<Segment>> parts,
                                       Lsn oldest);
  // After join, with the writer kept out: the deaths that the parts have seen since.
  void adopt_deaths(std::span<const std::shared_ptr<Segment>> parts);

  std::size_t size() const { return documents_.size(); }
  const DocumentPtr& document(DocOrdinal ordinal) const { return documents_[ordinal]; }
  std::uint64_t sequence(DocOrdinal ordinal) const { return sequences_[ordinal]; }
  bool is_alive(DocOrdinal ordinal) const { return died(ordinal) == kAlive; }
  bool is_visible(DocOrdinal ordinal, Lsn lsn) const {
    return born_[ordinal] <= lsn.value() && lsn.value() < died(ordinal);
  }
  // True without looking at each: nothing was born after `lsn` or died up to it.
  bool all_visible(Lsn lsn) const {
    return last_born_ <= lsn.value() && lsn.value() < first_death_.load(std::memory_order_relaxed);
  }
  // Null where no document has the field.
  const FieldIndex* field(FieldId id) const {
    return id.value() < fields_.size() ? fields_[id.value()].get() : nullptr;
  }
  // Calls accept(ordinal) for the versions of `key`, newest first within the segment, until one returns true.
  bool find(const DocKey& key, auto&& accept) const { return find(key, std::hash<DocKey>{}(key), accept); }
  // The same where `hash` is known: many segments are asked for one key.
  bool find(const DocKey& key, std::uint64_t hash, auto&& accept) const {
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = hash & mask; slots_[at] != 0; at = (at + 1) & mask) {
      const auto ordinal = static_cast<DocOrdinal>(slots_[at]) - 1;
      if (slots_[at] >> 32U == hash >> 32U && documents_[ordinal]->key == key && accept(ordinal)) return true;
    }
    return false;
  }

  // The writer's: marks a version that is alive as dead from `lsn` on.
  void kill(DocOrdinal ordinal, Lsn lsn);
  std::size_t dead_count() const { return dead_count_.load(std::memory_order_relaxed); }
  // Versions dead at or below `oldest`: a join would drop them.
  std::size_t droppable_count(Lsn oldest) const;
  std::size_t memory_bytes() const { return memory_bytes_; }

 private:
  Segment(std::vector<DocumentPtr> documents, std::vector<std::uint64_t> sequences);
  std::uint64_t died(DocOrdinal ordinal) const { return died_[ordinal].load(std::memory_order_relaxed); }
  void index_keys();
  void measure_memory();

  std::vector<DocumentPtr> documents_;
  std::vector<std::uint64_t> sequences_;
  std::vector<std::uint64_t> born_;
  std::vector<std::uint32_t> bytes_;  // an estimate for each document: looking again would miss the cache
  std::unique_ptr<std::atomic<std::uint64_t>[]> died_;
  std::uint64_t last_born_ = 0;
  std::atomic<std::uint64_t> first_death_{kAlive};
  std::atomic<std::size_t> dead_count_{0};
  std::vector<std::unique_ptr<FieldIndex>> fields_;
  std::vector<std::uint64_t> slots_;  // by key: upper half of the hash, ordinal + 1
  std::size_t memory_bytes_ = 0;
};

}  // namespace stele::engine::reference
