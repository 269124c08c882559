#include "views/maintenance.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "net/reactor.h"

namespace stele::views {
namespace {

constexpr Duration kRestMax = std::chrono::milliseconds(100);

}  // namespace

void Maintenance::step(std::shared_ptr<engine::Collection> collection) {
  auto inside = gate_.hold();
  if (!inside || !under_way_.insert(collection.get()).second) return;
  net::spawn(run(collection, collection.get(), std::move(inside)));
}

net::Task<void> Maintenance::run(std::weak_ptr<engine::Collection> collection,
                                 const engine::Collection* address,
                                 [[maybe_unused]] net::Gate::Holder inside) {
  net::Reactor& reactor = *net::Reactor::current();
  bool more = true;
  while (more && !gate_.is_closed()) {
    auto held = collection.lock();
    if (held == nullptr) break;
    const TimePoint began = reactor.now();
    auto done = co_await workers_.run([held = std::move(held)] { return held->maintain(); });
    more = done.value_or(false);  // a queue that is full is tried again at the next tick
    // What is being written at full speed leaves something to join at all times.
    if (more) co_await reactor.sleep_for(std::min(reactor.now() - began, kRestMax));
  }
  under_way_.erase(address);
}

net::Task<void> Maintenance::stop() {
  co_await gate_.close();
}

}  // namespace stele::views
