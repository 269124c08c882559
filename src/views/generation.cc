#include "views/generation.h"

#include <algorithm>
#include <utility>

#include "views/dynamic_mapping.h"
#include "views/inference.h"
#include "views/publish_options.h"

namespace stele::views {
namespace {

bool lies_in(std::string_view path, std::string_view object) {
  return path == object ||
         (path.size() > object.size() && path.starts_with(object) && path[object.size()] == '.');
}

// The fields of `stored` that lie in json columns, which rows alone cannot tell.
DefinitionChange dynamic_part(const CollectionDefinition& stored, const CollectionDefinition& inferred) {
  DefinitionChange change;
  for (const engine::FieldDefinition& field : stored.schema.fields()) {
    bool inside = false;
    for (const auto& [object, setting] : inferred.objects)
      inside = inside || (!object.empty() && lies_in(field.path, object));
    if (!inside) continue;
    change.fields.push_back(field);
    if (const FieldReading* reading = stored.reading(field.path)) change.readings[field.path] = *reading;
  }
  return change;
}

}  // namespace

Result<CollectionDefinition> definition_of(const CollectionRow& row, const TableShape& shape,
                                           const postgres::TypeCatalog& types) {
  std::optional<CollectionDefinition> stored;
  if (!row.definition.empty()) {
    STELE_TRY(stored, CollectionDefinition::from_json(row.definition));
  }
  if (row.kind != CollectionKind::kPublished) return stored ? std::move(*stored) : CollectionDefinition();
  STELE_TRY(const PublishOptions options, PublishOptions::parse(row.options));
  STELE_TRY(CollectionDefinition inferred, infer_definition(shape, options, types));
  if (!stored) return inferred;
  inferred.elastic_json = stored->elastic_json;
  inferred.qdrant = stored->qdrant;
  // A column may have become what a stored field contradicts: then the column counts.
  auto merged = inferred.with(dynamic_part(*stored, inferred));
  return merged ? std::move(*merged) : std::move(inferred);
}

Result<std::shared_ptr<Generation>> Generation::create(engine::Engine& engine, Parts parts) {
  STELE_TRY(auto definition, definition_of(parts.row, parts.shape, *parts.types));
  engine::CollectionOptions options{.name = parts.row.name, .memory_bytes_max = parts.memory_bytes_max};
  if (parts.row.kind == CollectionKind::kQdrant) options.key_layout = {engine::KeyType::kPoint};
  if (parts.row.kind == CollectionKind::kPublished) {
    STELE_TRY(options.key_layout, infer_key_layout(parts.shape, *parts.types));
  }
  auto generation = std::shared_ptr<Generation>(new Generation());
  STELE_TRY(generation->collection_, engine.create_collection(std::move(options), definition.schema));
  generation->collection_ = parts.reclaimer->guard(std::move(generation->collection_));
  generation->parts_ = std::move(parts);
  generation->set_definition(std::move(definition));
  return generation;
}

void Generation::set_definition(CollectionDefinition definition) {
  definition_ = std::make_shared<const CollectionDefinition>(std::move(definition));
  // The builder looks into the definition: it keeps it alive.
  struct Bound {
    std::shared_ptr<const CollectionDefinition> definition;
    DocumentBuilder builder;
  };
  auto bound = std::make_shared<const Bound>(definition_, DocumentBuilder(*definition_));
  builder_ = std::shared_ptr<const DocumentBuilder>(bound, &bound->builder);
  wanted_definition_.reset();
  relation_.reset();
  relation_address_ = nullptr;
}

bool Generation::use_relation(const postgres::Relation& relation) {
  if (&relation == relation_address_) return reader_.has_value();
  relation_address_ = &relation;
  if (relation_ && *relation_ == relation) return reader_.has_value();
  relation_ = relation;
  reader_.reset();
  auto reader = RowReader::create(parts_.row.kind, *definition_, relation, *parts_.types);
  if (reader) {
    reader_ = std::move(*reader);
  } else {
    needs_copy_ = reader.error().message;
  }
  return reader_.has_value();
}

void Generation::take(const postgres::Change& change, Lsn commit) {
  if (failure_ || change.kind == postgres::ChangeKind::kRelation) return;
  ++rows_taken_;
  if (change.kind == postgres::ChangeKind::kTruncate) {
    engine::Change truncate;
    truncate.kind = engine::Change::Kind::kTruncate;
    batch_.push_back(std::move(truncate));
    flush(commit);
    return;
  }
  if (!use_relation(*change.relation)) return;
  const auto done = change.kind == postgres::ChangeKind::kDelete ? erase(change) : upsert(change, commit);
  if (!done) left_out_.note("row", done.error().message);
  if (batch_.size() >= kBatchMax) flush(commit);
}

void Generation::take_copied(const postgres::Relation& relation, RowColumns row, Lsn snapshot) {
  if (failure_ || !use_relation(relation)) return;
  ++rows_taken_;
  auto document = reader_->read(row, {});
  if (!document) return left_out_.note("row", document.error().message);
  add(std::move(*document), {}, snapshot);
  if (batch_.size() >= kBatchMax) flush(snapshot);
}

Result<void> Generation::erase(const postgres::Change& change) {
  change.old_row.decode_into(old_columns_);
  engine::Change deletion;
  deletion.kind = engine::Change::Kind::kDelete;
  STELE_TRY(deletion.document.key, reader_->key(old_columns_));
  push(std::move(deletion));
  return {};
}

Result<void> Generation::upsert(const postgres::Change& change, Lsn commit) {
  change.row.decode_into(row_columns_);
  engine::DocKey old_key;
  if (change.old_kind != postgres::pgoutput::OldTuple::kNone) {
    change.old_row.decode_into(old_columns_);
    STELE_TRY(old_key, reader_->key(old_columns_));
    if (change.old_kind == postgres::pgoutput::OldTuple::kFull)
      for (std::size_t i = 0; i < row_columns_.size() && i < old_columns_.size(); ++i)
        if (row_columns_[i].kind == postgres::ColumnKind::kUnchanged) row_columns_[i] = old_columns_[i];
  }
  // Key columns are never TOASTed away: a key that is too long to index cannot be.
  STELE_TRY(const engine::DocKey new_key, reader_->key(row_columns_));
  std::optional<json::Document> former;
  if (reader_->has_unchanged(row_columns_)) {
    former = former_source(old_key.is_none() ? new_key : old_key, commit);
    if (!former) needs_copy_ = "a row's former version is not held here";
  }
  auto row = reader_->read(row_columns_, former ? former->root() : json::Value());
  if (!row) {
    // The old version is not true any more, and the new one cannot be read.
    engine::Change deletion;
    deletion.kind = engine::Change::Kind::kDelete;
    deletion.document.key = old_key.is_none() ? new_key : old_key;
    push(std::move(deletion));
    return row.error();
  }
  add(std::move(*row), old_key == new_key ? engine::DocKey() : old_key, commit);
  return {};
}

std::optional<json::Document> Generation::former_source(const engine::DocKey& key, Lsn commit) {
  if (batch_touches(key)) flush(commit);
  const engine::DocumentPtr former = collection_->latest(key);
  if (former == nullptr) return std::nullopt;
  auto parsed = json::Document::parse(former->source);
  if (!parsed) return std::nullopt;
  return std::move(*parsed);
}

void Generation::add(RowDocument row, engine::DocKey former_key, Lsn commit) {
  engine::Change change;
  change.former_key = std::move(former_key);
  engine::Document& document = change.document;
  document.key = std::move(row.key);
  document.version = row.version;
  document.seq_no = row.seq_no.value_or(static_cast<std::int64_t>(commit.value()));
  document.routing = std::move(row.routing);
  document.source = std::move(row.source);
  document.vectors = std::move(row.vectors);
  document.fields = std::move(row.fields);
  change.unchanged = std::move(row.unchanged);
  if (!row.left_out.empty()) left_out_.note("vector", row.left_out);
  build(document);
  push(std::move(change));
}

void Generation::build(engine::Document& document) {
  const auto parsed = json::Document::parse_borrowed(document.source);
  if (!parsed) return left_out_.note("_source", parsed.error().message);
  const auto built = builder_->build(parsed->root(), BuildMode::kLenient, document, left_out_);
  if (!built) return left_out_.note("_source", built.error().message);
  if (left_out_.unmapped) map(parsed->root(), document);
}

// `source` has members without a field: those that dynamic mapping would add are added at once or asked for.
void Generation::map(json::Value source, engine::Document& document) {
  const CollectionDefinition& known = wanted_definition_ ? *wanted_definition_ : *definition_;
  auto change = dynamic_mapping(known, source);
  if (!change) left_out_.note("_source", change.error().message);
  if (change && !change->empty() && map_at_once_) {
    auto wider = definition_->with(*change);
    if (wider && collection_->add_fields(change->fields)) {
      mapped_ = true;
      auto relation = std::move(relation_);
      const void* const address = relation_address_;
      set_definition(std::move(*wider));
      // Fields do not change how rows are read.
      relation_ = std::move(relation);
      relation_address_ = address;
      forget_built(document);
      LeftOut again;
      (void)builder_->build(source, BuildMode::kLenient, document, again);
      return;
    }
  } else if (change && !change->empty()) {
    want(std::move(*change));
  }
  if (unmapped_.size() < kUnmappedMax) {
    unmapped_.insert(document.key);
  } else {
    unmapped_overflow_ = true;
  }
}

// Most transactions never ask: the set is filled up to the batch's end when one does.
bool Generation::batch_touches(const engine::DocKey& key) {
  for (; touched_end_ < batch_.size(); ++touched_end_) {
    const engine::Change& change = batch_[touched_end_];
    touched_.insert(change.document.key);
    if (!change.former_key.is_none()) touched_.insert(change.former_key);
  }
  return touched_.contains(key);
}

// What build() makes of the source; a point's vectors lie beside it.
void Generation::forget_built(engine::Document& document) const {
  if (parts_.row.kind != CollectionKind::kQdrant) document.vectors.clear();
  std::erase_if(document.fields, [this](const engine::FieldValues& field) {
    const std::string& path = definition_->schema.field(field.field).path;
    return std::ranges::find(definition_->vectors, path, &PointVector::column) == definition_->vectors.end();
  });
}

void Generation::push(engine::Change change) {
  batch_.push_back(std::move(change));
}

void Generation::flush(Lsn commit) {
  if (batch_.empty()) return;
  auto report = collection_->apply({engine_lsn(commit), std::exchange(batch_, {})});
  touched_.clear();
  touched_end_ = 0;
  if (!report) {
    failure_ = report.error();
    return;
  }
  const std::size_t left_out = report->values_left_out + report->vectors_left_out;
  if (left_out == 0) return;
  if (left_out_.values == 0) left_out_.example = report->left_out_example;
  left_out_.values += left_out;
}

DefinitionChange Generation::take_wanted_fields() {
  return std::exchange(wanted_, std::nullopt).value_or(DefinitionChange());
}

void Generation::want(DefinitionChange change) {
  const CollectionDefinition& known = wanted_definition_ ? *wanted_definition_ : *definition_;
  std::erase_if(change.fields, [&](const engine::FieldDefinition& field) {
    return definition_->schema.find(field.path).has_value();
  });
  std::erase_if(change.readings,
                [&](const auto& reading) { return definition_->schema.find(reading.first).has_value(); });
  if (change.fields.empty()) return;
  // One that contradicts what is there is not asked for: its values are left out.
  auto wider = known.with(change);
  if (!wider) return;
  if (!wanted_) wanted_.emplace();
  for (auto& field : change.fields) wanted_->fields.push_back(std::move(field));
  wanted_->readings.merge(change.readings);
  wanted_definition_ = std::move(*wider);
}

Result<void> Generation::adopt(const CollectionRow& row, Lsn commit) {
  parts_.row = row;
  STELE_TRY(auto definition, definition_of(row, parts_.shape, *parts_.types));
  std::vector<engine::FieldDefinition> added;
  for (const engine::FieldDefinition& field : definition.schema.fields())
    if (!definition_->schema.find(field.path)) added.push_back(field);
  flush(commit);
  // Field ids are the collection's own: the schema goes on from the one that is there.
  STELE_TRY(definition.schema, definition_->schema.with(definition.schema.fields()));
  if (!added.empty()) STELE_RETURN_IF_ERROR(collection_->add_fields(added));
  set_definition(std::move(definition));
  // What is still wanted stays so; documents without fields ask for theirs again below.
  if (auto wanted = std::exchange(wanted_, std::nullopt)) want(std::move(*wanted));
  if (added.empty()) return {};
  if (unmapped_overflow_) {
    needs_copy_ = "fields were added that more documents have than are remembered";
    return {};
  }
  refill_.merge(unmapped_);
  unmapped_.clear();
  return {};
}

void Generation::refill(Lsn commit) {
  flush(commit);
  for (std::size_t filled = 0; filled < kStep && has_to_refill(); ++filled) {
    const auto key = refill_.extract(refill_.begin());
    const engine::DocumentPtr former = collection_->latest(key.value());
    if (former == nullptr) continue;
    engine::Change change;
    change.document = *former;
    forget_built(change.document);
    build(change.document);
    push(std::move(change));
  }
  flush(commit);
  if (failure_) refill_.clear();
}

}  // namespace stele::views
