#include "protocols/elastic/search/refresh_pins.h"

namespace stele::elastic {

engine::VisibleLsn::Pin RefreshPins::pin(std::int64_t index_id) {
  const std::lock_guard lock(mutex_);
  const auto [place, added] = pins_.try_emplace(index_id);
  if (added) place->second = visible_->pin();
  return place->second;
}

void RefreshPins::renew(std::int64_t index_id) {
  const std::lock_guard lock(mutex_);
  const auto found = pins_.find(index_id);
  // Live indices have no pin and need none.
  if (found != pins_.end()) found->second = visible_->pin();
}

void RefreshPins::drop(std::int64_t index_id) {
  const std::lock_guard lock(mutex_);
  pins_.erase(index_id);
}

}  // namespace stele::elastic
