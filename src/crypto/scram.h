#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace stele::crypto {

// The client's half of SCRAM-SHA-256 (RFC 5802, RFC 7677): proves a password without sending it, and checks
// that the server knew it. One exchange; confined to one thread.
//   to server: client_first(); from server: f; to server: client_final(f); from server: v; verify(v)
// Passwords are used as UTF-8 bytes: SASLprep (RFC 4013) is the identity for printable ASCII, and PostgreSQL
// takes the raw bytes of what SASLprep refuses. A non-ASCII password that SASLprep would change
// (compatibility forms, non-breaking spaces) is not normalised here and fails to authenticate. Cost:
// client_final() runs PBKDF2, 1 ms at PostgreSQL's default of 4,096 iterations.
class ScramClient {
 public:
  // The largest iteration count that a server may ask for; beyond it client_final() is kProtocol.
  static constexpr std::uint32_t kIterationsMax = 1'000'000;

  // `user` may be empty: PostgreSQL takes the name of the start-up message. `nonce`: printable ASCII without
  // commas; for tests, empty = random.
  ScramClient(std::string user, std::string password, std::string nonce = {});

  // Before client_first(): binds the exchange to its TLS connection by TlsSession::server_end_point()
  // (RFC 5929); the mechanism is then SCRAM-SHA-256-PLUS.
  void bind_to_channel(std::string end_point);
  // Before client_first(): TLS is there, but the server did not offer PLUS; a server that did notices.
  void set_binding_supported() { header_ = "y,,"; }
  std::string_view mechanism() const;

  std::string client_first();
  // kProtocol for a message that is none or does not belong to this exchange.
  Result<std::string> client_final(std::string_view server_first);
  // kUnauthenticated when the server says no or does not know the password, kProtocol for no message.
  Result<void> verify(std::string_view server_final) const;

 private:
  std::string user_;
  std::string password_;
  std::string nonce_;
  std::string header_ = "n,,";  // GS2
  std::string end_point_;
  std::string first_bare_;
  std::string server_signature_;
};

// What a server stores to verify a password by SCRAM-SHA-256, and PostgreSQL's text of it:
// SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>. Value type.
struct ScramVerifier {
  std::uint32_t iterations = 4096;
  std::string salt;
  std::string stored_key;
  std::string server_key;

  static ScramVerifier derive(std::string_view password, std::string salt, std::uint32_t iterations = 4096);
  // kInvalidArgument for any other text.
  static Result<ScramVerifier> parse(std::string_view text);
  std::string to_string() const;
  // True when this is the password's verifier. Costs a PBKDF2.
  bool matches(std::string_view password) const;
};

// The server's half of one exchange, without channel binding. Confined to one thread.
class ScramServer {
 public:
  explicit ScramServer(ScramVerifier verifier, std::string nonce = {});

  // The client's first message in, the server's first out. kProtocol for no message, kUnsupported for
  // channel binding.
  Result<std::string> server_first(std::string_view client_first);
  // The name in the client's first message (empty with PostgreSQL's clients).
  const std::string& user() const { return user_; }
  // The client's final message in, the server's final out. kUnauthenticated for a wrong password.
  Result<std::string> server_final(std::string_view client_final);

 private:
  ScramVerifier verifier_;
  std::string nonce_;
  std::string header_;
  std::string user_;
  std::string first_bare_;
  std::string server_first_;
};

}  // namespace stele::crypto
