#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "access/principal.h"
#include "base/clock.h"
#include "base/lsn.h"
#include "base/result.h"
#include "net/task.h"
#include "views/catalog.h"

namespace stele::views {

enum class DocumentAction : std::uint8_t {
  kIndex,   // insert or replace the whole document
  kCreate,  // insert; kConflict when the id is there
  kUpdate,  // replace, only if it is there (kNotFound else): the caller merged `source` itself
  kDelete,  // kNotFound-like outcome, not an error, when it is not there
};

// A vector of a Qdrant collection's point. No elements: the point has none of that name.
struct VectorWrite {
  std::string column;
  std::vector<float> elements;
  std::vector<std::uint32_t> indices = {};  // of a sparse one, as many as elements
};

// One document to write. `source` is the JSON object as it came, byte for byte. Of a Qdrant collection's
// point it is the payload: kIndex and kCreate write it with the vectors given and no others; kUpdate leaves
// the payload as it is where `source` is empty, and the vectors that are not named.
struct DocumentWrite {
  std::shared_ptr<const CollectionEntry> target;
  DocumentAction action = DocumentAction::kIndex;
  std::string id;
  std::string source;
  std::optional<std::string> routing;
  std::optional<std::uint64_t> if_seq_no;  // kConflict unless the stored one is equal
  std::vector<VectorWrite> vectors = {};   // Qdrant collections alone
  // kUpdate of Qdrant collections: kConflict unless the stored payload is this text.
  std::optional<std::string> if_source = {};
};

enum class DocumentResult : std::uint8_t { kCreated, kUpdated, kDeleted, kNotFound };

struct DocumentOutcome {
  DocumentResult result = DocumentResult::kCreated;
  std::uint64_t version = 0;
  std::uint64_t seq_no = 0;
};

struct WriteReply {
  std::vector<Result<DocumentOutcome>> outcomes;  // one for each write, in order
  Lsn lsn;                                        // the commit's end; none when nothing was written
  bool applied = true;                            // false: committed, but not visible here within a second
};

// A document as PostgreSQL has it now (not as the view shows it).
struct StoredDocument {
  std::string id;
  std::string source;
  std::uint64_t version = 0;
  std::uint64_t seq_no = 0;
  std::optional<std::string> routing;
};

// How do documents become rows? Gathers the writes of all callers of a reactor into transactions (by role and
// table, sorted by key, one id once), commits, and answers each caller with his own result once the views
// show it. A batch that fails is tried again in halves, so that one bad document fails alone. An outcome that
// is not known after a lost connection is asked of pg_xact_status and, where that says "committed", of
// our message in the stream (after a crash an xid may be another's); still unknown is kUnknownOutcome, never
// a resend. Threads: confined to its reactor (one Writer a reactor). Limits: queued bytes and documents;
// beyond them kResourceExhausted. Errors of PostgreSQL arrive as kDatabase with their fields.
class Writer {
 public:
  virtual ~Writer() = default;
  // All of `writes` are answered; they may share transactions with others and are not atomic together.
  virtual net::Task<WriteReply> write(access::Principal principal, std::vector<DocumentWrite> writes,
                                      TimePoint deadline) = 0;
  // Current rows by id, absent ones empty, in the order of `ids`. Reads PostgreSQL by primary key.
  virtual net::Task<Result<std::vector<std::optional<StoredDocument>>>> read(
      access::Principal principal, std::shared_ptr<const CollectionEntry> from, std::vector<std::string> ids,
      TimePoint deadline) = 0;
  // Answers what waits with kCancelled, lets what runs end, closes the connections. Before it is destroyed.
  virtual net::Task<void> stop() = 0;
};

}  // namespace stele::views
