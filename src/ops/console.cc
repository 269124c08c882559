#include "ops/console.h"

#include <utility>

#include "ops/status_report.h"
#include "views/catalog.h"

namespace stele::ops {

namespace {

net::HttpResponse reply(int status, std::string_view type, std::string body) {
  net::HttpResponse response;
  response.status = status;
  response.headers.add("Content-Type", std::string(type));
  response.headers.add("Cache-Control", "no-store");
  response.body = std::move(body);
  return response;
}

constexpr std::string_view kPlain = "text/plain; charset=utf-8";

}  // namespace

Console::Console(views::Views* views_or_null, const MetricRegistry& metrics, std::vector<HeadStatus> heads,
                 std::string version, std::function<std::string()> more_metrics)
    : views_or_null_(views_or_null),
      metrics_(metrics),
      heads_(std::move(heads)),
      version_(std::move(version)),
      more_metrics_(std::move(more_metrics)) {}

net::HttpResponse Console::readiness() const {
  if (views_or_null_ == nullptr) return reply(200, kPlain, "ready\n");
  const views::ViewsStatus status = views_or_null_->status();
  if (status.ready) return reply(200, kPlain, "ready\n");
  return reply(503, kPlain, "not ready: " + status.reason + "\n");
}

net::HttpResponse Console::answer(const net::HttpRequest& request) const {
  if (request.method != "GET" && request.method != "HEAD") {
    net::HttpResponse refused = reply(405, kPlain, "only GET and HEAD\n");
    refused.headers.add("Allow", "GET, HEAD");
    return refused;
  }
  if (request.path == "/healthz") return reply(200, kPlain, "ok\n");
  if (request.path == "/readyz") return readiness();
  if (request.path == "/metrics") {
    std::string text = metrics_.prometheus_text();
    if (more_metrics_) text += more_metrics_();
    return reply(200, "text/plain; version=0.0.4; charset=utf-8", std::move(text));
  }
  if (request.path == "/status") {
    views::ViewsStatus alone;
    alone.ready = true;
    if (views_or_null_ == nullptr)
      return reply(200, "application/json", status_json(alone, {}, heads_, version_));
    return reply(
        200, "application/json",
        status_json(views_or_null_->status(), *views_or_null_->catalog().current(), heads_, version_));
  }
  if (request.path == "/") {
    return reply(200, kPlain, "Stele " + version_ + "\n/healthz /readyz /metrics /status\n");
  }
  return reply(404, kPlain, "nothing here; see /\n");
}

net::Task<net::HttpResponse> Console::handle(net::HttpRequest request) {
  co_return answer(request);
}

}  // namespace stele::ops
