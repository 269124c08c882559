#include "protocols/elastic/head.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/log.h"
#include "json/pretty.h"
#include "protocols/elastic/endpoint.h"
#include "protocols/elastic/json_filter.h"
#include "protocols/elastic/search/refresh_pins.h"
#include "views/freshness.h"

namespace stele::elastic {
namespace {

constexpr auto kRequestTime = std::chrono::seconds(60);
constexpr auto kFreshnessTime = std::chrono::seconds(10);

struct Metrics {
  explicit Metrics(MetricRegistry& registry)
      : requests(registry.counter("stele_requests_total", "Requests by head.", {{"head", "elastic"}})),
        errors(registry.counter("stele_request_errors_total", "Requests answered with an error, by head.",
                                {{"head", "elastic"}})),
        seconds(
            registry.histogram("stele_request_seconds", "Time to answer, by head.", {{"head", "elastic"}})) {}
  Counter& requests;
  Counter& errors;
  Histogram& seconds;
};

std::string_view header(const net::HttpRequest& request, std::string_view name) {
  return request.headers.get(name).value_or(std::string_view());
}

// What the client sees in the end.
struct Presentation {
  bool pretty = false;
  bool trace = false;
  std::vector<std::string> filter;
};

Presentation presentation_of(const Parameters& parameters) {
  Presentation shown;
  shown.pretty = parameters.boolean("pretty", false).value_or(false);
  shown.trace = parameters.boolean("error_trace", false).value_or(false);
  shown.filter = parameters.list("filter_path");
  return shown;
}

std::string filtered(std::string body, const std::vector<std::string>& patterns) {
  if (patterns.empty()) return body;
  std::vector<std::string> includes;
  std::vector<std::string> excludes;
  for (const std::string& pattern : patterns) {
    if (pattern.starts_with('-')) {
      excludes.push_back(pattern.substr(1));
    } else {
      includes.push_back(pattern);
    }
  }
  Result<json::Document> parsed = json::Document::parse_borrowed(body);
  if (!parsed) return body;
  return JsonFilter(includes, excludes).apply(parsed->root());
}

Reply reply_of(const Failure& failure, const Presentation& shown) {
  Reply reply;
  reply.status = failure.status;
  // Elasticsearch tells these two without a type.
  reply.body = failure.type.empty() ? plain_error_body(failure.reason, failure.status)
                                    : error_body(failure, shown.trace);
  return reply;
}

}  // namespace

struct Head::State {
  explicit State(Services given)
      : services(std::move(given)),
        pins(*services.visible, *services.catalog),
        router(endpoints()),
        metrics(*services.metrics) {
    services.pins = &pins;
  }

  net::Task<Outcome<Reply>> answer(Call* call, const net::HttpRequest* request, net::HttpHeaders* extra);
  net::Task<Outcome<>> wait_for_position(const net::HttpRequest* request);
  net::HttpResponse present(const Call& call, const net::HttpRequest& request, Reply reply,
                            net::HttpHeaders extra) const;

  Services services;
  RefreshPins pins;
  Router router;
  Metrics metrics;
};

Head::Head(Services services) : state_(std::make_unique<State>(std::move(services))) {}
Head::~Head() = default;

void Head::set_publish_address(std::string address) {
  state_->services.identity.publish_address = std::move(address);
}

net::HttpResponse Head::transport_failure(const net::HttpFailure& refused) {
  const Failure failure =
      refused.status == 429
          ? circuit_breaking(refused.bytes_wanted, refused.bytes_max)
          : Failure{refused.status, refused.status == 413 ? "content_too_long_exception" : "http_exception",
                    refused.reason};
  net::HttpResponse response;
  response.status = failure.status;
  response.headers.set("X-elastic-product", "Elasticsearch");
  response.headers.set("Content-Type", "application/json");
  response.body = error_body(failure);
  return response;
}

// x-stele-min-lsn: the client has written elsewhere and wants to see it.
net::Task<Outcome<>> Head::State::wait_for_position(const net::HttpRequest* request) {
  const std::string_view wanted = header(*request, "x-stele-min-lsn");
  if (wanted.empty()) co_return Outcome<>();
  Result<views::LsnToken> token = views::LsnToken::parse(wanted);
  if (!token) co_return illegal_argument(fmt::format("x-stele-min-lsn [{}] is no position", wanted));
  auto waited = co_await services.freshness->wait_visible(*token, system_clock().now() + kFreshnessTime);
  if (!waited) co_return Failure::from(waited.error());
  co_return Outcome<>();
}

net::Task<Outcome<Reply>> Head::State::answer(Call* call, const net::HttpRequest* request,
                                              net::HttpHeaders* extra) {
  const std::string_view target = request->target;
  const std::size_t question = target.find('?');
  call->path = std::string(target.substr(0, question));
  extra->set("x-stele-lsn", services.freshness->token().to_string());
  STELE_CO_TRY(call->parameters,
               Parameters::parse(question == std::string_view::npos ? std::string_view()
                                                                    : target.substr(question + 1)));
  const MediaTypeRequest media{header(*request, "accept"), header(*request, "content-type"),
                               !call->body.empty(), call->parameters.text("format")};
  STELE_CO_TRY(call->media, negotiate(media));
  Route route = router.find(call->method, call->path);
  if (route.endpoint == nullptr && !route.allowed.empty()) {
    extra->set("Allow", fmt::format("{}", fmt::join(route.allowed, ",")));
    if (call->method == "OPTIONS") co_return Reply{};
    co_return Failure{405, "",
                      fmt::format("Incorrect HTTP method for uri [{}] and method [{}], allowed: [{}]", target,
                                  call->method, fmt::join(route.allowed, ", "))};
  }
  if (route.endpoint == nullptr) {
    Reply reply;
    reply.status = 400;
    reply.body = plain_error_body(
        fmt::format("no handler found for uri [{}] and method [{}]", target, call->method), 0);
    co_return reply;
  }
  call->parts = std::move(route.parts);
  if (const auto unknown = check_parameters(*route.endpoint, call->path, call->parameters))
    co_return *unknown;
  auto waited = co_await wait_for_position(request);
  if (!waited) co_return std::move(waited).error();
  // What the reply shows is at least this.
  extra->set("x-stele-lsn", services.freshness->token().to_string());
  // GET with a body as a parameter, for clients that cannot send one.
  auto reply = co_await route.endpoint->handler(call);
  co_return reply;
}

net::HttpResponse Head::State::present(const Call& call, const net::HttpRequest& request, Reply reply,
                                       net::HttpHeaders extra) const {
  const Presentation shown = presentation_of(call.parameters);
  net::HttpResponse response;
  response.status = reply.status;
  response.headers = std::move(extra);
  response.headers.set("X-elastic-product", "Elasticsearch");
  const bool is_json = reply.form == Body::kJson;
  response.headers.set("Content-Type", is_json ? call.media.json : call.media.text);
  if (const std::string_view id = header(request, "x-opaque-id"); !id.empty())
    response.headers.set("X-Opaque-Id", std::string(id));
  if (reply.lsn) {
    const views::LsnToken visible = services.freshness->token();
    const Lsn told = reply.not_applied ? *reply.lsn : std::max(*reply.lsn, visible.lsn);
    response.headers.set("x-stele-lsn", views::LsnToken{told, visible.timeline}.to_string());
  }
  if (reply.lsn) response.headers.set("x-stele-applied", reply.not_applied ? "false" : "true");
  if (is_json && !reply.body.empty()) {
    reply.body = filtered(std::move(reply.body), shown.filter);
    if (shown.pretty) reply.body = json::pretty(reply.body) + "\n";
  }
  response.body = std::move(reply.body);
  return response;
}

net::Task<net::HttpResponse> Head::handle(net::HttpRequest request) {
  Call call;
  call.services = &state_->services;
  call.method = request.method;
  call.body = std::move(request.body);
  call.started = system_clock().now();
  call.deadline = call.started + kRequestTime;
  net::HttpHeaders extra;
  auto outcome = co_await state_->answer(&call, &request, &extra);
  Reply reply;
  if (outcome) {
    reply = *std::move(outcome);
  } else {
    reply = reply_of(outcome.error(), presentation_of(call.parameters));
  }
  state_->metrics.requests.add();
  if (reply.status >= 400) state_->metrics.errors.add();
  state_->metrics.seconds.record_ns(
      static_cast<std::uint64_t>((system_clock().now() - call.started).count()));
  co_return state_->present(call, request, std::move(reply), std::move(extra));
}

}  // namespace stele::elastic
