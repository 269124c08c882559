#pragma once

#include <map>
#include <string>

#include "engine/collection.h"
#include "json/writer.h"
#include "net/task.h"
#include "protocols/qdrant/collection/collection.h"
#include "protocols/qdrant/payload/json_path.h"
#include "views/definition.h"

namespace stele::qdrant {

// A payload index is a part of the definition, "index:" and its path: "keyword" or {"type": "keyword", …}.
// Filters need none; what one changes is how `text` conditions cut texts, that its field is an engine's field
// from the start, and that order_by may use it.
struct PayloadIndex {
  JsonPath path;
  std::string type;
  std::string schema;  // JSON as it was given
};

// From the body of PUT …/index. 400, 422.
Outcome<PayloadIndex> parse_index(json::Value body);
// What is to be stored for it.
views::DefinitionChange change_of(const Collection& collection, const PayloadIndex& index);

// The type of the index at `path`, or empty.
std::string index_type(const Collection& collection, const JsonPath& path);

using IndexCounts = std::map<std::string, std::size_t>;
// How many points have a value that each index takes: one pass over the payloads, on the worker pool.
net::Task<Outcome<IndexCounts>> count_indexed(Call* call, CollectionPtr collection,
                                              engine::Snapshot snapshot);
void write_payload_schema(json::Writer& writer, const Collection& collection, const IndexCounts& counts);

}  // namespace stele::qdrant
