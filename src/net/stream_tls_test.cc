#include <unistd.h>

#include <fstream>
#include <string>

#include "crypto/certificate.h"
#include "crypto/tls_session.h"
#include "net/http/client.h"
#include "net/http/server.h"
#include "net/listener.h"
#include "net/test_reactor.h"

namespace stele::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TimePoint soon() {
  return system_clock().now() + seconds(20);
}

class StreamTlsTest : public ReactorTest {
 protected:
  void SetUp() override {
    ReactorTest::SetUp();
    const auto files = crypto::self_signed_certificate({"stele", {"db.example.org"}, {}, 1});
    ASSERT_TRUE(files.has_value());
    const std::string base = testing::TempDir() + "/stele_stream_tls_" + std::to_string(::getpid());
    std::ofstream(base + ".crt") << files->certificate_pem;
    std::ofstream(base + ".key") << files->key_pem;
    auto server = TlsContext::server({base + ".crt", base + ".key", {}});
    TlsClientOptions options;
    options.verify = TlsVerify::kCertificateAndName;
    options.ca_file = base + ".crt";
    auto client = TlsContext::client(options);
    ASSERT_TRUE(server.has_value() && client.has_value());
    server_ = *server;
    client_ = *client;
  }

  std::shared_ptr<TlsContext> server_, client_;
};
STELE_ON_EACH_BACKEND(StreamTlsTest);

Task<bool> read_bytes(Stream* stream, std::size_t count) {
  while (stream->input().size() < count) {
    const auto more = co_await stream->read();
    if (!more.has_value()) co_return false;
  }
  co_return true;
}

// STARTTLS: one plain byte each way, then TLS; echoes what comes until the end.
Task<void> serve(std::shared_ptr<TlsContext> context, std::unique_ptr<Stream> stream) {
  stream->set_read_deadline(soon());
  const bool asked = co_await read_bytes(stream.get(), 1);
  EXPECT_TRUE(asked);
  EXPECT_EQ(stream->input().front(), 'S');
  stream->consume(1);
  // From here on all is TLS: what a hasty client has sent already lies in input().
  stream->output() += "S";
  auto sent = co_await stream->flush();
  EXPECT_TRUE(sent.has_value());
  const auto started = co_await stream->start_tls(context);
  if (!started.has_value()) co_return;
  EXPECT_TRUE(stream->is_tls());
  for (;;) {
    stream->output() += stream->input();
    stream->consume(stream->input().size());
    sent = co_await stream->flush();
    const auto more = co_await stream->read();
    if (!more.has_value()) break;
  }
  stream->shutdown_write();
}

std::unique_ptr<Listener> listen(std::shared_ptr<TlsContext> context) {
  auto listener = Listener::open(Address{"127.0.0.1", 0}, {}, [context](std::unique_ptr<Stream> stream) {
    return serve(context, std::move(stream));
  });
  EXPECT_TRUE(listener.has_value());
  return *std::move(listener);
}

Task<std::unique_ptr<Stream>> ask_for_tls(Address address) {
  auto connected = co_await Stream::connect(address, soon());
  std::unique_ptr<Stream> stream = *std::move(connected);
  stream->set_read_deadline(soon());
  stream->output() += "S";
  const auto sent = co_await stream->flush();
  EXPECT_TRUE(sent.has_value());
  const bool answered = co_await read_bytes(stream.get(), 1);
  EXPECT_TRUE(answered);
  stream->consume(1);
  co_return stream;
}

Task<void> echo(std::shared_ptr<TlsContext> server, std::shared_ptr<TlsContext> client) {
  const auto listener = listen(server);
  auto stream = co_await ask_for_tls(listener->address());
  const auto started = co_await stream->start_tls(client, "db.example.org");
  EXPECT_TRUE(started.has_value()) << started.error().to_string();
  EXPECT_EQ(stream->tls_peer_subject(), "CN=stele");
  EXPECT_EQ(stream->tls_server_end_point().size(), 32U);
  std::string total;
  for (int i = 0; i < 100; ++i) {
    const std::string text = std::string(static_cast<std::size_t>(i) * 700, 't') + std::to_string(i);
    stream->output() += text;
    const auto sent = co_await stream->flush();
    EXPECT_TRUE(sent.has_value());
    const bool came = co_await read_bytes(stream.get(), text.size());
    EXPECT_TRUE(came);
    EXPECT_EQ(stream->input(), text);
    stream->consume(text.size());
  }
  // Several megabytes, more than any buffer holds.
  stream->output().append(5'000'000, 'M');
  const auto sent = co_await stream->drain();
  EXPECT_TRUE(sent.has_value());
  const bool came = co_await read_bytes(stream.get(), 5'000'000);
  EXPECT_TRUE(came);
  stream->consume(5'000'000);
  // The end is the protocol's own: close_notify each way.
  stream->shutdown_write();
  const auto ended = co_await stream->read();
  EXPECT_EQ(ended.error().code, ErrorCode::kConnectionClosed);
  stream->output() += "late";
  const auto late = co_await stream->flush();
  EXPECT_FALSE(late.has_value());
  co_await listener->closed();
}

TEST_P(StreamTlsTest, StartsWithinAPlainConnectionAndEndsInOrder) {
  run(echo(server_, client_));
}

Task<void> wrong_name(std::shared_ptr<TlsContext> server, std::shared_ptr<TlsContext> client) {
  const auto listener = listen(server);
  auto stream = co_await ask_for_tls(listener->address());
  const auto started = co_await stream->start_tls(client, "elsewhere.example.org");
  EXPECT_FALSE(started.has_value());
  EXPECT_EQ(started.error().code, ErrorCode::kUnauthenticated);
  stream.reset();
  co_await listener->closed();
}

TEST_P(StreamTlsTest, RefusesAServerOfAnotherName) {
  run(wrong_name(server_, client_));
}

Task<void> no_tls(std::shared_ptr<TlsContext> server) {
  const auto listener = listen(server);
  auto stream = co_await ask_for_tls(listener->address());
  stream->output() += "this is no TLS, whatever it looks like";
  const auto sent = co_await stream->flush();
  EXPECT_TRUE(sent.has_value());
  // An alert, then the end.
  for (;;) {
    const auto more = co_await stream->read();
    if (more.has_value()) continue;
    EXPECT_EQ(more.error().code, ErrorCode::kConnectionClosed);
    break;
  }
  co_await listener->closed();
}

TEST_P(StreamTlsTest, EndsAConnectionThatSpeaksSomethingElse) {
  run(no_tls(server_));
}

Task<void> cut_off(std::shared_ptr<TlsContext> server, std::shared_ptr<TlsContext> client) {
  const auto listener = listen(server);
  auto stream = co_await ask_for_tls(listener->address());
  stream->close();
  const auto started = co_await stream->start_tls(client, "db.example.org");
  EXPECT_FALSE(started.has_value());
  EXPECT_EQ(started.error().code, ErrorCode::kCancelled);
  co_await listener->closed();
}

TEST_P(StreamTlsTest, AHandshakeCanBeCutOff) {
  run(cut_off(server_, client_));
}

// A client that sends its request byte and its ClientHello without waiting.
Task<void> hasty(std::shared_ptr<TlsContext> server, std::shared_ptr<TlsContext> client) {
  const auto listener = listen(server);
  auto connected = co_await Stream::connect(listener->address(), soon());
  std::unique_ptr<Stream> stream = *std::move(connected);
  stream->set_read_deadline(soon());
  auto session = *crypto::TlsSession::client(*client, "db.example.org");
  stream->output() += "S";
  auto done = session->handshake();
  session->take_output(stream->output());
  bool plain_answer = false;
  while (done.has_value() && !*done) {
    const auto sent = co_await stream->flush();
    EXPECT_TRUE(sent.has_value());
    const auto more = co_await stream->read();
    EXPECT_TRUE(more.has_value());
    if (!more.has_value()) break;
    if (!std::exchange(plain_answer, true)) stream->consume(1);
    session->feed(stream->input());
    stream->consume(stream->input().size());
    done = session->handshake();
    session->take_output(stream->output());
  }
  EXPECT_TRUE(done.has_value() && *done);
  stream.reset();
  co_await listener->closed();
}

TEST_P(StreamTlsTest, TakesAHandshakeThatCameEarly) {
  run(hasty(server_, client_));
}

Task<HttpResponse> answer(HttpRequest request) {
  HttpResponse response;
  response.body = "secret " + request.path;
  co_return response;
}

Task<void> https(std::shared_ptr<TlsContext> server_context, std::shared_ptr<TlsContext> client) {
  HttpServerOptions options;
  options.tls = server_context;
  auto server = HttpServer::open(Address{"127.0.0.1", 0}, options, answer);
  auto connected = co_await Stream::connect((*server)->address(), soon());
  const std::unique_ptr<Stream> stream = *std::move(connected);
  const auto started = co_await stream->start_tls(client, "db.example.org");
  EXPECT_TRUE(started.has_value());
  HttpCall call;
  call.target = "/x";
  const auto reply = co_await http_call(stream.get(), std::move(call));
  EXPECT_TRUE(reply.has_value());
  EXPECT_EQ(reply->body, "secret /x");
  co_await (*server)->stop(soon());
}

TEST_P(StreamTlsTest, CarriesHttp) {
  run(https(server_, client_));
}

}  // namespace
}  // namespace stele::net
