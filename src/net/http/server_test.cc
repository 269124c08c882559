#include "net/http/server.h"

#include <stdexcept>
#include <string>
#include <vector>

#include "net/event.h"
#include "net/http/client.h"
#include "net/http/gzip.h"
#include "net/test_reactor.h"

namespace stele::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class HttpServerTest : public ReactorTest {};
STELE_ON_EACH_BACKEND(HttpServerTest);

const Address kAnyPort{"127.0.0.1", 0};

TimePoint soon() {
  return system_clock().now() + seconds(20);
}

// What a call of /held has come to, and what lets it end.
struct Held {
  bool entered = false;
  bool released = false;
};
Held held;

// Says what was asked. /throw, /stream?n=, /broken, /big?n=, /held do what they say.
struct Counted {
  int left;
  bool breaks;
  Task<Result<std::string>> next() {
    if (left == 0 && breaks) co_return make_error(ErrorCode::kInternal, "on purpose");
    if (left == 0) co_return std::string();
    co_return "piece " + std::to_string(left--) + ";";
  }
};

Task<HttpResponse> answer(HttpRequest request) {
  HttpResponse response;
  const int n = std::stoi(std::string(request.query_value("n").value_or("0")));
  if (request.path == "/throw") throw std::runtime_error("on purpose");
  if (request.path == "/stream" || request.path == "/broken") {
    auto state = std::make_shared<Counted>(Counted{n, request.path == "/broken"});
    response.producer = [state] { return state->next(); };
    co_return response;
  }
  if (request.path == "/big") {
    response.body = std::string(static_cast<std::size_t>(n), 'b');
    co_return response;
  }
  if (request.path == "/held") {
    held.entered = true;
    while (!held.released) co_await Reactor::current()->sleep_for(milliseconds(1));
  }
  if (request.path == "/slow") co_await Reactor::current()->sleep_for(milliseconds(n));
  response.headers.add("Content-Type", "text/plain");
  response.body = request.method + " " + request.path + " " + request.body;
  co_return response;
}

std::unique_ptr<HttpServer> open(HttpServerOptions options = {}) {
  auto server = HttpServer::open(kAnyPort, std::move(options), answer);
  EXPECT_TRUE(server.has_value());
  return *std::move(server);
}

HttpCall call_of(std::string method, std::string target, std::string body = {}) {
  HttpCall call;
  call.method = std::move(method);
  call.target = std::move(target);
  call.body = std::move(body);
  return call;
}

Task<HttpReply> call(Address address, HttpCall what) {
  auto reply = co_await http_call(std::move(address), std::move(what), soon());
  EXPECT_TRUE(reply.has_value()) << reply.error().to_string();
  co_return reply.has_value() ? *std::move(reply) : HttpReply{};
}

Task<void> call_held(Address address, std::string body, int* status, bool* keep_alive = nullptr) {
  const HttpReply reply = co_await call(std::move(address), call_of("POST", "/held", std::move(body)));
  *status = reply.status;
  if (keep_alive != nullptr) *keep_alive = reply.keep_alive;
}

// Sends `bytes` and returns all that comes back until the server closes.
Task<std::string> exchange(Address address, std::string bytes) {
  auto connected = co_await Stream::connect(std::move(address), soon());
  const std::unique_ptr<Stream> stream = *std::move(connected);
  stream->set_read_deadline(soon());
  stream->output() += bytes;
  const auto sent = co_await stream->flush();
  EXPECT_TRUE(sent.has_value());
  for (;;) {
    const auto more = co_await stream->read();
    if (!more.has_value()) co_return std::string(stream->input());
  }
}

int count(std::string_view text, std::string_view what) {
  int found = 0;
  for (std::size_t at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) ++found;
  return found;
}

Task<void> keep_alive() {
  const auto server = open();
  auto connected = co_await Stream::connect(server->address(), soon());
  const std::unique_ptr<Stream> stream = *std::move(connected);
  for (int i = 0; i < 20; ++i) {
    auto what = call_of("POST", "/echo/" + std::to_string(i), "body " + std::to_string(i));
    const auto reply = co_await http_call(stream.get(), std::move(what));
    EXPECT_TRUE(reply.has_value());
    EXPECT_EQ(reply->status, 200);
    EXPECT_EQ(reply->body, "POST /echo/" + std::to_string(i) + " body " + std::to_string(i));
    EXPECT_EQ(reply->headers.get("content-type"), "text/plain");
    EXPECT_TRUE(reply->headers.contains("Date"));
    EXPECT_TRUE(reply->keep_alive);
  }
  EXPECT_EQ(server->connections(), 1U);
  EXPECT_EQ(server->requests(), 20U);
  co_await server->stop(soon());
}

TEST_P(HttpServerTest, KeepsAConnectionForManyRequests) {
  run(keep_alive());
}

Task<void> pipelined() {
  const auto server = open();
  std::string bytes;
  for (int i = 0; i < 50; ++i)
    bytes += "GET /" + std::string(i % 10 == 0 ? "slow" : "fast") + "?n=3 HTTP/1.1\r\nHost: h\r\n\r\n";
  bytes += "GET /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
  const std::string reply = co_await exchange(server->address(), bytes);
  EXPECT_EQ(count(reply, "HTTP/1.1 200 OK\r\n"), 51);
  EXPECT_EQ(count(reply, "Connection: close"), 1);
  EXPECT_LT(reply.rfind("GET /slow"), reply.rfind("GET /fast"));
  EXPECT_TRUE(reply.ends_with("GET /last "));
  co_await server->stop(soon());
}

TEST_P(HttpServerTest, AnswersPipelinedRequestsInOrder) {
  run(pipelined());
}

Task<void> failures() {
  HttpServerOptions options;
  options.limits.body_bytes_max = 1000;
  options.request_timeout = milliseconds(50);
  const auto server = open(options);
  const std::pair<std::string, std::string> cases[] = {
      {"nonsense\r\n\r\n", "HTTP/1.1 400 "},
      {"GET / HTTP/3.0\r\n\r\n", "HTTP/1.1 505 "},
      {"BREW / HTTP/1.1\r\n\r\n", "HTTP/1.1 501 "},
      {"GET / HTTP/1.1\r\n" + std::string(70'000, 'x'), "HTTP/1.1 431 "},
      {"GET /" + std::string(70'000, 'x'), "HTTP/1.1 414 "},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5000\r\n\r\n" + std::string(5000, 'x'),
       "HTTP/1.1 413 "},
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nabc", "HTTP/1.1 408 "},
      {"GET / HTT", "HTTP/1.1 408 "},
  };
  for (const auto& [bytes, expected] : cases) {
    const std::string reply = co_await exchange(server->address(), bytes);
    EXPECT_TRUE(reply.starts_with(expected)) << bytes.substr(0, 50) << " -> " << reply.substr(0, 100);
    EXPECT_EQ(count(reply, "Connection: close\r\n"), 1);
    EXPECT_EQ(count(reply, "Content-Length: "), 1);
  }
  EXPECT_EQ(server->failures(), std::size(cases));
  EXPECT_EQ(server->requests(), 0U);
  const HttpReply thrown = co_await call(server->address(), call_of("GET", "/throw"));
  EXPECT_EQ(thrown.status, 500);
  co_await server->stop(soon());
}

TEST_P(HttpServerTest, AnswersBadRequestsAndClosesWithoutLosingTheAnswer) {
  run(failures());
}

HttpResponse json_failure(const HttpFailure& failure) {
  HttpResponse response;
  response.status = failure.status;
  response.body = "{\"error\":\"" + failure.reason + "\"}";
  if (failure.bytes_max > 0)
    response.body = std::to_string(failure.bytes_wanted) + " of " + std::to_string(failure.bytes_max);
  return response;
}

Task<void> own_failure_form() {
  HttpServerOptions options;
  options.failure = json_failure;
  const auto server = open(options);
  const std::string reply = co_await exchange(server->address(), "GET / HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(reply.ends_with("\r\n\r\n{\"error\":\"missing Host\"}")) << reply;
  co_await server->stop(soon());
}

TEST_P(HttpServerTest, FailuresHaveTheFormOfTheProtocol) {
  run(own_failure_form());
}

Task<void> wait_for_bytes(const RequestMemory* memory, std::size_t bytes) {
  while (memory->bytes() != bytes) co_await Reactor::current()->sleep_for(milliseconds(1));
}

// Two servers share a limit: what one holds is not there for the other.
Task<void> share_memory() {
  RequestMemory memory(1000);
  HttpServerOptions options;
  options.memory_or_null = &memory;
  options.failure = json_failure;
  const auto first = open(options);
  const auto second = open(options);
  held = {};
  int status = 0;
  spawn(call_held(first->address(), std::string(400, 'a'), &status));
  while (!held.entered) co_await Reactor::current()->sleep_for(milliseconds(1));
  EXPECT_EQ(memory.bytes(), 800U);
  const HttpReply fits = co_await call(second->address(), call_of("POST", "/x", std::string(100, 'b')));
  EXPECT_EQ(fits.status, 200);
  EXPECT_EQ(memory.bytes(), 800U);
  const HttpReply refused = co_await call(second->address(), call_of("POST", "/x", std::string(101, 'b')));
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.body, "1002 of 1000");
  EXPECT_FALSE(refused.keep_alive);
  EXPECT_EQ(memory.refused(), 1U);
  // Whoever sends all before he reads gets the answer nevertheless.
  const HttpReply long_one =
      co_await call(second->address(), call_of("POST", "/x", std::string(20'000'000, 'b')));
  EXPECT_EQ(long_one.status, 429);
  EXPECT_EQ(memory.bytes(), 800U);
  const HttpReply bodiless = co_await call(second->address(), call_of("GET", "/x"));
  EXPECT_EQ(bodiless.status, 200);
  held.released = true;
  while (status == 0) co_await Reactor::current()->sleep_for(milliseconds(1));
  EXPECT_EQ(status, 200);
  co_await wait_for_bytes(&memory, 0);
  const HttpReply now = co_await call(second->address(), call_of("POST", "/x", std::string(500, 'b')));
  EXPECT_EQ(now.status, 200);
  co_await first->stop(soon());
  co_await second->stop(soon());
}

TEST_P(HttpServerTest, RequestsOfAllServersShareOneMemory) {
  run(share_memory());
}

// However a request ends.
Task<void> give_memory_back() {
  RequestMemory memory(1000);
  HttpServerOptions options;
  options.memory_or_null = &memory;
  const auto server = open(options);
  const HttpReply thrown = co_await call(server->address(), call_of("POST", "/throw", std::string(300, 'a')));
  EXPECT_EQ(thrown.status, 500);
  co_await wait_for_bytes(&memory, 0);
  const auto broken =
      co_await http_call(server->address(), call_of("POST", "/broken?n=3", std::string(300, 'a')), soon());
  EXPECT_FALSE(broken.has_value());
  co_await wait_for_bytes(&memory, 0);
  auto connected = co_await Stream::connect(server->address(), soon());
  std::unique_ptr<Stream> leaving = *std::move(connected);
  leaving->output() += "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 400\r\n\r\n" + std::string(300, 'a');
  const auto sent = co_await leaving->flush();
  EXPECT_TRUE(sent.has_value());
  co_await wait_for_bytes(&memory, 600);
  leaving.reset();
  co_await wait_for_bytes(&memory, 0);
  // What comes out of a compressed body counts.
  HttpCall packed = call_of("POST", "/x", gzip(std::string(501, 'a'), 6));
  EXPECT_LT(packed.body.size(), 100U);
  packed.headers.add("Content-Encoding", "gzip");
  const HttpReply unpacked = co_await call(server->address(), std::move(packed));
  EXPECT_EQ(unpacked.status, 429);
  co_await wait_for_bytes(&memory, 0);
  co_await server->stop(soon());
}

TEST_P(HttpServerTest, MemoryComesBackHoweverARequestEnds) {
  run(give_memory_back());
}

Task<void> count_connections() {
  Gauge connections;
  HttpServerOptions options;
  options.connections_or_null = &connections;
  const auto server = open(options);
  auto connected = co_await Stream::connect(server->address(), soon());
  std::unique_ptr<Stream> stream = *std::move(connected);
  while (connections.value() != 1) co_await Reactor::current()->sleep_for(milliseconds(1));
  stream.reset();
  while (connections.value() != 0) co_await Reactor::current()->sleep_for(milliseconds(1));
  co_await server->stop(soon());
}

TEST_P(HttpServerTest, CountsItsConnections) {
  run(count_connections());
}

Task<void> streams() {
  const auto server = open();
  const HttpReply whole = co_await call(server->address(), call_of("GET", "/stream?n=3"));
  EXPECT_EQ(whole.body, "piece 3;piece 2;piece 1;");
  EXPECT_EQ(whole.headers.get("Transfer-Encoding"), "chunked");
  EXPECT_TRUE(whole.keep_alive);
  const HttpReply head = co_await call(server->address(), call_of("HEAD", "/stream?n=3"));
  EXPECT_EQ(head.body, "");
  const std::string old =
      co_await exchange(server->address(), "GET /stream?n=2 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_TRUE(old.ends_with("\r\n\r\npiece 2;piece 1;")) << old;
  EXPECT_EQ(count(old, "Connection: close"), 1);
  const auto broken = co_await http_call(server->address(), call_of("GET", "/broken?n=3"), soon());
  EXPECT_FALSE(broken.has_value());
  EXPECT_EQ(broken.error().code, ErrorCode::kConnectionClosed);
  co_await server->stop(soon());
}

TEST_P(HttpServerTest, StreamsBodies) {
  run(streams());
}

Task<void> encodings() {
  const auto server = open();
  HttpCall what = call_of("GET", "/big?n=3000000");
  what.headers.add("Accept-Encoding", "gzip");
  const HttpReply packed = co_await call(server->address(), std::move(what));
  EXPECT_EQ(packed.body, std::string(3'000'000, 'b'));
  EXPECT_EQ(packed.headers.get("Content-Encoding"), "gzip");
  const HttpReply plain = co_await call(server->address(), call_of("GET", "/big?n=3000000"));
  EXPECT_EQ(plain.body.size(), 3'000'000U);
  EXPECT_FALSE(plain.headers.contains("Content-Encoding"));
  HttpCall sent = call_of("PUT", "/echo", gzip("packed request", 6));
  sent.headers.add("Content-Encoding", "gzip");
  const HttpReply echoed = co_await call(server->address(), std::move(sent));
  EXPECT_EQ(echoed.body, "PUT /echo packed request");
  co_await server->stop(soon());
}

TEST_P(HttpServerTest, CompressesBothWays) {
  run(encodings());
}

Task<void> expect_continue() {
  const auto server = open();
  auto connected = co_await Stream::connect(server->address(), soon());
  const std::unique_ptr<Stream> stream = *std::move(connected);
  stream->set_read_deadline(soon());
  stream->output() += "POST /x HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n";
  auto sent = co_await stream->flush();
  while (!stream->input().ends_with("\r\n\r\n")) {
    const auto more = co_await stream->read();
    EXPECT_TRUE(more.has_value());
    if (!more.has_value()) co_return;
  }
  EXPECT_EQ(stream->input(), "HTTP/1.1 100 Continue\r\n\r\n");
  stream->consume(stream->input().size());
  stream->output() += "body";
  sent = co_await stream->flush();
  while (!stream->input().ends_with("body")) {
    const auto more = co_await stream->read();
    EXPECT_TRUE(more.has_value());
    if (!more.has_value()) co_return;
  }
  EXPECT_TRUE(stream->input().starts_with("HTTP/1.1 200 OK\r\n"));
  // Too large a body is refused before it is sent.
  const std::string reply = co_await exchange(
      server->address(),
      "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 999999999\r\n\r\n");
  EXPECT_TRUE(reply.starts_with("HTTP/1.1 413 "));
  co_await server->stop(soon());
}

TEST_P(HttpServerTest, InvitesTheBodyOfWhoAsksFirst) {
  run(expect_continue());
}

Task<void> idle() {
  HttpServerOptions options;
  options.idle_timeout = milliseconds(20);
  const auto server = open(options);
  const std::string nothing = co_await exchange(server->address(), "");
  EXPECT_EQ(nothing, "");
  const std::string one = co_await exchange(server->address(), "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(count(one, "HTTP/1.1"), 1);
  co_await server->stop(soon());
}

TEST_P(HttpServerTest, ClosesIdleConnections) {
  run(idle());
}

// An idle connection ends as soon as the server stops; what is held goes on till then.
Task<void> release_when_idle_end(Stream* idle, ErrorCode* code) {
  const auto ended = co_await idle->read();
  if (!ended.has_value()) *code = ended.error().code;
  held.released = true;
}

Task<void> graceful() {
  const auto server = open();
  auto connected = co_await Stream::connect(server->address(), soon());
  const std::unique_ptr<Stream> idle_stream = *std::move(connected);
  int status = 0;
  bool kept = true;
  ErrorCode idle_code{};
  held = {};
  spawn(call_held(server->address(), "", &status, &kept));
  while (server->connections() < 2 || !held.entered) co_await Reactor::current()->sleep_for(milliseconds(1));
  EXPECT_EQ(status, 0);
  spawn(release_when_idle_end(idle_stream.get(), &idle_code));
  co_await server->stop(soon());
  EXPECT_EQ(server->connections(), 0U);
  while (status == 0) co_await Reactor::current()->sleep_for(milliseconds(1));
  EXPECT_EQ(status, 200);
  EXPECT_FALSE(kept);
  EXPECT_EQ(idle_code, ErrorCode::kConnectionClosed);
}

TEST_P(HttpServerTest, StopsWhenWhatRunsIsDone) {
  run(graceful());
}

Task<void> give_up() {
  const auto server = open();
  auto connected = co_await Stream::connect(server->address(), soon());
  const std::unique_ptr<Stream> stream = *std::move(connected);
  stream->output() += "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n";
  const auto sent = co_await stream->flush();
  EXPECT_TRUE(sent.has_value());
  // The server has read the head and waits for a body that never comes.
  while (!stream->input().contains("100 Continue")) {
    const auto more = co_await stream->read();
    EXPECT_TRUE(more.has_value());
    if (!more.has_value()) break;
  }
  co_await server->stop(Reactor::current()->now() + milliseconds(30));
  EXPECT_EQ(server->connections(), 0U);
}

TEST_P(HttpServerTest, StopHasADeadline) {
  run(give_up());
}

}  // namespace
}  // namespace stele::net
