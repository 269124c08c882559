#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/metrics.h"
#include "views/catalog.h"
#include "views/views.h"

namespace stele::ops {

// One head: its port, and its figures among the metrics, which outlive it.
struct HeadStatus {
  std::string name;
  std::uint16_t port = 0;
  const Gauge* connections = nullptr;
  const Counter* requests = nullptr;
  const Counter* errors = nullptr;
};
// Of the head that has that name.
HeadStatus head_status(MetricRegistry& metrics, std::string name, std::uint16_t port);

// What `stele status` shows, as JSON: the heads, the stream's place and lag, and each collection with its
// state, documents and what was left out. `version` is Stele's own. Pure.
std::string status_json(const views::ViewsStatus& status, const views::CatalogState& catalog,
                        std::span<const HeadStatus> heads, const std::string& version);

}  // namespace stele::ops
