#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "engine/doc_key.h"
#include "protocols/qdrant/point/point_id.h"

namespace stele::qdrant {

// Which row bears this made UUID? Remembers what was shown to clients: a UUIDv5 says nothing of the key it
// was made of. What is not remembered is looked for among all rows (point_keys.h). Never stale: a UUID is its
// key's for good. Threads: any. Memory: up to kNamesMax entries, then all are forgotten and learnt anew.
class PointNames {
 public:
  void learn(const PointId& id, const engine::DocKey& key);
  std::optional<engine::DocKey> find(const PointId& id) const;

 private:
  static constexpr std::size_t kNamesMax = 1'000'000;
  mutable std::mutex mutex_;
  std::unordered_map<PointId, engine::DocKey> keys_;
};

}  // namespace stele::qdrant
