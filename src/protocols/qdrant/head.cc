#include "protocols/qdrant/head.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "json/writer.h"
#include "protocols/qdrant/endpoint.h"
#include "protocols/qdrant/point/point_names.h"
#include "views/freshness.h"

namespace stele::qdrant {
namespace {

constexpr auto kRequestTime = std::chrono::seconds(60);
constexpr auto kFreshnessTime = std::chrono::seconds(10);

struct Metrics {
  explicit Metrics(MetricRegistry& registry)
      : requests(registry.counter("stele_requests_total", "Requests by head.", {{"head", "qdrant"}})),
        errors(registry.counter("stele_request_errors_total", "Requests answered with an error, by head.",
                                {{"head", "qdrant"}})),
        seconds(
            registry.histogram("stele_request_seconds", "Time to answer, by head.", {{"head", "qdrant"}})) {}
  Counter& requests;
  Counter& errors;
  Histogram& seconds;
};

std::string error_body(std::string_view message, double seconds) {
  std::string body;
  json::Writer writer(body, json::NumberForm::kPlain);
  writer.begin_object().key("status").begin_object().member("error", message).end_object();
  writer.member("time", seconds).end_object();
  return body;
}

// Paths that probes ask without a key.
bool needs_key(std::string_view path) {
  constexpr std::string_view kOpen[] = {"/", "/healthz", "/readyz", "/livez"};
  return std::ranges::find(kOpen, path) == std::end(kOpen);
}

bool equal_in_constant_time(std::string_view left, std::string_view right) {
  unsigned difference = left.size() == right.size() ? 0 : 1;
  for (std::size_t i = 0; i < left.size(); ++i)
    difference |= static_cast<unsigned char>(left[i]) ^
                  static_cast<unsigned char>(right.empty() ? '\0' : right[i % right.size()]);
  return difference == 0;
}

// Parameters that many requests take and that have a form.
Outcome<> read_parameters(Call& call) {
  if (const auto wait = call.request.query_value("wait")) {
    if (*wait != "true" && *wait != "false")
      return Failure{400, "Deserialize error in query parameters: provided string was not `true` or `false`"};
    call.wait = *wait == "true";
  }
  if (const auto timeout = call.request.query_value("timeout")) {
    std::uint64_t seconds = 0;
    const auto [end, error] = std::from_chars(timeout->data(), timeout->data() + timeout->size(), seconds);
    if (error != std::errc() || end != timeout->data() + timeout->size())
      return Failure{400, "Deserialize error in query parameters: invalid digit found in string"};
    if (seconds == 0) return invalid_query("timeout", "value 0 invalid, must be 1 or larger");
    call.deadline =
        std::min(call.deadline, call.started + std::chrono::seconds(std::min<std::uint64_t>(seconds, 3600)));
  }
  const std::string_view collection = call.part("collection");
  if (collection.size() > 255)
    return invalid_path("name",
                        fmt::format("value {:?} invalid, must be from 1 to 255 characters", collection));
  return {};
}

}  // namespace

struct Head::State {
  explicit State(Services given) : services(std::move(given)), metrics(*services.metrics) {
    services.names = &names;
  }

  Outcome<> check_key(const net::HttpRequest& request) const;
  net::Task<Outcome<>> wait_for_position(const net::HttpRequest* request);
  net::Task<Outcome<Reply>> answer(Call* call);
  net::HttpResponse present(const Call& call, Outcome<Reply> outcome) const;

  Services services;
  PointNames names;
  Metrics metrics;
};

Head::Head(Services services) : state_(std::make_unique<State>(std::move(services))) {}
Head::~Head() = default;

net::HttpResponse Head::transport_failure(const net::HttpFailure& failure) {
  net::HttpResponse response;
  response.status = failure.status;
  response.headers.set("Content-Type", "application/json");
  if (failure.status == 429) {
    // As Qdrant's own limit of rates says it; its clients wait for that long.
    response.headers.set("Retry-After", "1");
    response.body = error_body(fmt::format("Rate limiting exceeded: {} ({} of {} bytes)", failure.reason,
                                           failure.bytes_wanted, failure.bytes_max),
                               0);
  } else {
    response.body = error_body(failure.reason, 0);
  }
  return response;
}

Outcome<> Head::State::check_key(const net::HttpRequest& request) const {
  if (services.api_key.empty() || !needs_key(request.path)) return {};
  std::string_view given = request.headers.get("api-key").value_or(std::string_view());
  const std::string_view bearer = request.headers.get("authorization").value_or(std::string_view());
  if (given.empty() && bearer.starts_with("Bearer ")) given = bearer.substr(7);
  if (!given.empty() && equal_in_constant_time(given, services.api_key)) return {};
  return Failure{401, given.empty() ? "Must provide an API key or an Authorization bearer token"
                                    : "Invalid API key or JWT"};
}

// x-stele-min-lsn: the client has written elsewhere and wants to see it.
net::Task<Outcome<>> Head::State::wait_for_position(const net::HttpRequest* request) {
  const auto wanted = request->headers.get("x-stele-min-lsn");
  if (!wanted || wanted->empty()) co_return Outcome<>();
  auto token = views::LsnToken::parse(*wanted);
  if (!token) co_return wrong_input(fmt::format("x-stele-min-lsn [{}] is no position", *wanted));
  auto waited = co_await services.freshness->wait_visible(*token, system_clock().now() + kFreshnessTime);
  if (!waited) co_return Failure::from(waited.error());
  co_return Outcome<>();
}

net::Task<Outcome<Reply>> Head::State::answer(Call* call) {
  call->shown = services.freshness->token().to_string();
  STELE_CO_RETURN_IF_ERROR(check_key(call->request));
  Route route = find_route(call->request.method, call->request.segments);
  if (route.endpoint == nullptr) {
    if (route.known_path) co_return Failure{405, "Method not allowed"};
    co_return Failure{404,
                      fmt::format("Not found: no endpoint {} {}", call->request.method, call->request.path)};
  }
  call->parts = std::move(route.parts);
  STELE_CO_RETURN_IF_ERROR(read_parameters(*call));
  auto waited = co_await wait_for_position(&call->request);
  STELE_CO_RETURN_IF_ERROR(waited);
  call->shown = services.freshness->token().to_string();
  auto reply = co_await route.endpoint->handler(call);
  co_return reply;
}

net::HttpResponse Head::State::present(const Call& call, Outcome<Reply> outcome) const {
  const auto elapsed = std::chrono::duration<double>(system_clock().now() - call.started).count();
  net::HttpResponse response;
  response.headers.set("Content-Type", "application/json");
  if (!call.shown.empty()) response.headers.set("x-stele-lsn", call.shown);
  if (!outcome) {
    response.status = outcome.error().status;
    response.body = error_body(outcome.error().message, elapsed);
    return response;
  }
  Reply& reply = *outcome;
  if (reply.lsn) {
    const views::LsnToken visible = services.freshness->token();
    const Lsn told = reply.not_applied ? *reply.lsn : std::max(*reply.lsn, visible.lsn);
    response.headers.set("x-stele-lsn", views::LsnToken{told, visible.timeline}.to_string());
    response.headers.set("x-stele-applied", reply.not_applied ? "false" : "true");
  }
  response.headers.set("Content-Type", reply.content_type);
  if (reply.bare) {
    response.body = std::move(reply.result);
    return response;
  }
  json::Writer writer(response.body, json::NumberForm::kPlain);
  writer.begin_object().key("result").raw(reply.result);
  writer.member("status", "ok").member("time", elapsed).end_object();
  return response;
}

net::Task<net::HttpResponse> Head::handle(net::HttpRequest request) {
  Call call;
  call.services = &state_->services;
  call.request = std::move(request);
  call.started = system_clock().now();
  call.deadline = call.started + kRequestTime;
  auto outcome = co_await state_->answer(&call);
  state_->metrics.requests.add();
  if (!outcome) state_->metrics.errors.add();
  state_->metrics.seconds.record_ns(
      static_cast<std::uint64_t>((system_clock().now() - call.started).count()));
  co_return state_->present(call, std::move(outcome));
}

}  // namespace stele::qdrant
