#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "engine/schema.h"

namespace stele::engine {

// The parts of a segment file. Numbers are the format's: never reused.
enum class SectionKind : std::uint32_t {
  // Of the segment; the field is kSegmentSections.
  kHeader = 1,
  kDocuments = 2,
  kDocumentOffsets = 3,
  kSequences = 4,
  kKeySlots = 5,
  // Of a field.
  kField = 16,
  kPresent = 17,
  kNulls = 18,
  kTerms = 19,
  kPostings = 20,
  kPositions = 21,
  kLengths = 22,
  kColumn = 23,
  kVectorDocuments = 24,
  kVectors = 25,
  kVectorLengths = 26,
  kVectorCodes = 27,
  kVectorGraph = 28,
};
constexpr std::uint32_t kSegmentSections = 0xFFFFFFFF;

// Puts sections one behind the other, each at a multiple of 64 bytes, and a directory at the end. Confined to
// its thread.
class SectionWriter {
 public:
  void add(std::uint32_t field, SectionKind kind, std::string_view bytes);
  std::string finish();

 private:
  std::string bytes_;
  std::string directory_;
};

// Finds them again. Borrows the bytes.
class SectionReader {
 public:
  // kCorruption: no directory, or one that points outside.
  static Result<SectionReader> open(std::string_view bytes);
  // Empty where there is none.
  std::string_view find(std::uint32_t field, SectionKind kind) const;
  const auto& all() const { return sections_; }
  // Of the directory: another one for other sections.
  std::uint64_t directory_checksum() const { return directory_checksum_; }
  // kCorruption: names the first section whose bytes are not those that were written. Cost: a pass over all.
  Result<void> verify() const;

 private:
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::string_view> sections_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint64_t> checksums_;
  std::uint64_t directory_checksum_ = 0;
};

}  // namespace stele::engine
