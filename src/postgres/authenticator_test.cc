#include "postgres/authenticator.h"

#include <gtest/gtest.h>

#include <array>

#include "postgres/wire/frontend.h"

namespace stele::postgres {
namespace {

using namespace std::string_view_literals;  // NOLINT
using enum wire::AuthenticationKind;

wire::AuthenticationResponse response(const std::string& output) {
  const auto message = wire::decode_frontend(**wire::read_frame(output));
  return std::get<wire::AuthenticationResponse>(*message);
}

TEST(AuthenticatorTest, TrustNeedsNothing) {
  Authenticator authenticator("ann", "");
  std::string output;
  EXPECT_TRUE(authenticator.on_request({kOk, {}}, output).has_value());
  EXPECT_TRUE(authenticator.done());
  EXPECT_TRUE(output.empty());
}

TEST(AuthenticatorTest, AnswersPasswordRequests) {
  Authenticator authenticator("ann", "secret");
  std::string output;
  ASSERT_TRUE(authenticator.on_request({kCleartextPassword, {}}, output).has_value());
  EXPECT_EQ(*wire::decode_password(response(output)), "secret");
  output.clear();
  ASSERT_TRUE(authenticator.on_request({kMd5Password, "\x01\x02\x03\x04"}, output).has_value());
  // printf 'secretann' | md5sum -> a; printf "$a\1\2\3\4" | md5sum
  EXPECT_EQ(*wire::decode_password(response(output)), md5_password("ann", "secret", "\x01\x02\x03\x04"));
  EXPECT_EQ(md5_password("ann", "secret", "\x01\x02\x03\x04"), "md59009ce60b9ca97f1e752376843d1309e");
}

TEST(AuthenticatorTest, WithoutPasswordItSaysSo) {
  for (const auto kind : {kCleartextPassword, kMd5Password, kSasl}) {
    Authenticator authenticator("ann", "");
    std::string output;
    const auto answered =
        authenticator.on_request({kind, kind == kSasl ? "SCRAM-SHA-256\0\0"sv : "salt"sv}, output);
    ASSERT_FALSE(answered.has_value());
    EXPECT_EQ(answered.error().code, ErrorCode::kUnauthenticated);
    EXPECT_TRUE(output.empty());
  }
}

TEST(AuthenticatorTest, SpeaksScramWithAServer) {
  Authenticator authenticator("ann", "secret");
  crypto::ScramServer server(crypto::ScramVerifier::derive("secret", "some salt bytes!"));
  std::string output;
  ASSERT_TRUE(
      authenticator.on_request({kSasl, "SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0"sv}, output).has_value());
  const auto initial = wire::decode_sasl_initial(response(output));
  ASSERT_TRUE(initial.has_value());
  EXPECT_EQ(initial->mechanism, "SCRAM-SHA-256");
  const auto first = server.server_first(*initial->data);
  ASSERT_TRUE(first.has_value());
  output.clear();
  ASSERT_TRUE(authenticator.on_request({kSaslContinue, *first}, output).has_value());
  const auto last = server.server_final(response(output).bytes);
  ASSERT_TRUE(last.has_value());
  output.clear();
  ASSERT_TRUE(authenticator.on_request({kSaslFinal, *last}, output).has_value());
  EXPECT_TRUE(authenticator.on_request({kOk, {}}, output).has_value());
  EXPECT_TRUE(authenticator.done());
}

TEST(AuthenticatorTest, RefusesAServerThatProvesNothing) {
  Authenticator authenticator("ann", "secret");
  std::string output;
  ASSERT_TRUE(authenticator.on_request({kSasl, "SCRAM-SHA-256\0\0"sv}, output).has_value());
  const auto accepted = authenticator.on_request({kOk, {}}, output);
  ASSERT_FALSE(accepted.has_value());
  EXPECT_EQ(accepted.error().code, ErrorCode::kUnauthenticated);
  EXPECT_FALSE(authenticator.done());
}

TEST(AuthenticatorTest, RefusesWhatItDoesNotSpeak) {
  Authenticator authenticator("ann", "secret");
  std::string output;
  EXPECT_EQ(authenticator.on_request({kGss, {}}, output).error().code, ErrorCode::kUnauthenticated);
  EXPECT_EQ(authenticator.on_request({kSasl, "OAUTHBEARER\0\0"sv}, output).error().code,
            ErrorCode::kUnauthenticated);
  EXPECT_EQ(authenticator.on_request({kSaslContinue, "r=x"}, output).error().code, ErrorCode::kProtocol);
}

}  // namespace
}  // namespace stele::postgres
