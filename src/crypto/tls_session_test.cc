#include "crypto/tls_session.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include "crypto/certificate.h"
#include "crypto/hash.h"
#include "crypto/tls_context.h"

namespace stele::crypto {
namespace {

// Certificates of this test run, as files.
class TlsSessionTest : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = testing::TempDir() + "/stele_tls_test_" + std::to_string(::getpid());
    make("server", {"stele-server", {"db.example.org"}, {"127.0.0.1"}});
    make("other", {"other", {"other.example.org"}, {}});
    make("client", {"the client", {}, {}});
  }

  void make(const std::string& name, const CertificateRequest& request) {
    const auto files = self_signed_certificate(request);
    ASSERT_TRUE(files.has_value()) << files.error().to_string();
    std::ofstream(certificate(name)) << files->certificate_pem;
    std::ofstream(key(name)) << files->key_pem;
  }
  std::string certificate(const std::string& name) const { return directory_ + name + ".crt"; }
  std::string key(const std::string& name) const { return directory_ + name + ".key"; }

  std::shared_ptr<TlsContext> server(const std::string& client_ca = {}) const {
    auto context = TlsContext::server({certificate("server"), key("server"), client_ca});
    EXPECT_TRUE(context.has_value());
    return *context;
  }
  std::shared_ptr<TlsContext> client(TlsVerify verify, const std::string& ca, bool own = false) const {
    TlsClientOptions options;
    options.verify = verify;
    options.ca_file = ca.empty() ? "" : certificate(ca);
    if (own) options.certificate_file = certificate("client");
    if (own) options.key_file = key("client");
    auto context = TlsContext::client(options);
    EXPECT_TRUE(context.has_value()) << context.error().to_string();
    return *context;
  }

  std::string directory_;
};

void carry(TlsSession& from, TlsSession& to) {
  std::string bytes;
  from.take_output(bytes);
  to.feed(bytes);
}

// Hands bytes to and fro until both are done; the first error of either.
Result<void> shake_hands(TlsSession& client, TlsSession& server) {
  for (int i = 0; i < 20; ++i) {
    const auto client_done = client.handshake();
    carry(client, server);
    if (!client_done.has_value()) return client_done.error();
    const auto server_done = server.handshake();
    carry(server, client);
    if (!server_done.has_value()) return server_done.error();
    if (*client_done && *server_done) return {};
  }
  return make_error(ErrorCode::kInternal, "the handshake does not end");
}

struct Pair {
  std::unique_ptr<TlsSession> client, server;
};

Pair pair_of(const TlsContext& client, const TlsContext& server, const std::string& name) {
  auto c = TlsSession::client(client, name);
  auto s = TlsSession::server(server);
  EXPECT_TRUE(c.has_value() && s.has_value());
  return {*std::move(c), *std::move(s)};
}

TEST_F(TlsSessionTest, CarriesBytesBothWaysAndEnds) {
  const auto server_context = server();
  const auto client_context = client(TlsVerify::kCertificateAndName, "server");
  auto [client, server] = pair_of(*client_context, *server_context, "db.example.org");
  ASSERT_TRUE(shake_hands(*client, *server).has_value());
  EXPECT_EQ(client->peer_subject(), "CN=stele-server");
  EXPECT_EQ(server->peer_subject(), "");
  EXPECT_EQ(client->server_end_point().size(), 32U);
  EXPECT_EQ(client->server_end_point(), server->server_end_point());
  std::string much;
  for (int i = 0; i < 100'000; ++i) much += std::to_string(i);
  ASSERT_TRUE(client->write(much).has_value());
  ASSERT_TRUE(server->write("small").has_value());
  carry(*client, *server);
  carry(*server, *client);
  std::string received;
  ASSERT_TRUE(server->read(received).has_value());
  EXPECT_EQ(received, much);
  received.clear();
  ASSERT_TRUE(client->read(received).has_value());
  EXPECT_EQ(received, "small");
  EXPECT_FALSE(client->closed());
  server->end();
  EXPECT_FALSE(server->write("late").has_value());
  carry(*server, *client);
  ASSERT_TRUE(client->read(received).has_value());
  EXPECT_TRUE(client->closed());
}

TEST_F(TlsSessionTest, VerifiesAsMuchAsIsAsked) {
  struct Case {
    TlsVerify verify;
    std::string ca, name;
    bool accepted;
  };
  const Case cases[] = {
      {TlsVerify::kNone, "", "", true},
      {TlsVerify::kNone, "other", "wrong.example.org", true},
      {TlsVerify::kCertificate, "server", "wrong.example.org", true},
      {TlsVerify::kCertificate, "other", "db.example.org", false},
      {TlsVerify::kCertificate, "", "db.example.org", false},
      {TlsVerify::kCertificateAndName, "server", "db.example.org", true},
      {TlsVerify::kCertificateAndName, "server", "wrong.example.org", false},
      {TlsVerify::kCertificateAndName, "server", "127.0.0.1", true},
      {TlsVerify::kCertificateAndName, "server", "127.0.0.2", false},
  };
  const auto server_context = server();
  for (const Case& one : cases) {
    const auto client_context = client(one.verify, one.ca);
    auto [client, server] = pair_of(*client_context, *server_context, one.name);
    const auto result = shake_hands(*client, *server);
    EXPECT_EQ(result.has_value(), one.accepted) << one.ca << " " << one.name;
    if (!one.accepted)
      EXPECT_EQ(result.error().code, ErrorCode::kUnauthenticated) << result.error().to_string();
  }
}

TEST_F(TlsSessionTest, NeedsTheNameItIsToVerify) {
  const auto context = client(TlsVerify::kCertificateAndName, "server");
  EXPECT_EQ(TlsSession::client(*context, "").error().code, ErrorCode::kInvalidArgument);
}

TEST_F(TlsSessionTest, AsksForClientCertificates) {
  const auto server_context = server(certificate("client"));
  const auto with = client(TlsVerify::kNone, "", true);
  auto known = pair_of(*with, *server_context, "");
  ASSERT_TRUE(shake_hands(*known.client, *known.server).has_value());
  EXPECT_EQ(known.server->peer_subject(), "CN=the client");
  const auto without = client(TlsVerify::kNone, "");
  auto unknown = pair_of(*without, *server_context, "");
  ASSERT_TRUE(shake_hands(*unknown.client, *unknown.server).has_value());
  EXPECT_EQ(unknown.server->peer_subject(), "");
}

TEST_F(TlsSessionTest, RefusesBytesThatAreNoTls) {
  const auto server_context = server();
  auto session = *TlsSession::server(*server_context);
  session->feed("GET / HTTP/1.1\r\n\r\n");
  const auto result = session->handshake();
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::kProtocol);
}

TEST_F(TlsSessionTest, RefusesATamperedRecord) {
  const auto server_context = server();
  const auto client_context = client(TlsVerify::kNone, "");
  auto [client, server] = pair_of(*client_context, *server_context, "");
  ASSERT_TRUE(shake_hands(*client, *server).has_value());
  ASSERT_TRUE(client->write("honest").has_value());
  std::string record;
  client->take_output(record);
  record.back() = static_cast<char>(record.back() ^ 1);
  server->feed(record);
  std::string plain;
  const auto result = server->read(plain);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::kProtocol);
  EXPECT_EQ(plain, "");
}

TEST_F(TlsSessionTest, NamesTheFileThatCannotBeUsed) {
  const auto missing = TlsContext::server({certificate("none"), key("none"), {}});
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(missing.error().detail("file"), certificate("none"));
  EXPECT_FALSE(TlsContext::server({certificate("server"), key("other"), {}}).has_value());
  TlsClientOptions options;
  options.verify = TlsVerify::kCertificate;
  options.ca_file = "/nonexistent";
  EXPECT_FALSE(TlsContext::client(options).has_value());
}

TEST(Certificate, RefusesNamesThatAreNone) {
  EXPECT_FALSE(self_signed_certificate({"a", {"x,IP:1.2.3.4"}, {}}).has_value());
  EXPECT_FALSE(self_signed_certificate({"a", {}, {"not an address"}}).has_value());
}

}  // namespace
}  // namespace stele::crypto
