#pragma once

#include <string>
#include <vector>

#include "protocols/elastic/index/names.h"

namespace stele::elastic {

// How are the indices? One primary a shard of the settings, and replicas that a single node cannot hold.
struct ClusterHealth {
  struct IndexHealth {
    std::string name;
    std::string status = "green";
    std::size_t shards = 1;
    std::size_t replicas = 0;
    bool ready = true;
  };
  std::string status = "green";
  std::size_t primaries = 0;
  std::size_t initializing = 0;
  std::size_t unassigned = 0;
  std::vector<IndexHealth> indices;
};

ClusterHealth cluster_health(const std::vector<ResolvedIndex>& indices);

}  // namespace stele::elastic
