#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/lsn.h"
#include "base/result.h"

namespace stele::engine {

// Which files are a collection at one LSN? Written as one file that is replaced at once; layout:
// docs/formats/manifest.md. A value.
struct Manifest {
  struct SegmentFile {
    std::uint64_t number = 0;
    std::uint64_t bytes = 0;
    std::uint64_t checksum = 0;  // of the segment's directory, which has those of its sections
    std::uint64_t documents = 0;
    std::string dead;  // a DocumentSet of versions that are dead at `lsn`
    bool operator==(const SegmentFile&) const = default;
  };
  Lsn lsn;                          // all up to it is in, nothing of later
  std::uint64_t next_sequence = 1;  // of application in the collection
  std::uint64_t next_number = 1;    // of files: none is used twice
  std::uint64_t schema = 0;         // its fingerprint
  std::vector<SegmentFile> segments;
  bool operator==(const Manifest&) const = default;

  std::string bytes() const;
  // kCorruption.
  static Result<Manifest> read(std::string_view bytes);
};

}  // namespace stele::engine
