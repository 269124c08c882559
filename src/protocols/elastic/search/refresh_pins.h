#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "base/clock.h"
#include "engine/visibility.h"
#include "views/catalog.h"

namespace stele::elastic {

// How much a pin may hold: versions that died since it was taken, of all collections.
struct PinLimits {
  Duration age = std::chrono::minutes(15);
  // Of the log since then: no more can have died.
  std::uint64_t log_bytes = 256U << 20;
};

// Up to where does a search of an index with refresh_interval -1 see? Up to its last refresh: the position is
// pinned until the next one, so that its versions stay readable. Indices with any other interval are live and
// hold no pin. Past a limit a pin goes, as Elasticsearch refreshes an index whose buffer is full; so does
// that of an index that is gone or was copied anew, whose documents are all younger than the pin. The next
// search takes another. Threads: any; one of its own, from the first pin on, looks for what is past its
// limits.
class RefreshPins {
 public:
  RefreshPins(engine::VisibleLsn& visible, const views::Catalog& catalog, PinLimits limits = {},
              const Clock& clock = system_clock())
      : visible_(&visible), catalog_(&catalog), limits_(limits), clock_(&clock) {}

  // The pin of this index; taken now if there is none. What the catalog does not show (any more) gets one
  // that lives as long as its copies.
  engine::VisibleLsn::Pin pin(const views::CollectionEntry& index);
  // A refresh: what is visible now is what is searched from here on.
  void renew(std::int64_t index_id);
  void drop(std::int64_t index_id);
  // Drops what is past a limit, gone or replaced.
  void sweep();

 private:
  struct Held {
    engine::VisibleLsn::Pin pin;
    std::weak_ptr<engine::Collection> generation;
    TimePoint taken{};
  };

  void sweep_locked();
  void run(const std::stop_token& stopped);

  engine::VisibleLsn* visible_;
  const views::Catalog* catalog_;
  const PinLimits limits_;
  const Clock* clock_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::map<std::int64_t, Held> pins_;
  std::jthread sweeper_;  // last: it uses the rest
};

}  // namespace stele::elastic
