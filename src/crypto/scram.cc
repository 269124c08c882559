#include "crypto/scram.h"

#include <charconv>
#include <optional>
#include <utility>

#include "crypto/base64.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "crypto/scram_message.h"

namespace stele::crypto {

namespace {

constexpr std::size_t kNonceBytes = 18;  // PostgreSQL's length, 24 characters of base64
constexpr std::size_t kKeyBytes = 32;

std::string nonce_or_random(std::string nonce) {
  return nonce.empty() ? base64_encode(random_bytes(kNonceBytes)) : std::move(nonce);
}

Error not_a_message(std::string_view which) {
  return make_error(ErrorCode::kProtocol, "SCRAM: malformed " + std::string(which));
}

std::optional<std::uint32_t> parse_count(std::string_view text) {
  std::uint32_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size() || count == 0) return std::nullopt;
  return count;
}

}  // namespace

ScramClient::ScramClient(std::string user, std::string password, std::string nonce)
    : user_(std::move(user)), password_(std::move(password)), nonce_(nonce_or_random(std::move(nonce))) {}

void ScramClient::bind_to_channel(std::string end_point) {
  header_ = "p=tls-server-end-point,,";
  end_point_ = std::move(end_point);
}

std::string_view ScramClient::mechanism() const {
  return end_point_.empty() ? "SCRAM-SHA-256" : "SCRAM-SHA-256-PLUS";
}

std::string ScramClient::client_first() {
  first_bare_ = "n=" + escape_scram_name(user_) + ",r=" + nonce_;
  return header_ + first_bare_;
}

Result<std::string> ScramClient::client_final(std::string_view server_first) {
  ScramMessage message(server_first);
  const auto nonce = message.take('r');
  const auto salt_text = message.take('s');
  const auto count_text = message.take('i');
  if (!nonce || !salt_text || !count_text) return not_a_message("server-first-message");
  // Longer than ours: the server must have added its own part.
  if (!nonce->starts_with(nonce_) || nonce->size() == nonce_.size())
    return make_error(ErrorCode::kProtocol, "SCRAM: the server's nonce does not continue ours");
  const auto salt = base64_decode(*salt_text);
  const auto iterations = parse_count(*count_text);
  if (!salt || salt->empty() || !iterations) return not_a_message("server-first-message");
  if (*iterations > kIterationsMax)
    return make_error(ErrorCode::kProtocol, "SCRAM: the server asks for too many iterations");

  const std::string salted = pbkdf2_sha256(password_, *salt, *iterations);
  const std::string client_key = hmac_sha256(salted, "Client Key");
  std::string reply = "c=" + base64_encode(header_ + end_point_) + ",r=" + std::string(*nonce);
  const std::string signed_text = first_bare_ + "," + std::string(server_first) + "," + reply;
  const std::string signature = hmac_sha256(sha256(client_key), signed_text);
  server_signature_ = hmac_sha256(hmac_sha256(salted, "Server Key"), signed_text);
  reply += ",p=" + base64_encode(xor_bytes(client_key, signature));
  return reply;
}

Result<void> ScramClient::verify(std::string_view server_final) const {
  ScramMessage message(server_final);
  if (const auto refusal = message.take('e'))
    return make_error(ErrorCode::kUnauthenticated, "SCRAM: the server refused: " + std::string(*refusal));
  const auto text = message.take('v');
  const auto signature = text ? base64_decode(*text) : std::nullopt;
  if (!signature) return not_a_message("server-final-message");
  if (server_signature_.empty() || !equal_in_constant_time(*signature, server_signature_))
    return make_error(ErrorCode::kUnauthenticated, "SCRAM: the server does not know the password");
  return {};
}

ScramVerifier ScramVerifier::derive(std::string_view password, std::string salt, std::uint32_t iterations) {
  const std::string salted = pbkdf2_sha256(password, salt, iterations);
  ScramVerifier verifier;
  verifier.iterations = iterations;
  verifier.salt = std::move(salt);
  verifier.stored_key = sha256(hmac_sha256(salted, "Client Key"));
  verifier.server_key = hmac_sha256(salted, "Server Key");
  return verifier;
}

Result<ScramVerifier> ScramVerifier::parse(std::string_view text) {
  const Error wrong = make_error(ErrorCode::kInvalidArgument, "not a SCRAM-SHA-256 verifier");
  constexpr std::string_view kPrefix = "SCRAM-SHA-256$";
  if (!text.starts_with(kPrefix)) return wrong;
  text.remove_prefix(kPrefix.size());
  const std::size_t dollar = text.find('$');
  const std::size_t colon = text.find(':');
  if (dollar == std::string_view::npos || colon == std::string_view::npos || colon > dollar) return wrong;
  const std::string_view keys = text.substr(dollar + 1);
  const std::size_t key_colon = keys.find(':');
  if (key_colon == std::string_view::npos) return wrong;
  const auto iterations = parse_count(text.substr(0, colon));
  const auto salt = base64_decode(text.substr(colon + 1, dollar - colon - 1));
  const auto stored_key = base64_decode(keys.substr(0, key_colon));
  const auto server_key = base64_decode(keys.substr(key_colon + 1));
  if (!iterations || !salt || !stored_key || !server_key) return wrong;
  if (stored_key->size() != kKeyBytes || server_key->size() != kKeyBytes) return wrong;
  return ScramVerifier{*iterations, *salt, *stored_key, *server_key};
}

std::string ScramVerifier::to_string() const {
  return "SCRAM-SHA-256$" + std::to_string(iterations) + ":" + base64_encode(salt) + "$" +
         base64_encode(stored_key) + ":" + base64_encode(server_key);
}

bool ScramVerifier::matches(std::string_view password) const {
  return equal_in_constant_time(derive(password, salt, iterations).stored_key, stored_key);
}

ScramServer::ScramServer(ScramVerifier verifier, std::string nonce)
    : verifier_(std::move(verifier)), nonce_(nonce_or_random(std::move(nonce))) {}

Result<std::string> ScramServer::server_first(std::string_view client_first) {
  if (client_first.starts_with("p="))
    return make_error(ErrorCode::kUnsupported, "SCRAM: channel binding is not offered");
  if (!client_first.starts_with("n,") && !client_first.starts_with("y,"))
    return not_a_message("client-first-message");
  const std::size_t end = client_first.find(',', 2);
  if (end == std::string_view::npos) return not_a_message("client-first-message");
  // An authorization identity ("a=...") is accepted by none of our servers.
  if (end != 2) return make_error(ErrorCode::kUnsupported, "SCRAM: authorization identity");
  header_ = client_first.substr(0, end + 1);
  first_bare_ = client_first.substr(end + 1);
  ScramMessage message(first_bare_);
  const auto name = message.take('n');
  const auto nonce = message.take('r');
  const auto user = name ? unescape_scram_name(*name) : std::nullopt;
  if (!user || !nonce || nonce->empty()) return not_a_message("client-first-message");
  user_ = *user;
  nonce_ = std::string(*nonce) + nonce_;
  server_first_ =
      "r=" + nonce_ + ",s=" + base64_encode(verifier_.salt) + ",i=" + std::to_string(verifier_.iterations);
  return server_first_;
}

Result<std::string> ScramServer::server_final(std::string_view client_final) {
  const std::size_t proof_at = client_final.rfind(",p=");
  ScramMessage message(client_final);
  const auto binding = message.take('c');
  const auto nonce = message.take('r');
  if (proof_at == std::string_view::npos || !binding || !nonce) return not_a_message("client-final-message");
  const auto proof = base64_decode(client_final.substr(proof_at + 3));
  if (!proof || proof->size() != kKeyBytes) return not_a_message("client-final-message");
  if (base64_decode(*binding) != header_ || *nonce != nonce_)
    return make_error(ErrorCode::kProtocol, "SCRAM: the final message does not belong to this exchange");
  const std::string signed_text =
      first_bare_ + "," + server_first_ + "," + std::string(client_final.substr(0, proof_at));
  const std::string client_key = xor_bytes(*proof, hmac_sha256(verifier_.stored_key, signed_text));
  if (!equal_in_constant_time(sha256(client_key), verifier_.stored_key))
    return make_error(ErrorCode::kUnauthenticated, "SCRAM: wrong password");
  return "v=" + base64_encode(hmac_sha256(verifier_.server_key, signed_text));
}

}  // namespace stele::crypto
