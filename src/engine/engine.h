#pragma once

#include <memory>

#include "base/clock.h"
#include "base/result.h"
#include "engine/collection.h"
#include "engine/query/request.h"
#include "engine/query/result.h"
#include "io/directory.h"

namespace stele::engine {

// Which documents match, how well, and what do they add up to? Makes collections and answers requests over
// snapshots of them. The reference engine (engine/reference/) is the oracle of any other; both pass
// engine/conformance.h. Threads: any, concurrently. A search runs on the calling thread until it is done or
// its deadline is over, so call it from a worker. Lifetime: the VisibleLsn outlives the engine, its
// collections, their views and pins.
class Engine {
 public:
  virtual ~Engine() = default;

  // Errors as Schema::create has them.
  virtual Result<std::shared_ptr<Collection>> create_collection(CollectionOptions options, Schema schema) = 0;

  // A collection that is kept in `directory`, which it alone uses: what its last save() kept, or nothing
  // where there is none. With damage it is empty, to be filled anew. What it holds counts as born at `saved`:
  // show it at that LSN or later. kUnsupported: an engine that keeps nothing. kIo.
  struct OpenedCollection {
    std::shared_ptr<Collection> collection;
    Lsn saved;
    std::vector<std::string> damage;  // files that are not what was written, each with the reason
  };
  virtual Result<OpenedCollection> open_collection(CollectionOptions options, Schema schema,
                                                   std::unique_ptr<io::Directory> directory);

  // kInvalidArgument: the request contradicts itself or the schema (a sort on text, a vector of the wrong
  // dimension); kUnsupported: known to the contract and not executed by this engine, named in the message;
  // kDeadlineExceeded and kResourceExhausted: the request's limits. A query on a field that is not in the
  // schema matches nothing; sorting by one is an error unless SortKey::unmapped_ok.
  virtual Result<SearchResult> search(const Snapshot& snapshot, const Request& request) const = 0;
};

// In memory, set at a time, exact: see engine/reference/reference_engine.h. `clock` is asked for deadlines
// only.
std::unique_ptr<Engine> make_reference_engine(VisibleLsn& visible, const Clock& clock = system_clock());

struct EngineOptions {
  // From so many documents on a segment is sealed: packed, without pointers, as a file of it would be.
  std::size_t seal_documents = 2048;
  // Or from so many bytes on, documents included.
  std::size_t seal_bytes = std::size_t{16} << 20U;
  // Whether opening a collection reads all its files and compares checksums (else: see SegmentStore).
  bool verify_files = true;
};
// Over sealed segments: see docs/decisions/segments.md.
std::unique_ptr<Engine> make_engine(VisibleLsn& visible, const Clock& clock = system_clock(),
                                    EngineOptions options = {});

}  // namespace stele::engine
