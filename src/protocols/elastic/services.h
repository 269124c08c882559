#pragma once

#include <string>

#include "views/head_services.h"

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
struct Services : views::HeadServices {
  RefreshPins* pins = nullptr;
  NodeIdentity identity;
};

}  // namespace stele::elastic
