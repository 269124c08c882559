#include "views/maintenance.h"

#include <utility>

namespace stele::views {

void Maintenance::step(std::shared_ptr<engine::Collection> collection) {
  auto inside = gate_.hold();
  if (!inside || !under_way_.insert(collection.get()).second) return;
  net::spawn(run(std::move(collection), std::move(inside)));
}

net::Task<void> Maintenance::run(std::shared_ptr<engine::Collection> collection,
                                 [[maybe_unused]] net::Gate::Holder inside) {
  bool more = true;
  while (more && !gate_.is_closed()) {
    auto done = co_await workers_.run([collection] { return collection->maintain(); });
    more = done.value_or(false);  // a queue that is full is tried again at the next tick
  }
  under_way_.erase(collection.get());
}

net::Task<void> Maintenance::stop() {
  co_await gate_.close();
}

}  // namespace stele::views
