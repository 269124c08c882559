#include "engine/visibility.h"

#include "base/check.h"

namespace stele::engine {

VisibleLsn::~VisibleLsn() {
  STELE_CHECK_MESSAGE(pins_.empty(), "a pin outlives its VisibleLsn");
}

void VisibleLsn::publish(Lsn lsn) {
  STELE_CHECK_MESSAGE(lsn >= current(), "the visible LSN goes back");
  visible_.store(lsn.value(), std::memory_order_release);
}

VisibleLsn::Pin VisibleLsn::pin() {
  // Read and noted under one lock: oldest() sees either the pin or a visible LSN that is not above it.
  const std::lock_guard lock(mutex_);
  const Lsn lsn = current();
  Pin pin;
  pin.held_ = std::make_shared<const Pin::Held>(*this, lsn);
  ++pins_[lsn];
  return pin;
}

Lsn VisibleLsn::oldest() const {
  const std::lock_guard lock(mutex_);
  return pins_.empty() ? current() : pins_.begin()->first;
}

std::size_t VisibleLsn::pin_count() const {
  const std::lock_guard lock(mutex_);
  std::size_t count = 0;
  for (const auto& [lsn, pins] : pins_) count += pins;
  return count;
}

void VisibleLsn::release(Lsn lsn) {
  const std::lock_guard lock(mutex_);
  const auto found = pins_.find(lsn);
  if (--found->second == 0) pins_.erase(found);
}

}  // namespace stele::engine
