#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/lsn.h"
#include "json/writer.h"
#include "net/task.h"
#include "protocols/elastic/call.h"
#include "protocols/elastic/index/names.h"
#include "views/writer.h"

namespace stele::elastic {

enum class OperationType : std::uint8_t { kIndex, kCreate, kUpdate, kDelete };
std::string_view to_string(OperationType type);  // "index", "create", "update", "delete"

// One write of a document, by its own endpoint or as an item of _bulk.
struct Operation {
  OperationType type = OperationType::kIndex;
  std::string index;   // as named: an index or an alias
  std::string id;      // empty: one is made (index and create)
  std::string source;  // the document; for updates the body {"doc":…}
  std::optional<std::string> routing = {};
  std::optional<std::uint64_t> if_seq_no = {};
  std::optional<std::int64_t> if_primary_term = {};
  bool require_alias = false;
  bool want_source = false;  // of an update: the new source is answered
  int retry_on_conflict = 0;
};

struct OperationResult {
  Index index;
  std::string id;
  views::DocumentResult result = views::DocumentResult::kCreated;
  bool noop = false;
  std::uint64_t version = 0;
  std::uint64_t seq_no = 0;
  std::string source = {};  // if want_source

  int status() const;
  std::string_view text() const;  // "created", "updated", "deleted", "not_found", "noop"
};

struct OperationsReply {
  std::vector<Outcome<OperationResult>> results;  // one an operation, in order
  std::optional<Lsn> lsn;
  bool not_applied = false;
};

// Writes them all: creates indices and maps fields that are not there yet, checks documents against their
// mapping, reads and merges what is updated, and hands the rest to the views' writer in as few calls as their
// order allows. Each operation has its own result.
net::Task<OperationsReply> execute(Call* call, std::vector<Operation> operations);

// The members of a write's reply, without braces: _index, _id, _version, result, _shards, _seq_no, …
void write_operation_result(json::Writer& out, const OperationResult& result, bool forced_refresh);

// A new id as Elasticsearch makes them: 20 characters of base64url, nearly in order of time.
std::string make_document_id();

// prepare.cc: what a document must pass before it is written.
class Preparation {
 public:
  explicit Preparation(Call* call);
  ~Preparation();
  Preparation(const Preparation&) = delete;

  // The index that `operation` writes to; it is made when there is none of that name.
  net::Task<Outcome<Index>> index(const Operation* operation);
  // Checks `source` against the mapping and adds fields that are new; the index as it is then.
  net::Task<Outcome<Index>> source(Index index, const std::string* source, std::string id);

 private:
  struct Builder;
  Outcome<> build(const views::CollectionEntry& index, json::Value document, std::string_view source,
                  std::string_view id);
  Call* call_;
  std::vector<std::unique_ptr<Builder>> builders_;
};

// merge.cc: Elasticsearch's partial update.
struct MergedSource {
  std::string source;
  bool changed = false;
};
// `patch` laid over `original`, objects merged, everything else replaced; the order of members stays.
MergedSource merge_sources(json::Value original, json::Value patch);

struct UpdateBody {
  std::optional<std::string> doc;
  std::optional<std::string> upsert;
  bool doc_as_upsert = false;
  bool detect_noop = true;
  bool want_source = false;  // {"_source": …} other than false
};
Outcome<UpdateBody> parse_update_body(std::string_view text);

}  // namespace stele::elastic
