#pragma once

#include "base/metrics.h"
#include "views/views.h"

namespace stele::ops {

// Registers what the views say of themselves as gauges that are read at exposition: the stream's place and
// lag, documents and memory. `views` outlives the registry's last exposition.
void register_stream_metrics(MetricRegistry& registry, const views::Views& views);

}  // namespace stele::ops
