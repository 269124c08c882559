#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/lsn.h"
#include "base/result.h"
#include "engine/document.h"
#include "engine/schema.h"
#include "engine/visibility.h"

namespace stele::engine {

struct CollectionOptions {
  std::string name;  // for messages; heads' names and aliases are views' matter
  KeyLayout key_layout = {KeyType::kText};
  // Apply answers kResourceExhausted, and changes nothing, once stats().memory_bytes is above. 0 = no limit.
  std::size_t memory_bytes_max = 0;
};

struct CollectionStats {
  std::size_t documents = 0;      // live in the newest applied state
  std::size_t dead_versions = 0;  // replaced or deleted, not yet dropped
  std::size_t segments = 0;
  std::size_t memory_bytes = 0;  // an estimate of all the collection holds
  Lsn applied;                   // of the newest batch
};

// What does one collection hold at one LSN? Pins what it needs, so it stays readable while the collection
// changes or goes. Threads: immutable, share freely.
class CollectionView {
 public:
  virtual ~CollectionView() = default;
  virtual const std::string& name() const = 0;
  virtual Lsn lsn() const = 0;
  virtual const Schema& schema() const = 0;
  virtual const KeyLayout& key_layout() const = 0;
  // The version visible here, or null.
  virtual DocumentPtr get(const DocKey& key) const = 0;
  // Visible documents; linear in the number of dead versions at worst.
  virtual std::size_t document_count() const = 0;
};

// Which documents does a table (or index) have, and how do they change? Created by an Engine, whose
// VisibleLsn says what readers see: what is applied above it is there already and seen by nobody. Threads:
// apply, add_fields and latest by one writer at a time (the applier); all else by anybody, concurrently. No
// reader waits for the writer or makes it wait beyond the copy of a pointer.
class Collection {
 public:
  virtual ~Collection() = default;
  virtual const CollectionOptions& options() const = 0;

  // All of the batch or, on error, nothing. kInvalidArgument: an lsn below the one before, a document without
  // key or with a field id that is not in the schema. kResourceExhausted: see CollectionOptions.
  virtual Result<ApplyReport> apply(ChangeBatch batch) = 0;
  // Documents that are there have no values in a new field until they are applied again; a new multi-field of
  // an old field likewise.
  virtual Result<void> add_fields(std::vector<FieldDefinition> fields) = 0;
  // The newest applied version, visible or not: what a partial change builds upon.
  virtual DocumentPtr latest(const DocKey& key) const = 0;

  virtual std::shared_ptr<const Schema> schema() const = 0;
  virtual CollectionStats stats() const = 0;
  // The state at `lsn`, which the caller holds a pin on. Snapshot::take is the usual way.
  virtual std::shared_ptr<const CollectionView> view(Lsn lsn) const = 0;

  // Drops what no pin can see and joins small segments: one bounded step, any thread but one at a time. True
  // when more is worth doing. apply() does the small part of it itself; call this from a worker a few times a
  // second.
  virtual bool maintain() = 0;

  // Keeps on disk what the collection holds, where it was opened from a directory (Engine::open_collection):
  // the next opening begins with it. `complete` is an LSN of which the caller knows that all up to it has
  // been applied and nothing later. Beside readers and the writer, who waits for none of the writing.
  // kUnsupported: no directory. kInvalidArgument: something later has been applied. kIo: what was kept before
  // is there still, or either.
  virtual Result<void> save(Lsn complete);
};

// What does one request see, over all the collections it names? One LSN for all of them, taken once.
// Threads: immutable after take; share freely. Holding one keeps dead versions in memory: bound its age.
class Snapshot {
 public:
  Snapshot() = default;
  // Pins the visible LSN, then views of the collections in the order given (Target::collection counts in it).
  static Snapshot take(VisibleLsn& visible, std::span<const std::shared_ptr<Collection>> collections);
  // The same at a pin taken before: point-in-time searches, an index whose last refresh is to be seen.
  static Snapshot take(VisibleLsn::Pin pin, std::span<const std::shared_ptr<Collection>> collections);
  // Adds a collection at a pin of its own (an index that shows its last refresh among others that are live).
  void add(VisibleLsn::Pin pin, const Collection& collection);

  Lsn lsn() const { return pin_.lsn(); }
  std::size_t size() const { return views_.size(); }
  const CollectionView& view(std::size_t index) const { return *views_.at(index); }

 private:
  VisibleLsn::Pin pin_;
  std::vector<VisibleLsn::Pin> own_pins_;
  std::vector<std::shared_ptr<const CollectionView>> views_;
};

}  // namespace stele::engine
