#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "engine/document.h"
#include "json/document.h"
#include "postgres/replication/relation.h"
#include "postgres/replication/tuple.h"
#include "postgres/types/type_catalog.h"
#include "views/catalog.h"

namespace stele::views {

using RowColumns = std::span<const postgres::ColumnValue>;

// A row as JSON: what a document's source, key and meta data are made of.
struct RowDocument {
  engine::DocKey key;
  std::string source;
  std::int64_t version = 1;
  std::optional<std::int64_t> seq_no;  // of elastic tables; else the commit's LSN
  std::string routing;
  // Of Qdrant collections' points: their vectors, those that the former version has still, and what is wrong
  // with one that was left out.
  std::vector<engine::VectorValue> vectors;
  std::vector<engine::FieldValues> fields;  // the sparse ones
  std::vector<engine::FieldId> unchanged;
  std::string left_out;
};

// What does a tuple of this relation say? A published table's row becomes a JSON object of its columns in
// their order (json spliced as it is, numbers as numbers, dates in ISO 8601, NaN and infinities as strings);
// an elastic table's row brings its own. One for each version of the relation and the definition. Immutable;
// any thread. Cost: one pass over the row.
class RowReader {
 public:
  // `types` must outlive it. kFailedPrecondition when a key column is not in the relation.
  static Result<RowReader> create(CollectionKind kind, const CollectionDefinition& definition,
                                  const postgres::Relation& relation, const postgres::TypeCatalog& types);

  // Of a whole row or of an old key. kInvalidArgument for a key that is null or over 4 KB.
  Result<engine::DocKey> key(RowColumns row) const;
  // Does the row lack values that the former version has?
  bool has_unchanged(RowColumns row) const;
  // `former` is the former version's source, for columns that are unchanged; null when there is none.
  // kInvalidArgument for bytes that are no value of their type.
  Result<RowDocument> read(RowColumns row, json::Value former) const;

 private:
  enum class Role : std::uint8_t {
    kSkip,
    kMember,
    kId,
    kSource,
    kVersion,
    kSeqNo,
    kRouting,
    kVector,
    kSparse
  };
  struct ColumnPlan {
    Role role = Role::kMember;
    std::string name;
    std::string key;  // the name in quotes and a colon
    const postgres::Type* type = nullptr;
    std::optional<engine::FieldId> field = {};  // of a vector
  };

  RowReader() = default;
  Result<void> read_own(RowColumns row, json::Value former, RowDocument& document) const;
  static void read_vector(const ColumnPlan& plan, postgres::ColumnValue value, RowDocument& document);
  Result<void> read_members(RowColumns row, json::Value former, RowDocument& document) const;

  bool own_ = false;     // rows bring their source themselves
  bool points_ = false;  // their keys are point ids
  std::vector<ColumnPlan> columns_;
  std::vector<std::size_t> key_columns_;
};

// Appends one column's value as JSON. `type` may be null: text is all we know.
Result<void> append_json(std::string& out, const postgres::Type* type, postgres::ColumnValue column);

}  // namespace stele::views
