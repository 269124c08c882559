#pragma once

#include <functional>
#include <string>

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
}  // namespace stele::views

namespace stele::qdrant {

class PointNames;

// What the head stands on. All outlive it.
struct Services {
  views::Catalog* catalog = nullptr;
  views::Administration* administration = nullptr;
  views::Freshness* freshness = nullptr;
  engine::Engine* engine = nullptr;
  engine::VisibleLsn* visible = nullptr;
  std::function<views::Writer&()> writer;  // of the current reactor
  net::WorkerPool* pool = nullptr;
  MetricRegistry* metrics = nullptr;
  std::string announced_version = "1.18.3";  // what clients see as Qdrant's
  std::string product_version;               // Stele's own
  std::string api_key;                       // empty: nobody is asked for one
  PointNames* names = nullptr;               // the head's own
};

}  // namespace stele::qdrant
