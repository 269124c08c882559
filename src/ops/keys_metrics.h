#pragma once

#include "base/metrics.h"
#include "views/keys/keys.h"

namespace stele::ops {

// Registers how the keys fare in PostgreSQL as gauges that are read at exposition. `keys` outlives the
// registry's last exposition.
void register_keys_metrics(MetricRegistry& registry, const views::NodeKeys& keys);

}  // namespace stele::ops
