#include "crypto/tls_session.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "crypto/openssl_error.h"
#include "crypto/tls_context.h"

namespace stele::crypto {

namespace {

constexpr std::size_t kRecordBytes = 16 * 1024;  // RFC 8446 section 5.1

bool is_number(const std::string& host) {
  unsigned char bytes[16];
  return inet_pton(AF_INET, host.c_str(), bytes) == 1 || inet_pton(AF_INET6, host.c_str(), bytes) == 1;
}

}  // namespace

struct TlsSession::State {
  SSL* ssl = nullptr;
  BIO* incoming = nullptr;  // owned by ssl
  BIO* outgoing = nullptr;  // owned by ssl
  bool closed = false;
  bool ended = false;

  ~State() { SSL_free(ssl); }

  Error failure(const char* what) {
    const long verified = SSL_get_verify_result(ssl);
    if (verified != X509_V_OK && (SSL_get_verify_mode(ssl) & SSL_VERIFY_PEER) != 0) {
      ERR_clear_error();
      return make_error(ErrorCode::kUnauthenticated, std::string("certificate does not verify: ") +
                                                         X509_verify_cert_error_string(verified));
    }
    return make_error(ErrorCode::kProtocol, std::string(what) + ": " + take_openssl_error());
  }
};

TlsSession::TlsSession(std::unique_ptr<State> state) : state_(std::move(state)) {}
TlsSession::~TlsSession() = default;

Result<std::unique_ptr<TlsSession>> TlsSession::create(const TlsContext& context) {
  ERR_clear_error();
  auto state = std::make_unique<State>();
  state->ssl = SSL_new(context.native());
  state->incoming = BIO_new(BIO_s_mem());
  state->outgoing = BIO_new(BIO_s_mem());
  STELE_CHECK(state->ssl != nullptr && state->incoming != nullptr && state->outgoing != nullptr);
  // An empty memory BIO means "not yet", not "the end".
  BIO_set_mem_eof_return(state->incoming, -1);
  BIO_set_mem_eof_return(state->outgoing, -1);
  SSL_set_bio(state->ssl, state->incoming, state->outgoing);
  return std::unique_ptr<TlsSession>(new TlsSession(std::move(state)));
}

Result<std::unique_ptr<TlsSession>> TlsSession::server(const TlsContext& context) {
  STELE_CHECK(context.is_server());
  STELE_TRY(auto session, create(context));
  SSL_set_accept_state(session->state_->ssl);
  return session;
}

Result<std::unique_ptr<TlsSession>> TlsSession::client(const TlsContext& context,
                                                       const std::string& server_name) {
  STELE_CHECK(!context.is_server());
  STELE_TRY(auto session, create(context));
  SSL* ssl = session->state_->ssl;
  SSL_set_connect_state(ssl);
  if (!server_name.empty() && !is_number(server_name)) SSL_set_tlsext_host_name(ssl, server_name.c_str());
  if (context.verify() == TlsVerify::kCertificateAndName) {
    if (server_name.empty())
      return make_error(ErrorCode::kInvalidArgument, "verifying a server's name needs the name");
    const int set = is_number(server_name)
                        ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), server_name.c_str())
                        : SSL_set1_host(ssl, server_name.c_str());
    if (set != 1) return make_error(ErrorCode::kInvalidArgument, "not a server name: " + server_name);
  }
  return session;
}

void TlsSession::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    const int written = BIO_write(state_->incoming, bytes.data(),
                                  static_cast<int>(std::min<std::size_t>(bytes.size(), 1U << 30U)));
    STELE_CHECK(written > 0);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

Result<bool> TlsSession::handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(state_->ssl);
  if (result == 1) return true;
  if (SSL_get_error(state_->ssl, result) == SSL_ERROR_WANT_READ) return false;
  return state_->failure("TLS handshake failed");
}

Result<void> TlsSession::read(std::string& plain) {
  for (;;) {
    const std::size_t before = plain.size();
    plain.resize(before + kRecordBytes);
    ERR_clear_error();
    const int count = SSL_read(state_->ssl, plain.data() + before, static_cast<int>(kRecordBytes));
    plain.resize(before + static_cast<std::size_t>(std::max(count, 0)));
    if (count > 0) continue;
    switch (SSL_get_error(state_->ssl, count)) {
      case SSL_ERROR_WANT_READ:
        return {};
      case SSL_ERROR_ZERO_RETURN:
        state_->closed = true;
        return {};
      default:
        return state_->failure("TLS read failed");
    }
  }
}

bool TlsSession::closed() const {
  return state_->closed;
}

Result<void> TlsSession::write(std::string_view plain) {
  if (state_->ended) return make_error(ErrorCode::kConnectionClosed, "TLS was ended");
  while (!plain.empty()) {
    ERR_clear_error();
    std::size_t written = 0;
    // A memory BIO takes all, and renegotiation is off: there is nothing to wait for.
    if (SSL_write_ex(state_->ssl, plain.data(), plain.size(), &written) != 1)
      return state_->failure("TLS write failed");
    plain.remove_prefix(written);
  }
  return {};
}

void TlsSession::end() {
  if (std::exchange(state_->ended, true)) return;
  ERR_clear_error();
  SSL_shutdown(state_->ssl);
  ERR_clear_error();
}

void TlsSession::take_output(std::string& out) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(state_->outgoing, &bytes);
  if (size <= 0) return;
  out.append(bytes, static_cast<std::size_t>(size));
  BIO_reset(state_->outgoing);
}

std::string TlsSession::peer_subject() const {
  const X509* certificate = SSL_get0_peer_certificate(state_->ssl);
  if (certificate == nullptr) return {};
  BIO* text = BIO_new(BIO_s_mem());
  X509_NAME_print_ex(text, X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253);
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(text, &bytes);
  std::string subject(bytes, static_cast<std::size_t>(std::max(size, 0L)));
  BIO_free(text);
  return subject;
}

std::string TlsSession::server_end_point() const {
  SSL* ssl = state_->ssl;
  X509* certificate = SSL_is_server(ssl) ? SSL_get_certificate(ssl) : SSL_get0_peer_certificate(ssl);
  if (certificate == nullptr) return {};
  int digest_id = NID_undef;
  X509_get_signature_info(certificate, &digest_id, nullptr, nullptr, nullptr);
  // RFC 5929 section 4.1: MD5 and SHA-1 become SHA-256; without a digest of its own (EdDSA) there is none.
  if (digest_id == NID_md5 || digest_id == NID_sha1) digest_id = NID_sha256;
  const EVP_MD* digest = EVP_get_digestbynid(digest_id);
  if (digest == nullptr) return {};
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  if (X509_digest(certificate, digest, bytes, &size) != 1) return {};
  return {reinterpret_cast<const char*>(bytes), size};
}

}  // namespace stele::crypto
