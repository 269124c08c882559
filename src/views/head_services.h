#pragma once

#include <functional>

#include "base/metrics.h"
#include "net/worker_pool.h"

namespace stele::engine {
class Engine;
class VisibleLsn;
}  // namespace stele::engine

namespace stele::views {

class Administration;
class Catalog;
class Freshness;
class Writer;

// What does a head stand on that serves documents? All outlive it.
struct HeadServices {
  Catalog* catalog = nullptr;
  Administration* administration = nullptr;
  Freshness* freshness = nullptr;
  engine::Engine* engine = nullptr;
  engine::VisibleLsn* visible = nullptr;
  std::function<Writer&()> writer;  // of the current reactor
  net::WorkerPool* pool = nullptr;
  MetricRegistry* metrics = nullptr;
};

}  // namespace stele::views
