#pragma once

#include <memory>
#include <string>

#include "base/result.h"

namespace stele::net {

// How much a client checks of the server it talks to (libpq's sslmode words).
enum class TlsVerify { kNone, kCertificate, kCertificateAndName };

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

// Keys and rules for TLS connections (OpenSSL's SSL_CTX, TLS 1.2 and 1.3). Immutable once made; share freely.
class TlsContext {
 public:
  // kInvalidArgument naming the file that cannot be used.
  static Result<std::shared_ptr<TlsContext>> server(const TlsServerOptions& options);
  static Result<std::shared_ptr<TlsContext>> client(const TlsClientOptions& options);
  ~TlsContext();

  // For net/ alone.
  struct Native;
  Native& native() { return *native_; }

 private:
  explicit TlsContext(std::unique_ptr<Native> native);
  std::unique_ptr<Native> native_;
};

}  // namespace stele::net
