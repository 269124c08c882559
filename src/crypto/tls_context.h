#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"

struct ssl_ctx_st;

namespace stele::crypto {

// How much a client checks of the server it talks to (libpq's sslmode words: require, verify-ca,
// verify-full).
enum class TlsVerify : std::uint8_t { kNone, kCertificate, kCertificateAndName };

struct TlsServerOptions {
  std::string certificate_file;  // PEM chain
  std::string key_file;          // PEM
  std::string client_ca_file;    // empty: no client certificates asked for
};

struct TlsClientOptions {
  TlsVerify verify = TlsVerify::kNone;
  std::string ca_file;  // empty: the system's
  std::string certificate_file;
  std::string key_file;
};

// Keys and rules for TLS connections (OpenSSL's SSL_CTX; TLS 1.2 and 1.3, no renegotiation, no compression).
// Immutable once made; share freely among threads.
class TlsContext {
 public:
  // kInvalidArgument naming the file that cannot be used.
  static Result<std::shared_ptr<TlsContext>> server(const TlsServerOptions& options);
  static Result<std::shared_ptr<TlsContext>> client(const TlsClientOptions& options);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;

  // For crypto/ alone.
  ssl_ctx_st* native() const { return native_; }
  bool is_server() const { return is_server_; }
  TlsVerify verify() const { return verify_; }

 private:
  TlsContext() = default;
  Result<void> use_certificate(const std::string& certificate_file, const std::string& key_file);

  ssl_ctx_st* native_ = nullptr;
  bool is_server_ = false;
  TlsVerify verify_ = TlsVerify::kNone;
};

}  // namespace stele::crypto
