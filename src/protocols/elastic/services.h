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

namespace stele::elastic {

class RefreshPins;

// How the node calls itself in replies.
struct NodeIdentity {
  std::string node_name = "stele";
  std::string cluster_name = "stele";
  std::string cluster_uuid;
  std::string product_version;               // Stele's own
  std::string announced_version = "8.19.0";  // what clients see as Elasticsearch's
  std::string publish_address = "127.0.0.1:9200";
};

// What the head stands on. All outlive it.
struct Services {
  views::Catalog* catalog = nullptr;
  views::Administration* administration = nullptr;
  views::Freshness* freshness = nullptr;
  engine::Engine* engine = nullptr;
  engine::VisibleLsn* visible = nullptr;
  std::function<views::Writer&()> writer;  // of the current reactor
  net::WorkerPool* pool = nullptr;
  RefreshPins* pins = nullptr;
  MetricRegistry* metrics = nullptr;
  NodeIdentity identity;
};

}  // namespace stele::elastic
