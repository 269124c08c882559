#pragma once

#include <cstdint>
#include <map>
#include <mutex>

#include "engine/visibility.h"

namespace stele::elastic {

// Up to where does a search of an index with refresh_interval -1 see? Up to its last refresh: the position is
// pinned until the next one, so that its versions stay readable. Indices with any other interval are live and
// hold no pin. Any thread.
class RefreshPins {
 public:
  explicit RefreshPins(engine::VisibleLsn& visible) : visible_(&visible) {}

  // The pin of this index; taken now if there is none.
  engine::VisibleLsn::Pin pin(std::int64_t index_id);
  // A refresh: what is visible now is what is searched from here on.
  void renew(std::int64_t index_id);
  void drop(std::int64_t index_id);

 private:
  engine::VisibleLsn* visible_;
  std::mutex mutex_;
  std::map<std::int64_t, engine::VisibleLsn::Pin> pins_;
};

}  // namespace stele::elastic
