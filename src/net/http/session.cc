#include "net/http/session.h"

#include <algorithm>
#include <exception>

#include "base/log.h"
#include "net/http/response_writer.h"
#include "net/reactor.h"

namespace stele::net {

namespace {

constexpr Logger kLog("http");
constexpr std::size_t kBytesPerSecondMin = 16 * 1024;  // of a request's body
constexpr auto kLingerTime = std::chrono::seconds(2);

TimePoint after(Duration span) {
  return Reactor::current()->now() + span;
}

}  // namespace

std::string_view HttpService::date() {
  const auto wall = system_clock().wall().time_since_epoch();
  const std::int64_t second = std::chrono::duration_cast<std::chrono::seconds>(wall).count();
  if (second != date_second_) {
    date_second_ = second;
    date_ = http_date(second);
  }
  return date_;
}

HttpSession::HttpSession(std::shared_ptr<HttpService> service, std::unique_ptr<Stream> stream)
    : service_(std::move(service)),
      stream_(std::move(stream)),
      parser_(service_->options.limits),
      held_(service_->options.memory_or_null) {
  service_->sessions.insert(this);
  if (service_->options.connections_or_null != nullptr) service_->options.connections_or_null->add(1);
}

HttpSession::~HttpSession() {
  service_->sessions.erase(this);
  if (service_->options.connections_or_null != nullptr) service_->options.connections_or_null->add(-1);
}

Task<void> HttpSession::run() {
  if (service_->options.tls) {
    const bool begun = co_await begin_tls();
    if (!begun) co_return;
  }
  for (;;) {
    auto request = co_await read_request();
    if (!request.has_value()) break;
    HttpResponseContext context = context_for(*request);
    auto response = co_await handle(*std::move(request));
    ++service_->requests;
    // The server may have been told to stop meanwhile.
    context.keep_alive = context.keep_alive && !response.close && !service_->stopping;
    const bool whole = co_await respond(std::move(response), context);
    held_.release();
    if (!whole) co_return;
    if (!context.keep_alive) break;
  }
  co_await linger();
}

Task<bool> HttpSession::begin_tls() {
  idle_ = false;
  stream_->set_read_deadline(after(service_->options.request_timeout));
  const auto started = co_await stream_->start_tls(service_->options.tls);
  if (!started.has_value())
    kLog.debug("TLS handshake failed peer={} error={}", stream_->peer().to_string(), started.error().message);
  co_return started.has_value();
}

Task<std::optional<HttpRequest>> HttpSession::read_request() {
  const HttpServerOptions& options = service_->options;
  std::optional<TimePoint> begun_at;
  std::size_t received = 0;
  bool invited = false;
  stream_->set_read_deadline(after(options.idle_timeout));
  for (;;) {
    if (!stream_->input().empty()) {
      if (!begun_at.has_value()) begun_at = after(Duration::zero());
      const auto fed = parser_.feed(stream_->input());
      if (!fed.has_value()) {
        co_await fail(fed.error());
        co_return std::nullopt;
      }
      stream_->consume(*fed);
      received += *fed;
      if (auto refused = hold_body(); refused.has_value()) {
        co_await fail(*std::move(refused));
        co_return std::nullopt;
      }
      if (parser_.is_complete()) {
        HttpRequest request = parser_.take();
        request.peer = stream_->peer();
        co_return request;
      }
      if (parser_.expects_continue() && !std::exchange(invited, true)) {
        const auto sent = co_await invite_body();
        if (!sent.has_value()) co_return std::nullopt;
      }
      const auto allowed = std::chrono::seconds(received / kBytesPerSecondMin);
      stream_->set_read_deadline(*begun_at + options.request_timeout + allowed);
    }
    idle_ = !begun_at.has_value();
    if (idle_ && service_->stopping) co_return std::nullopt;
    const auto more = co_await stream_->read();
    idle_ = false;
    if (more.has_value()) continue;
    if (more.error().code == ErrorCode::kDeadlineExceeded && begun_at.has_value())
      co_await fail({.status = 408, .reason = "the request did not come in time"});
    co_return std::nullopt;
  }
}

std::optional<HttpFailure> HttpSession::hold_body() {
  const std::size_t bytes = parser_.body_bytes();
  if (bytes == 0 || held_.grow_to(bytes)) return std::nullopt;
  const RequestMemory& memory = *service_->options.memory_or_null;
  HttpFailure failure{.status = 429,
                      .reason = "the requests under way hold too much memory",
                      .bytes_wanted = memory.bytes() + bytes * RequestMemory::kTimesHeld,
                      .bytes_max = memory.bytes_max()};
  return failure;
}

Task<Result<void>> HttpSession::invite_body() {
  stream_->output() += "HTTP/1.1 100 Continue\r\n\r\n";
  auto sent = co_await stream_->flush();
  co_return sent;
}

HttpResponseContext HttpSession::context_for(const HttpRequest& request) {
  HttpResponseContext context;
  context.head_only = request.method == "HEAD";
  context.version_minor = request.version_minor;
  context.keep_alive = request.keep_alive;
  context.accepts_gzip = accepts_gzip(request.headers);
  context.gzip_bytes_min = service_->options.gzip_bytes_min;
  context.gzip_level = service_->options.gzip_level;
  return context;
}

Task<HttpResponse> HttpSession::handle(HttpRequest request) {
  try {
    auto response = co_await service_->handler(std::move(request));
    co_return response;
  } catch (const std::exception& error) {
    kLog.error("a request handler threw error={}", error.what());
  }
  co_return failure_response({.status = 500, .reason = "internal error"});
}

Task<bool> HttpSession::respond(HttpResponse response, HttpResponseContext context) {
  // Without chunks the end of the connection is the end of the body.
  const bool streamed = static_cast<bool>(response.producer);
  if (streamed && context.version_minor == 0) context.keep_alive = false;
  context.date = service_->date();
  append_http_response(stream_->output(), response, context);
  stream_->set_write_deadline(after(service_->options.write_timeout));
  const auto sent = co_await stream_->flush();
  if (!sent.has_value()) co_return false;
  if (!streamed || context.head_only) co_return true;
  const bool whole = co_await stream_body(std::move(response.producer), context.version_minor);
  co_return whole&& context.version_minor == 1;
}

Task<bool> HttpSession::stream_body(HttpBodyProducer producer, int version_minor) {
  for (;;) {
    const auto piece = co_await producer();
    if (!piece.has_value()) {
      kLog.warn("a streamed response was broken off error={}", piece.error().to_string());
      co_return false;
    }
    if (piece->empty()) break;
    if (version_minor == 1) {
      append_http_chunk(stream_->output(), *piece);
    } else {
      stream_->output() += *piece;
    }
    stream_->set_write_deadline(after(service_->options.write_timeout));
    const auto sent = co_await stream_->flush();
    if (!sent.has_value()) co_return false;
  }
  if (version_minor == 1) append_http_last_chunk(stream_->output());
  const auto sent = co_await stream_->drain();
  co_return sent.has_value();
}

HttpResponse HttpSession::failure_response(const HttpFailure& failure) const {
  if (service_->options.failure) return service_->options.failure(failure);
  HttpResponse response;
  response.status = failure.status;
  response.headers.add("Content-Type", "text/plain; charset=utf-8");
  response.body = failure.reason + "\n";
  return response;
}

Task<void> HttpSession::fail(HttpFailure failure) {
  ++service_->failures;
  HttpResponseContext context;
  context.keep_alive = false;
  context.head_only = parser_.request().method == "HEAD";
  parser_ = HttpRequestParser(service_->options.limits);  // what came of the body goes before the answer
  held_.release();
  co_await respond(failure_response(failure), context);
}

// A connection closed with bytes unread is reset, and the reset may overtake the last response: so our side
// ends first, and what still comes is read and dropped for a moment, so that a client that sends a whole body
// before it reads gets to the answer.
Task<void> HttpSession::linger() {
  const auto drained = co_await stream_->drain();
  if (!drained.has_value()) co_return;
  stream_->shutdown_write();
  stream_->set_read_deadline(after(kLingerTime));
  std::size_t dropped = 0;
  while (dropped < service_->options.limits.body_bytes_max && !service_->stopping) {
    dropped += stream_->input().size();
    stream_->consume(stream_->input().size());
    const auto more = co_await stream_->read();
    if (!more.has_value()) co_return;
  }
}

}  // namespace stele::net
