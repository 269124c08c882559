#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/lsn.h"
#include "base/result.h"
#include "engine/engine.h"
#include "postgres/replication/transaction.h"
#include "postgres/types/type_catalog.h"
#include "views/catalog.h"
#include "views/document_builder.h"
#include "views/introspection.h"
#include "views/reclaimer.h"
#include "views/row_reader.h"
#include "views/table_shape.h"

namespace stele::views {

// One table's rows as documents of one engine collection: from a copy or empty, then kept by changes. A
// difference in the table's shape makes another generation; this one serves until that has joined. Row
// problems never stop it: what does not fit is left out and counted. Threads: the views' own.
// Cost: per row one pass to JSON, one parse, one walk; an engine batch each kBatchMax rows.
class Generation {
 public:
  static constexpr std::size_t kStep = 64;  // rows between which others run: a millisecond or two

  struct Parts {
    CollectionRow row;
    TableShape shape;
    std::shared_ptr<const postgres::TypeCatalog> types;
    std::uint64_t lsn_base = 0;            // see Applier: the engine's LSN of PostgreSQL's 0/0
    std::shared_ptr<Reclaimer> reclaimer;  // frees the collection
    std::size_t memory_bytes_max = 0;      // of the collection; 0 = no limit
  };
  // kInvalidArgument for options or a stored definition that do not fit the table.
  static Result<std::shared_ptr<Generation>> create(engine::Engine& engine, Parts parts);

  // The next change of a transaction that commits at `commit`. Applied by flush(), or earlier.
  void take(const postgres::Change& change, Lsn commit);
  // A row of the copy whose snapshot is at `snapshot`; `relation` lists the columns that were asked for.
  void take_copied(const postgres::Relation& relation, RowColumns row, Lsn snapshot);
  // Hands the batch to the engine. An engine that cannot take it makes the generation failed().
  void flush(Lsn commit);
  // A relation of an earlier transaction is not known by its address any more.
  void forget_relation() { relation_address_ = nullptr; }

  // Fields that documents have and the definition does not: to be persisted, by whoever does, then given back
  // by adopt(), or by want() when that failed.
  bool wants_fields() const { return wanted_.has_value() && !wanted_->empty(); }
  DefinitionChange take_wanted_fields();
  void want(DefinitionChange change);
  // A copy maps what it meets at once, before anybody sees it.
  void map_at_once(bool on) { map_at_once_ = on; }
  bool was_mapped() const { return mapped_; }
  // The stored definition has changed: new fields are filled from the sources of documents that have them,
  // by refill().
  Result<void> adopt(const CollectionRow& row, Lsn commit);
  bool has_to_refill() const { return !refill_.empty(); }
  // Fills the next kStep documents.
  void refill(Lsn commit);

  const std::shared_ptr<engine::Collection>& collection() const { return collection_; }
  const std::shared_ptr<const CollectionDefinition>& definition() const { return definition_; }
  const std::shared_ptr<const DocumentBuilder>& builder() const { return builder_; }
  const CollectionRow& row() const { return parts_.row; }
  const TableShape& shape() const { return parts_.shape; }
  void set_fingerprint(std::string fingerprint) { parts_.shape.fingerprint = std::move(fingerprint); }
  std::uint64_t values_left_out() const { return left_out_.values; }
  const std::string& left_out_example() const { return left_out_.example; }
  const std::optional<Error>& failure() const { return failure_; }
  // It cannot be right any more without a new copy; the reason.
  const std::string& needs_copy() const { return needs_copy_; }
  std::uint64_t rows_taken() const { return rows_taken_; }

 private:
  // A few milliseconds of the engine's work: it holds the views' thread. (On a thread beside it the same work
  // takes half as much CPU again.)
  static constexpr std::size_t kBatchMax = 256;
  static constexpr std::size_t kUnmappedMax = 100'000;

  Generation() = default;
  bool use_relation(const postgres::Relation& relation);
  Result<void> upsert(const postgres::Change& change, Lsn commit);
  Result<void> erase(const postgres::Change& change);
  // The source of the version that `key` names now, parsed; nothing when there is none.
  std::optional<json::Document> former_source(const engine::DocKey& key, Lsn commit);
  void add(RowDocument row, engine::DocKey former_key, Lsn commit);
  void build(engine::Document& document);
  void map(json::Value source, engine::Document& document);
  bool batch_touches(const engine::DocKey& key);
  void forget_built(engine::Document& document) const;
  void push(engine::Change change);
  void set_definition(CollectionDefinition definition);
  Lsn engine_lsn(Lsn lsn) const { return Lsn(lsn.value() + parts_.lsn_base); }

  Parts parts_;
  std::shared_ptr<engine::Collection> collection_;
  std::shared_ptr<const CollectionDefinition> definition_;
  std::shared_ptr<const DocumentBuilder> builder_;

  const void* relation_address_ = nullptr;  // of the relation that reader_ reads
  std::optional<postgres::Relation> relation_;
  std::optional<RowReader> reader_;
  std::vector<postgres::ColumnValue> row_columns_, old_columns_;

  std::vector<engine::Change> batch_;
  std::unordered_set<engine::DocKey> touched_;  // by the batch up to touched_end_
  std::size_t touched_end_ = 0;

  bool map_at_once_ = false;
  bool mapped_ = false;
  std::optional<DefinitionChange> wanted_;
  std::optional<CollectionDefinition> wanted_definition_;  // the definition and all that is wanted
  std::unordered_set<engine::DocKey> unmapped_;            // documents with members that have no field
  std::unordered_set<engine::DocKey> refill_;              // those of them that have one now
  bool unmapped_overflow_ = false;

  LeftOut left_out_;
  std::optional<Error> failure_;
  std::string needs_copy_;
  std::uint64_t rows_taken_ = 0;
};

// The definition that rows of `row` are read by: of a published table inferred, with the stored fields of its
// json columns; of an elastic one as it is stored.
Result<CollectionDefinition> definition_of(const CollectionRow& row, const TableShape& shape,
                                           const postgres::TypeCatalog& types);

}  // namespace stele::views
