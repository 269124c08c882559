#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/columns/packed_integers.h"
#include "engine/segment/sealed_field.h"
#include "engine/segment/segment.h"
#include "io/mapping.h"

namespace stele::engine {

// A segment that is written once, as one run of bytes without pointers: what a file of it holds, and how it
// is read there. Layout: docs/formats/segment.md. Its documents are made anew from their records each time
// one is asked for.
class SealedSegment final : public Segment {
 public:
  static constexpr std::size_t kDocumentsMax = (std::size_t{1} << 24U) - 2;  // as the key slots count

  // kCorruption: not the bytes of a segment of so many documents. Cost: a few look-ups a field.
  static Result<std::shared_ptr<SealedSegment>> open(std::shared_ptr<const io::Mapping> bytes,
                                                     Versions versions);

  DocumentPtr document(DocOrdinal ordinal) const override;
  DocKey key(DocOrdinal ordinal) const override;
  std::uint64_t sequence(DocOrdinal ordinal) const override { return sequences_[ordinal]; }
  const SealedField* field(FieldId id) const override {
    return id.value() < fields_.size() ? fields_[id.value()].get() : nullptr;
  }
  std::size_t content_bytes() const override;

  std::string_view bytes() const { return bytes_->bytes(); }
  // The document's record (document_record.h).
  std::string_view record(DocOrdinal ordinal) const;

 private:
  SealedSegment(std::shared_ptr<const io::Mapping> bytes, Versions versions)
      : Segment(std::move(versions)), bytes_(std::move(bytes)) {}
  Result<void> read_sections();
  bool find_versions(const DocKey& key, std::uint64_t hash, AcceptCall call, void* target) const override;

  std::shared_ptr<const io::Mapping> bytes_;
  std::string_view documents_;
  PackedIntegers document_offsets_;
  PackedIntegers sequences_;
  std::string_view slots_;
  std::size_t slot_count_ = 0;
  std::vector<std::unique_ptr<const SealedField>> fields_;
};

// The slots of a segment's keys: a table of open addressing, four bytes a slot, the ordinal plus one below
// and eight bits of the hash above; the versions of a key from the newest on.
std::string make_key_slots(std::size_t documents, const std::vector<std::uint64_t>& hashes);

}  // namespace stele::engine
