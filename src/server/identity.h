#pragma once

#include <string>

#include "base/result.h"
#include "io/directory.h"

namespace stele::server {

// Who is this node? Drawn at random at the first start and kept in the data directory, so that the node finds
// its slot and its row in stele.node again.
struct Identity {
  std::string node_id;       // 12 hexadecimal digits
  std::string cluster_uuid;  // 22 characters of base64url, as Elasticsearch's

  // kCorruption for a file that holds something else.
  static Result<Identity> of(io::Directory& directory);
};

}  // namespace stele::server
