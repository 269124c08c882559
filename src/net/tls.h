#pragma once

#include "crypto/tls_context.h"

namespace stele::net {

// TLS as streams use it: keys and rules for connections, made in crypto/ (the only folder that sees OpenSSL).
using TlsVerify = crypto::TlsVerify;
using TlsServerOptions = crypto::TlsServerOptions;
using TlsClientOptions = crypto::TlsClientOptions;
using TlsContext = crypto::TlsContext;

}  // namespace stele::net
