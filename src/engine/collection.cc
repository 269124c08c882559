#include "engine/collection.h"

namespace stele::engine {

Result<void> Collection::save(Lsn) {
  return make_error(ErrorCode::kUnsupported, "collection: it has no directory");
}

Snapshot Snapshot::take(VisibleLsn& visible, std::span<const std::shared_ptr<Collection>> collections) {
  return take(visible.pin(), collections);
}

Snapshot Snapshot::take(VisibleLsn::Pin pin, std::span<const std::shared_ptr<Collection>> collections) {
  Snapshot snapshot;
  snapshot.pin_ = std::move(pin);
  for (const auto& collection : collections) snapshot.views_.push_back(collection->view(snapshot.pin_.lsn()));
  return snapshot;
}

void Snapshot::add(VisibleLsn::Pin pin, const Collection& collection) {
  views_.push_back(collection.view(pin.lsn()));
  own_pins_.push_back(std::move(pin));
}

}  // namespace stele::engine
