#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/lsn.h"
#include "engine/document.h"
#include "json/document.h"
#include "net/task.h"
#include "protocols/qdrant/collection/collection.h"
#include "protocols/qdrant/filter/filter.h"
#include "protocols/qdrant/payload/payload_tree.h"
#include "protocols/qdrant/point/point_parser.h"

namespace stele::qdrant {

// What a writing operation came to.
struct Written {
  Lsn lsn;  // of its last commit; none where there was nothing to write
  bool applied = true;

  void add(const Written& other);
};

// Which points does an operation change: those named, or those a filter holds for.
struct PointSelection {
  std::vector<PointId> ids;
  FilterPtr filter;  // null: the ids

  // From the members "points" and "filter" of an operation. 422 when neither is there.
  static Outcome<PointSelection> read(json::Value operation);
};

enum class UpsertMode : std::uint8_t { kUpsert, kInsertOnly, kUpdateOnly };

// How do a collection's points become rows? Points of a Qdrant collection are rows of its table; those of an
// index or a published table are documents there: the payload's members and the vectors by name. Each
// function is one operation; it answers when it is committed and visible here. Coroutines that run on the
// caller's reactor.
net::Task<Outcome<Written>> write_points(Call* call, CollectionPtr collection, std::vector<PointInput> points,
                                         UpsertMode mode);
// The same, but points that are there are left alone where the filter does not hold for them as they are.
net::Task<Outcome<Written>> write_points_where(Call* call, CollectionPtr collection,
                                               std::vector<PointInput> points, UpsertMode mode,
                                               FilterPtr where);
net::Task<Outcome<Written>> remove_points(Call* call, CollectionPtr collection, PointSelection selection);

// What an operation makes of a point's payload.
using PayloadEdit = std::function<PayloadTree(PayloadTree)>;
// Reads, changes and writes under the condition that nobody wrote between, and again where somebody did. 404
// for ids that are not there.
net::Task<Outcome<Written>> edit_payloads(Call* call, CollectionPtr collection, PointSelection selection,
                                          PayloadEdit edit);

// Sets these vectors of points that are there (404 else); one without elements is taken away.
struct VectorChange {
  PointId id;
  std::vector<NamedVector> vectors;
  std::optional<std::string> if_payload = {};  // 409 where it is another one; Qdrant's collections alone
};
net::Task<Outcome<Written>> change_vectors(Call* call, CollectionPtr collection,
                                           std::vector<VectorChange> changes);
// The changes of those points that are there and for which the filter holds.
net::Task<Outcome<std::vector<VectorChange>>> changes_where(Call* call, CollectionPtr collection,
                                                            std::vector<VectorChange> changes,
                                                            FilterPtr where);
net::Task<Outcome<Written>> remove_vectors(Call* call, CollectionPtr collection, PointSelection selection,
                                           std::vector<const VectorParams*> vectors);

}  // namespace stele::qdrant
