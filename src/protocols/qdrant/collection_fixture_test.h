#pragma once

#include <memory>
#include <string>
#include <utility>

#include "base/check.h"
#include "engine/engine.h"
#include "protocols/qdrant/collection/collection.h"
#include "views/document_builder.h"

namespace stele::qdrant {

// A collection of the reference engine for tests and fuzzers: an unnamed vector of four dimensions compared
// by dot, or the vectors "image" (4, dot) and "text" (2, cosine); payload indexes on "count" (integer) and
// "about" (text).
class TestCollection {
 public:
  explicit TestCollection(bool named = false) : engine_(engine::make_engine(visible_)) {
    views::CollectionDefinition definition;
    std::vector<engine::FieldDefinition> fields;
    const auto add = [&](std::string name, std::string column, std::uint32_t size,
                         engine::Similarity similarity) {
      fields.push_back({.path = column,
                        .type = engine::FieldType::kDenseVector,
                        .dimension = size,
                        .similarity = similarity});
      definition.vectors.push_back({std::move(name), std::move(column)});
    };
    if (named) {
      add("image", "image", 4, engine::Similarity::kDot);
      add("text", "text", 2, engine::Similarity::kCosine);
    } else {
      add("", "vector", 4, engine::Similarity::kDot);
    }
    fields.push_back({.path = "city", .type = engine::FieldType::kText});
    fields.push_back({.path = "city.keyword", .ignore_above = 256, .values_of = "city"});
    fields.push_back({.path = "count", .type = engine::FieldType::kLong});
    fields.push_back({.path = "price", .type = engine::FieldType::kFloat});
    definition.schema = *engine::Schema::create(std::move(fields));
    definition.qdrant = {{"index:count", "\"integer\""},
                         {"index:about", R"({"type":"text","tokenizer":"word"})"}};
    auto entry = std::make_shared<views::CollectionEntry>();
    entry->name = "test";
    entry->kind = views::CollectionKind::kQdrant;
    entry->state = views::CollectionState::kReady;
    entry->collection = *engine_->create_collection({"test", {engine::KeyType::kPoint}}, definition.schema);
    entry->definition = std::make_shared<const views::CollectionDefinition>(std::move(definition));
    auto made = std::make_shared<Collection>();
    made->entry = entry;
    for (const views::PointVector& vector : entry->definition->vectors) {
      const auto id = entry->definition->schema.find(vector.column);
      const engine::FieldDefinition& field = entry->definition->schema.field(*id);
      made->vectors.push_back({vector.name, vector.column, *id, field.dimension, field.similarity,
                               field.similarity == engine::Similarity::kCosine});
    }
    collection_ = std::move(made);
  }

  void add(std::uint64_t id, std::string payload, std::vector<float> vector = {}) {
    engine::ChangeBatch batch{Lsn(++lsn_), {}};
    engine::Change& change = batch.changes.emplace_back();
    change.document.key = engine::DocKey::from_u64(id);
    change.document.source = std::move(payload);
    if (!vector.empty())
      change.document.vectors.push_back({collection_->vectors[0].field, std::move(vector)});
    const auto source = json::Document::parse_borrowed(change.document.source);
    STELE_CHECK(source.has_value());
    views::LeftOut left_out;
    const views::DocumentBuilder builder(*collection_->entry->definition);
    STELE_CHECK(
        builder.build(source->root(), views::BuildMode::kLenient, change.document, left_out).has_value());
    STELE_CHECK(collection_->entry->collection->apply(std::move(batch)).has_value());
    visible_.publish(Lsn(lsn_));
  }

  const CollectionPtr& collection() const { return collection_; }
  engine::Engine& engine() { return *engine_; }
  engine::VisibleLsn& visible() { return visible_; }

 private:
  engine::VisibleLsn visible_;
  std::unique_ptr<engine::Engine> engine_;
  CollectionPtr collection_;
  std::uint64_t lsn_ = 0;
};

}  // namespace stele::qdrant
