#pragma once

#include <string>
#include <vector>

#include "net/task.h"
#include "protocols/qdrant/collection/collection.h"

namespace stele::qdrant {

// Before payloads are written: the members that no field names yet become fields, as Elasticsearch's dynamic
// mapping has them, so that every head finds them from the commit on. Filters here need none, so what cannot
// be mapped (too many fields, another type) is passed over.
net::Task<void> map_payloads(Call* call, CollectionPtr collection, std::vector<std::string> payloads);

}  // namespace stele::qdrant
