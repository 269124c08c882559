#include "crypto/scram.h"

#include <gtest/gtest.h>

#include "crypto/base64.h"

namespace stele::crypto {
namespace {

// The exchange of RFC 7677 section 3.
constexpr std::string_view kServerFirst =
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
constexpr std::string_view kClientFinal =
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
    "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
constexpr std::string_view kServerFinal = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

ScramClient rfc_client() {
  return ScramClient("user", "pencil", "rOprNGfwEbeRWgbNEkqO");
}

TEST(ScramClient, SpeaksTheExampleOfRfc7677) {
  ScramClient client = rfc_client();
  EXPECT_EQ(client.mechanism(), "SCRAM-SHA-256");
  EXPECT_EQ(client.client_first(), "n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
  const auto final = client.client_final(kServerFirst);
  ASSERT_TRUE(final.has_value()) << final.error().to_string();
  EXPECT_EQ(*final, kClientFinal);
  EXPECT_TRUE(client.verify(kServerFinal).has_value());
}

TEST(ScramClient, NoticesAServerThatDoesNotKnowThePassword) {
  ScramClient client = rfc_client();
  client.client_first();
  ASSERT_TRUE(client.client_final(kServerFirst).has_value());
  const auto wrong = client.verify("v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
  EXPECT_EQ(wrong.error().code, ErrorCode::kUnauthenticated);
  const auto refused = client.verify("e=invalid-proof");
  EXPECT_EQ(refused.error().code, ErrorCode::kUnauthenticated);
  EXPECT_NE(refused.error().message.find("invalid-proof"), std::string::npos);
  EXPECT_EQ(client.verify("nonsense").error().code, ErrorCode::kProtocol);
}

TEST(ScramClient, NeverAcceptsASignatureBeforeTheExchange) {
  const ScramClient client = rfc_client();
  EXPECT_FALSE(client.verify("v=").has_value());
  EXPECT_FALSE(client.verify(kServerFinal).has_value());
}

TEST(ScramClient, RefusesForeignOrBrokenFirstMessages) {
  for (const std::string_view first : {
           "",
           "r=",
           "r=rOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
           "r=another,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
           "r=rOprNGfwEbeRWgbNEkqOx,s=!,i=4096",
           "r=rOprNGfwEbeRWgbNEkqOx,s=,i=4096",
           "r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=0",
           "r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=-1",
           "r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4294967295",
           "m=ext,r=rOprNGfwEbeRWgbNEkqOx,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
       }) {
    ScramClient client = rfc_client();
    client.client_first();
    const auto final = client.client_final(first);
    ASSERT_FALSE(final.has_value()) << first;
    EXPECT_EQ(final.error().code, ErrorCode::kProtocol);
  }
}

TEST(ScramClient, BindsToTheChannel) {
  ScramClient client = rfc_client();
  client.bind_to_channel("\x01\x02");
  EXPECT_EQ(client.mechanism(), "SCRAM-SHA-256-PLUS");
  EXPECT_TRUE(client.client_first().starts_with("p=tls-server-end-point,,n="));
  const auto final = client.client_final(kServerFirst);
  ASSERT_TRUE(final.has_value());
  EXPECT_TRUE(final->starts_with("c=" + base64_encode("p=tls-server-end-point,,\x01\x02") + ",r="));
}

TEST(ScramServer, AndClientAgreeOrNot) {
  for (const std::string_view tried : {"secret", "Secret", ""}) {
    const auto verifier =
        ScramVerifier::parse(ScramVerifier::derive("secret", "0123456789abcdef").to_string());
    ASSERT_TRUE(verifier.has_value());
    EXPECT_EQ(verifier->matches(tried), tried == "secret");
    ScramServer server(*verifier);
    ScramClient client("a=b,c", std::string(tried));
    const auto first = server.server_first(client.client_first());
    ASSERT_TRUE(first.has_value());
    EXPECT_EQ(server.user(), "a=b,c");
    const auto reply = client.client_final(*first);
    ASSERT_TRUE(reply.has_value());
    const auto final = server.server_final(*reply);
    EXPECT_EQ(final.has_value(), tried == "secret");
    if (final.has_value()) {
      EXPECT_TRUE(client.verify(*final).has_value());
    } else {
      EXPECT_EQ(final.error().code, ErrorCode::kUnauthenticated);
    }
  }
}

TEST(ScramServer, RefusesBrokenMessages) {
  const ScramVerifier verifier = ScramVerifier::derive("secret", "salt");
  for (const std::string_view first : {"", "n", "n,", "n,,", "n,,n=u", "n,,r=x", "n,,n=u,r=", "x,,n=u,r=x",
                                       "n,,n=a=b,r=x", "n,a=other,n=u,r=x", "p=tls-unique,,n=u,r=x"})
    EXPECT_FALSE(ScramServer(verifier).server_first(first).has_value()) << first;
  for (const std::string_view final :
       {"", "c=biws", "c=biws,r=xy,p=AA==", "c=biws,r=xz", "c=eSws,r=xy,p=AA=="}) {
    ScramServer server(verifier, "y");
    ASSERT_TRUE(server.server_first("n,,n=u,r=x").has_value());
    EXPECT_FALSE(server.server_final(final).has_value()) << final;
  }
}

TEST(ScramVerifier, ReadsWhatPostgresqlStores) {
  EXPECT_FALSE(ScramVerifier::parse("md5abc").has_value());
  EXPECT_FALSE(ScramVerifier::parse("SCRAM-SHA-256$4096:c2FsdA==$AA==:AA==").has_value());
  EXPECT_FALSE(ScramVerifier::parse("SCRAM-SHA-256$x:c2FsdA==$").has_value());
}

}  // namespace
}  // namespace stele::crypto
