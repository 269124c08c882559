#include "protocols/qdrant/point/point_names.h"

namespace stele::qdrant {

void PointNames::learn(const PointId& id, const engine::DocKey& key) {
  if (id.key() == key || key.type() == engine::KeyType::kI64) return;
  const std::lock_guard lock(mutex_);
  if (keys_.size() >= kNamesMax) keys_.clear();
  keys_.try_emplace(id, key);
}

std::optional<engine::DocKey> PointNames::find(const PointId& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = keys_.find(id);
  if (found == keys_.end()) return std::nullopt;
  return found->second;
}

}  // namespace stele::qdrant
