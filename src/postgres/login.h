#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "net/stream.h"
#include "net/task.h"
#include "postgres/connect_options.h"

namespace stele::postgres {

// A stream whose server has accepted us and waits for the first query.
struct LoggedIn {
  std::unique_ptr<net::Stream> stream;
  net::Address address;                                         // the one of the options that accepted
  std::vector<std::pair<std::string, std::string>> parameters;  // ParameterStatus
  std::uint32_t process_id = 0;
  std::string cancel_key;
};

// Connects to the first of the addresses that accepts, speaks TLS as the sslmode says, authenticates (trust,
// peer, cleartext, MD5, SCRAM-SHA-256). Errors: kUnavailable (nobody answers), kUnauthenticated (no or wrong
// password asked for, a method we do not speak), kDatabase (the server refused: sqlstate), kDeadlineExceeded.
net::Task<Result<LoggedIn>> log_in(ConnectOptions options, TimePoint deadline);

// Connects and speaks TLS as the sslmode says, and stops before the startup packet: for whoever passes on a
// session that is somebody else's. flush() waits above options.request_bytes_max. Errors as log_in(), of the
// last way tried.
net::Task<Result<std::unique_ptr<net::Stream>>> open_session(ConnectOptions options, TimePoint deadline);

// Whose statement is to be cancelled. Copyable, so that anyone on any reactor may send it.
struct CancelTarget {
  ConnectOptions options;
  net::Address address;
  std::uint32_t process_id = 0;
  std::string key;
};
CancelTarget cancel_target(const ConnectOptions& options, const LoggedIn& session);

// Sends a CancelRequest on a connection of its own and waits until the server has taken it. The server tells
// nothing about its effect.
net::Task<Result<void>> send_cancel(CancelTarget target, TimePoint deadline);

}  // namespace stele::postgres
