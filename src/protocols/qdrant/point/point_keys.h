#pragma once

#include <memory>
#include <vector>

#include "engine/collection.h"
#include "engine/doc_key.h"
#include "net/task.h"
#include "protocols/qdrant/collection/collection.h"
#include "protocols/qdrant/point/point_id.h"

namespace stele::engine {
class Engine;
}

namespace stele::qdrant {

// One collection (or several) as of one moment.
engine::Snapshot take_snapshot(const Call& call, const std::vector<CollectionPtr>& collections);

// The key of each id, none where no row can have it. Ids that are made of keys are looked for in what was
// shown, then among all rows: on the worker pool.
net::Task<Outcome<std::vector<engine::DocKey>>> find_keys(Call* call, CollectionPtr collection,
                                                          std::vector<PointId> ids);

// The visible documents of these points, null where there is none, in the order of `ids`.
net::Task<Outcome<std::vector<engine::DocumentPtr>>> find_documents(Call* call, CollectionPtr collection,
                                                                    std::vector<PointId> ids);

// What the Writer calls a row: the text of its key. For a point that is not there yet 400 where its id says
// no key.
Outcome<std::string> row_id(const Collection& collection, const PointId& id,
                            const engine::DocKey& key_or_none);

}  // namespace stele::qdrant
