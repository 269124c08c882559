#pragma once

#include <memory>
#include <set>

#include "engine/collection.h"
#include "net/gate.h"
#include "net/task.h"
#include "net/worker_pool.h"

namespace stele::views {

// Who joins a collection's small segments and drops its dead versions? A thread of its own, so that a step of
// a second holds nobody's reactor; it rests as long as it worked, since PostgreSQL may have no other core.
// Confined to one reactor. stop() before it is destroyed; none begins after.
class Maintenance {
 public:
  // Steps for `collection` for as long as there is more worth doing and somebody else holds it, unless they
  // are under way.
  void step(std::shared_ptr<engine::Collection> collection);
  // Waits for what is under way. Once.
  net::Task<void> stop();

 private:
  net::Task<void> run(std::weak_ptr<engine::Collection> collection, const engine::Collection* address,
                      net::Gate::Holder inside);

  // A collection waits here at most once.
  static constexpr std::size_t kQueueMax = 100'000;

  net::WorkerPool workers_{1, kQueueMax};
  net::Gate gate_;
  std::set<const engine::Collection*> under_way_;
};

}  // namespace stele::views
