#include "protocols/elastic/search/refresh_pins.h"

#include <stop_token>
#include <utility>

namespace stele::elastic {
namespace {

constexpr auto kSweepInterval = std::chrono::seconds(1);

}  // namespace

engine::VisibleLsn::Pin RefreshPins::pin(const views::CollectionEntry& index) {
  const std::lock_guard lock(mutex_);
  const auto current = catalog_->current()->find_id(index.id);
  // A request with an older catalog must not bring back the pin of what is gone.
  if (current == nullptr || current->collection != index.collection) return visible_->pin();
  const auto [place, added] = pins_.try_emplace(index.id);
  Held& held = place->second;
  if (added || held.generation.lock() != index.collection)
    held = {visible_->pin(), index.collection, clock_->now()};
  if (!sweeper_.joinable()) sweeper_ = std::jthread([this](std::stop_token stopped) { run(stopped); });
  return held.pin;
}

void RefreshPins::renew(std::int64_t index_id) {
  const std::lock_guard lock(mutex_);
  const auto found = pins_.find(index_id);
  // Live indices have no pin and need none.
  if (found == pins_.end()) return;
  found->second.pin = visible_->pin();
  found->second.taken = clock_->now();
}

void RefreshPins::drop(std::int64_t index_id) {
  const std::lock_guard lock(mutex_);
  pins_.erase(index_id);
}

void RefreshPins::sweep() {
  const std::lock_guard lock(mutex_);
  sweep_locked();
}

void RefreshPins::sweep_locked() {
  if (pins_.empty()) return;
  const auto catalog = catalog_->current();
  const TimePoint now = clock_->now();
  const std::uint64_t visible = visible_->current().value();
  std::erase_if(pins_, [&](const auto& item) {
    const Held& held = item.second;
    const auto index = catalog->find_id(item.first);
    const bool gone = index == nullptr || index->collection != held.generation.lock();
    return gone || now - held.taken > limits_.age || visible - held.pin.lsn().value() > limits_.log_bytes;
  });
}

void RefreshPins::run(const std::stop_token& stopped) {
  std::unique_lock lock(mutex_);
  while (!stopped.stop_requested()) {
    wake_.wait_for(lock, stopped, kSweepInterval, [] { return false; });
    sweep_locked();
  }
}

}  // namespace stele::elastic
