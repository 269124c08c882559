#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/metrics.h"
#include "net/http/message.h"
#include "net/task.h"
#include "ops/status_report.h"
#include "views/views.h"

namespace stele::ops {

// Is this node well? Answers the console port: /healthz (the process serves), /readyz (every view serves; 503
// with the reason else), /metrics (Prometheus text), /status (JSON). Any reactor; what it is given outlives
// it.
class Console {
 public:
  // `views_or_null`: without a PostgreSQL there are none, and the node is ready when it answers.
  // `more_metrics` is asked for further Prometheus text.
  Console(views::Views* views_or_null, const MetricRegistry& metrics, std::vector<HeadStatus> heads,
          std::string version, std::function<std::string()> more_metrics = {});

  net::Task<net::HttpResponse> handle(net::HttpRequest request);

 private:
  net::HttpResponse answer(const net::HttpRequest& request) const;
  net::HttpResponse readiness() const;

  views::Views* const views_or_null_;
  const MetricRegistry& metrics_;
  const std::vector<HeadStatus> heads_;
  std::string version_;
  const std::function<std::string()> more_metrics_;
};

}  // namespace stele::ops
