#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/scram.h"
#include "postgres/wire/backend.h"

namespace stele::postgres {

// What do we answer to the server's authentication requests? Trust and peer ask for nothing; cleartext, MD5
// and SCRAM-SHA-256 (without channel binding) ask for the password. A server that ends a SCRAM exchange
// early, or proves nothing, is refused: it may not know the password at all. One login; no I/O.
class Authenticator {
 public:
  Authenticator(std::string_view user, std::string_view password) : user_(user), password_(password) {}

  // Appends the answer to `output`. kUnauthenticated: no password to answer with, a method that is not spoken
  // here, or a server that failed its own proof.
  Result<void> on_request(const wire::Authentication& request, std::string& output);
  // The server said Ok.
  bool done() const { return done_; }

 private:
  Result<void> begin_scram(const wire::Authentication& request, std::string& output);
  Result<void> finish();
  Result<void> need_password() const;

  std::string user_;
  std::string password_;
  std::optional<crypto::ScramClient> scram_;
  bool server_proved_ = false;
  bool done_ = false;
};

// "md5" and the hex of md5(hex(md5(password user)) salt).
std::string md5_password(std::string_view user, std::string_view password, std::string_view salt);

}  // namespace stele::postgres
