// fuzz: crypto
// SCRAM messages of a hostile peer, in all four places where one is read, and base64: never a crash, and what
// base64 takes is what it would write.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "crypto/base64.h"
#include "crypto/scram.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stele::crypto;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto decoded = base64_decode(text); decoded.has_value() && base64_encode(*decoded) != text)
    std::abort();
  if (const auto verifier = ScramVerifier::parse(text); verifier.has_value()) {
    if (ScramVerifier::parse(verifier->to_string())->stored_key != verifier->stored_key) std::abort();
  }
  // The count of iterations is the peer's to choose: here it is kept small, for speed.
  if (text.find(",i=") == std::string_view::npos || size < text.find(",i=") + 6) {
    ScramClient client("user", "password", "n");
    client.client_first();
    static_cast<void>(client.client_final(text));
    if (client.verify(text).has_value()) std::abort();
  }
  static const ScramVerifier known = ScramVerifier::derive("password", "salt", 1);
  ScramServer first(known, "n");
  static_cast<void>(first.server_first(text));
  ScramServer last(known, "n");
  if (!last.server_first("n,,n=user,r=c").has_value()) std::abort();
  if (last.server_final(text).has_value()) std::abort();
  return 0;
}
