#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "net/address.h"

namespace stele::postgres {

// libpq's sslmode words. A Unix socket never speaks TLS, whatever the mode.
enum class SslMode : std::uint8_t { kDisable, kAllow, kPrefer, kRequire, kVerifyCa, kVerifyFull };

// Where is the server, and who are we there? Read from a URL
// (postgres://user:password@host:port/db?key=value) or a conninfo string (host=/run/pg user=ann), as libpq
// reads them; what they do not say comes from the environment (PGHOST, PGPORT, PGUSER, PGPASSWORD,
// PGDATABASE, PGSSLMODE, PGSSLROOTCERT, PGSSLCERT, PGSSLKEY, PGAPPNAME, PGOPTIONS, PGCONNECT_TIMEOUT), then
// from libpq's defaults. Differs from libpq: no service and password files, no GSSAPI; verify-ca and
// verify-full without sslrootcert use the system's certificates. Source: PostgreSQL documentation,
// "Connection Strings". Value type.
struct ConnectOptions {
  // Tried in order until one accepts. A Unix socket is its whole path ("/run/pg/.s.PGSQL.5432").
  std::vector<net::Address> addresses;
  std::string user;
  std::string password;
  std::string database;
  SslMode ssl_mode = SslMode::kPrefer;
  std::string ssl_root_certificate;
  std::string ssl_certificate;
  std::string ssl_key;
  std::string application_name;
  std::string replication;  // "" or "database": a session that speaks the replication commands
  // More settings for the start of the session: {"options", "-c x=y"}, {"TimeZone", "UTC"}, …
  std::vector<std::pair<std::string, std::string>> settings;
  std::optional<std::chrono::seconds> connect_timeout;

  // Limits of the client itself.
  std::size_t result_bytes_max = 256U << 20;   // of one result held in memory; kTooLarge above
  std::size_t message_bytes_max = 256U << 20;  // of one message of the server; breaks the connection above
  std::size_t request_bytes_max = 256U << 20;  // of what is sent at once; kTooLarge above
  std::size_t statements_max = 256;            // prepared statements kept, least recently used go first

  using Environment = std::function<std::optional<std::string>(std::string_view name)>;
  // kInvalidArgument naming the part that is wrong (never the password); kUnsupported for what libpq knows
  // and we do not (service, gssencmode=require, channel_binding=require).
  static Result<ConnectOptions> parse(std::string_view text, const Environment& environment);
  // With the process's own environment.
  static Result<ConnectOptions> parse(std::string_view text);

  // "postgres://ann@db:5432/shop": for logs, without password and settings.
  std::string to_string() const;
};

Result<SslMode> parse_ssl_mode(std::string_view word);

// "/run/pg" and 5432 -> "/run/pg/.s.PGSQL.5432".
std::string socket_path(std::string_view directory, std::uint16_t port);

}  // namespace stele::postgres
