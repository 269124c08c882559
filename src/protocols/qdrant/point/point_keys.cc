#include "protocols/qdrant/point/point_keys.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "engine/engine.h"
#include "protocols/qdrant/point/point_names.h"
#include "protocols/qdrant/services.h"

namespace stele::qdrant {
namespace {

using engine::DocKey;
using engine::KeyType;

class HasOneOfIds final : public engine::DocumentTest {
 public:
  explicit HasOneOfIds(std::unordered_set<PointId> ids) : ids_(std::move(ids)) {}
  bool matches(const engine::Document& document) const override {
    return ids_.contains(PointId::of(document.key));
  }

 private:
  std::unordered_set<PointId> ids_;
};

// What an id says by itself; none where it must be looked for.
DocKey own_key(const engine::KeyLayout& layout, const PointId& id) {
  if (layout.size() > 1) return {};
  const KeyType type = layout.empty() ? KeyType::kText : layout[0];
  switch (type) {
    case KeyType::kPoint:
      return id.key();
    case KeyType::kU64:
      return id.is_number() ? id.key() : DocKey();
    case KeyType::kI64:
      return id.is_number() && id.number() <= INT64_MAX
                 ? DocKey::from_i64(static_cast<std::int64_t>(id.number()))
                 : DocKey();
    case KeyType::kUuid:
      return id.is_number() ? DocKey() : id.key();
    case KeyType::kText:
      return DocKey::from_text(id.text());
    case KeyType::kTuple:
      break;
  }
  return {};
}

// Ids of other layouts are never made of keys.
bool may_be_made(const engine::KeyLayout& layout, const PointId& id) {
  if (id.is_number()) return false;
  return layout.size() > 1 || layout.empty() || layout[0] == KeyType::kI64 || layout[0] == KeyType::kText;
}

engine::Request all_of(engine::QueryPtr query, std::size_t limit) {
  engine::Request request;
  request.targets.push_back({});
  engine::Bool filter;
  filter.filter.push_back(std::move(query));
  engine::Stage matches{
      engine::Retrieve{.source = engine::TextSearch{engine::make_query(std::move(filter))}}};
  request.root.step = engine::Select{.sort = {{.kind = engine::SortKey::Kind::kDoc}}, .limit = limit};
  request.root.inputs.push_back(std::move(matches));
  return request;
}

}  // namespace

engine::Snapshot take_snapshot(const Call& call, const std::vector<CollectionPtr>& collections) {
  std::vector<std::shared_ptr<engine::Collection>> all;
  for (const CollectionPtr& collection : collections) all.push_back(collection->entry->collection);
  return engine::Snapshot::take(*call.services->visible, all);
}

net::Task<Outcome<std::vector<DocKey>>> find_keys(Call* call, CollectionPtr collection,
                                                  std::vector<PointId> ids) {
  const engine::KeyLayout layout = collection->entry->collection->options().key_layout;
  std::vector<DocKey> keys;
  std::unordered_set<PointId> missing;
  const engine::Snapshot snapshot = take_snapshot(*call, {collection});
  for (const PointId& id : ids) {
    DocKey key = own_key(layout, id);
    if (may_be_made(layout, id) && (key.is_none() || !snapshot.view(0).get(key))) {
      key = call->services->names->find(id).value_or(DocKey());
      if (key.is_none() || !snapshot.view(0).get(key)) missing.insert(id);
    }
    keys.push_back(std::move(key));
  }
  if (missing.empty()) co_return keys;
  engine::Where where{std::make_shared<HasOneOfIds>(missing)};
  engine::Request request = all_of(engine::make_query(std::move(where)), missing.size());
  request.deadline = call->deadline;
  const engine::Engine* engine = call->services->engine;
  auto ran = co_await call->services->pool->run(
      [engine, snapshot, request = std::move(request)] { return engine->search(snapshot, request); });
  if (!ran) co_return Failure{429, "Rate limiting exceeded: the queue of searches is full"};
  if (!*ran) co_return Failure::from(ran->error());
  for (const engine::Hit& hit : (*ran)->hits) {
    const PointId found = PointId::of(hit.key);
    call->services->names->learn(found, hit.key);
    for (std::size_t i = 0; i < ids.size(); ++i)
      if (ids[i] == found) keys[i] = hit.key;
  }
  // No row yet: where keys are text, the UUID itself can be one.
  if (layout.size() == 1 && layout[0] == KeyType::kText)
    for (std::size_t i = 0; i < ids.size(); ++i)
      if (keys[i].is_none()) keys[i] = own_key(layout, ids[i]);
  co_return keys;
}

net::Task<Outcome<std::vector<engine::DocumentPtr>>> find_documents(Call* call, CollectionPtr collection,
                                                                    std::vector<PointId> ids) {
  auto found = co_await find_keys(call, collection, std::move(ids));
  STELE_CO_TRY(const std::vector<DocKey> keys, std::move(found));
  const engine::Snapshot snapshot = take_snapshot(*call, {collection});
  std::vector<engine::DocumentPtr> documents;
  for (const DocKey& key : keys) documents.push_back(key.is_none() ? nullptr : snapshot.view(0).get(key));
  co_return documents;
}

Outcome<std::string> row_id(const Collection& collection, const PointId& id, const DocKey& key_or_none) {
  if (!key_or_none.is_none()) return key_or_none.to_string();
  return wrong_input(
      fmt::format("point id {} says no key of table {}: rows of this collection can only be changed, or be "
                  "written over SQL",
                  id.text(), collection.entry->table.quoted()));
}

}  // namespace stele::qdrant
