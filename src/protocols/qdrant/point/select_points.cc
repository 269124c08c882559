#include "protocols/qdrant/point/select_points.h"

#include "engine/engine.h"
#include "protocols/qdrant/filter/payload_filter.h"
#include "protocols/qdrant/point/point_keys.h"
#include "protocols/qdrant/services.h"

namespace stele::qdrant {

net::Task<Outcome<std::vector<engine::DocumentPtr>>> select_points(Call* call, CollectionPtr collection,
                                                                   FilterPtr filter) {
  const engine::Snapshot snapshot = take_snapshot(*call, {collection});
  engine::Request request;
  request.targets.push_back({});
  engine::Stage all{engine::Retrieve{.source = engine::TextSearch{engine::make_query(engine::MatchAll{})},
                                     .filter = as_query(*collection, filter)}};
  request.root.step = engine::Select{.sort = {{.kind = engine::SortKey::Kind::kDoc}},
                                     .limit = snapshot.view(0).document_count()};
  request.root.inputs.push_back(std::move(all));
  request.deadline = call->deadline;
  const engine::Engine* engine = call->services->engine;
  auto ran = co_await call->services->pool->run(
      [engine, snapshot, request = std::move(request)] { return engine->search(snapshot, request); });
  if (!ran) co_return Failure{429, "Rate limiting exceeded: the queue of searches is full"};
  if (!*ran) co_return Failure::from(ran->error());
  std::vector<engine::DocumentPtr> documents;
  for (engine::Hit& hit : (*ran)->hits) documents.push_back(std::move(hit.document));
  co_return documents;
}

}  // namespace stele::qdrant
