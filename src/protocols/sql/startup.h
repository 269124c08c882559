#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "net/stream.h"
#include "net/task.h"
#include "net/tls.h"
#include "postgres/wire/frame.h"

namespace stele::sql {

// What a new connection asked for, after encryption was negotiated.
struct StartupRequest {
  bool is_cancel = false;
  std::string packet;  // as sent, to be passed on
  std::vector<std::pair<std::string, std::string>> parameters;
};

// Reads a client's first packets: answers SSLRequest (with TLS if there is a context) and GSSENCRequest
// (never), returns the startup message or cancel request. The stream's read deadline bounds it. Errors:
// kProtocol for what is no startup packet, and the stream's own. `client` outlives the task.
net::Task<Result<StartupRequest>> receive_startup(net::Stream* client,
                                                  std::shared_ptr<net::TlsContext> tls_or_null);

// A client that speaks TLS with us cannot bind SCRAM to a channel that ends at PostgreSQL: of an offer of
// SASL mechanisms, passes on those without "-PLUS". False, and nothing appended, for any other Authentication
// message.
bool append_without_channel_binding(std::string& out, const postgres::wire::Frame& authentication);

}  // namespace stele::sql
