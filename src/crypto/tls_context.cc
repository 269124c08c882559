#include "crypto/tls_context.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "crypto/openssl_error.h"

namespace stele::crypto {

namespace {

Error file_error(const std::string& what, const std::string& file) {
  return make_error(ErrorCode::kInvalidArgument,
                    "cannot use " + what + " " + file + ": " + take_openssl_error())
      .with("file", file);
}

void set_rules(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                   SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_AUTO_RETRY);
}

}  // namespace

TlsContext::~TlsContext() {
  SSL_CTX_free(native_);
}

Result<void> TlsContext::use_certificate(const std::string& certificate_file, const std::string& key_file) {
  if (SSL_CTX_use_certificate_chain_file(native_, certificate_file.c_str()) != 1)
    return file_error("certificate file", certificate_file);
  if (SSL_CTX_use_PrivateKey_file(native_, key_file.c_str(), SSL_FILETYPE_PEM) != 1)
    return file_error("key file", key_file);
  if (SSL_CTX_check_private_key(native_) != 1) return file_error("key file", key_file);
  return {};
}

Result<std::shared_ptr<TlsContext>> TlsContext::server(const TlsServerOptions& options) {
  ERR_clear_error();
  std::shared_ptr<TlsContext> context(new TlsContext);
  context->is_server_ = true;
  context->native_ = SSL_CTX_new(TLS_server_method());
  if (context->native_ == nullptr) return make_error(ErrorCode::kInternal, take_openssl_error());
  set_rules(context->native_);
  STELE_RETURN_IF_ERROR(context->use_certificate(options.certificate_file, options.key_file));
  // A session id context is needed for resumption once client certificates are asked for.
  const unsigned char id[] = "stele";
  SSL_CTX_set_session_id_context(context->native_, id, sizeof(id) - 1);
  if (!options.client_ca_file.empty()) {
    const char* file = options.client_ca_file.c_str();
    if (SSL_CTX_load_verify_locations(context->native_, file, nullptr) != 1)
      return file_error("client CA file", options.client_ca_file);
    SSL_CTX_set_client_CA_list(context->native_, SSL_load_client_CA_file(file));
    SSL_CTX_set_verify(context->native_, SSL_VERIFY_PEER, nullptr);
  }
  return context;
}

Result<std::shared_ptr<TlsContext>> TlsContext::client(const TlsClientOptions& options) {
  ERR_clear_error();
  std::shared_ptr<TlsContext> context(new TlsContext);
  context->verify_ = options.verify;
  context->native_ = SSL_CTX_new(TLS_client_method());
  if (context->native_ == nullptr) return make_error(ErrorCode::kInternal, take_openssl_error());
  set_rules(context->native_);
  if (!options.certificate_file.empty())
    STELE_RETURN_IF_ERROR(context->use_certificate(options.certificate_file, options.key_file));
  if (options.verify != TlsVerify::kNone) {
    const bool loaded =
        options.ca_file.empty()
            ? SSL_CTX_set_default_verify_paths(context->native_) == 1
            : SSL_CTX_load_verify_locations(context->native_, options.ca_file.c_str(), nullptr) == 1;
    if (!loaded) return file_error("CA file", options.ca_file);
    SSL_CTX_set_verify(context->native_, SSL_VERIFY_PEER, nullptr);
  }
  return context;
}

}  // namespace stele::crypto
