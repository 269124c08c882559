#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/lsn.h"
#include "engine/document.h"
#include "engine/reference/field_index.h"
#include "engine/schema.h"
#include "engine/segment/segment.h"

namespace stele::engine::reference {

// A segment as plain arrays over the documents as they were given: quick to build, easily seen to be right,
// and large.
class MemorySegment final : public Segment {
 public:
  // `sequences`: one a document, ascending. Analyzes all text: about 10 µs a document of 60 words.
  static std::shared_ptr<MemorySegment> build(const Schema& schema, std::vector<DocumentPtr> documents,
                                              std::vector<std::uint64_t> sequences);
  // See SegmentFactory::join; `parts` are MemorySegments.
  static std::shared_ptr<MemorySegment> join(const Schema& schema,
                                             std::span<const std::shared_ptr<Segment>> parts, Lsn oldest);

  DocumentPtr document(DocOrdinal ordinal) const override { return documents_[ordinal]; }
  DocKey key(DocOrdinal ordinal) const override { return documents_[ordinal]->key; }
  std::uint64_t sequence(DocOrdinal ordinal) const override { return sequences_[ordinal]; }
  const FieldIndex* field(FieldId id) const override {
    return id.value() < fields_.size() ? fields_[id.value()].get() : nullptr;
  }
  std::size_t content_bytes() const override { return content_bytes_; }

 private:
  MemorySegment(std::vector<DocumentPtr> documents, std::vector<std::uint64_t> sequences);
  bool find_versions(const DocKey& key, std::uint64_t hash, AcceptCall call, void* target) const override;
  void index_keys();
  void measure_memory();

  std::vector<DocumentPtr> documents_;
  std::vector<std::uint64_t> sequences_;
  std::vector<std::uint32_t> bytes_;  // an estimate for each document: looking again would miss the cache
  std::vector<std::unique_ptr<FieldIndex>> fields_;
  std::vector<std::uint64_t> slots_;  // by key: upper half of the hash, ordinal + 1
  std::size_t content_bytes_ = 0;
};

class MemorySegments final : public SegmentFactory {
 public:
  std::shared_ptr<Segment> build(const Schema& schema, std::vector<DocumentPtr> documents,
                                 std::vector<std::uint64_t> sequences) const override;
  std::shared_ptr<Segment> join(const Schema& schema, std::span<const std::shared_ptr<Segment>> parts,
                                Lsn oldest) const override;
  std::size_t documents_max() const override { return 262'144; }
};

}  // namespace stele::engine::reference
