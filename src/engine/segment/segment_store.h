#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/lsn.h"
#include "base/result.h"
#include "engine/segment/manifest.h"
#include "engine/segment/sealed_segment.h"
#include "io/directory.h"

namespace stele::engine {

// Which sealed segments has a collection on disk? Files that are written once ("segment-7"), and a manifest
// that names them and is replaced at once, so that after a crash at any moment there is the state of one
// commit, whole: the last that returned, or one that was about to. Threads: one at a time; the segments are
// anybody's. Lifetime: segments stay readable when their files are removed. Cost: a commit writes the
// segments that are new and the manifest; opening maps files and reads a few bytes of each, beside verify.
// Errors: kIo. Layouts: docs/formats/.
class SegmentStore {
 public:
  // A file that is not what was written: put aside under another name, so that nobody takes it for one.
  struct Damage {
    std::string file;
    std::string reason;
    std::string kept_as;  // empty where there was none
  };
  struct Options {
    // Whether opening reads all bytes of all files and compares checksums. Without, what opening cannot see
    // (a flipped byte inside of a section) is found by verify(), to be called before answers are believed.
    bool verify = true;
  };

  // What is there. With any damage no segments: the caller builds the collection anew.
  static Result<std::unique_ptr<SegmentStore>> open(std::unique_ptr<io::Directory> directory,
                                                    Options options);

  // Of the last commit; lsn none where there is none.
  const Manifest& manifest() const { return manifest_; }
  // In order, with their dead; all births count as at the manifest's LSN.
  const std::vector<std::shared_ptr<SealedSegment>>& segments() const { return segments_; }
  const std::vector<Damage>& damage() const { return damage_; }
  // Compares the checksums of all sections of all segments. What it finds is put aside and in damage().
  // Returns whether all is as it was written.
  Result<bool> verify();

  struct Checkpoint {
    Lsn lsn;  // nothing in the segments was born later
    std::uint64_t next_sequence = 1;
    std::uint64_t schema = 0;
    std::vector<std::shared_ptr<SealedSegment>> segments;
  };
  // Makes it what is there; segments() are then the same ones, those that are new read from their files, each
  // with the births and deaths that it had. On error what was there before is there still, or, where the disk
  // did not say, either. kInvalidArgument: a segment with a birth after the LSN.
  Result<void> commit(const Checkpoint& checkpoint);

 private:
  explicit SegmentStore(std::unique_ptr<io::Directory> directory) : directory_(std::move(directory)) {}

  Result<void> load(Options options);
  Result<std::shared_ptr<SealedSegment>> load_segment(const Manifest::SegmentFile& file, Options options);
  Result<void> put_aside(const std::string& name, const std::string& reason);
  Result<Manifest::SegmentFile> write_segment(const SealedSegment& segment);
  void remove_others();

  const std::unique_ptr<io::Directory> directory_;
  Manifest manifest_;
  std::vector<std::shared_ptr<SealedSegment>> segments_;
  std::vector<Damage> damage_;
  std::uint64_t next_number_ = 1;
};

}  // namespace stele::engine
