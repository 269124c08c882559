#include "postgres/login.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <span>

#include "net/reactor.h"
#include "net/tls.h"
#include "postgres/authenticator.h"
#include "postgres/message_reader.h"
#include "postgres/wire/backend.h"
#include "postgres/wire/server_error.h"
#include "postgres/wire/sqlstate.h"
#include "postgres/wire/startup.h"

namespace stele::postgres {

namespace {

enum class Encryption : std::uint8_t { kPlain, kTlsIfOffered, kTlsRequired };

// The ways to try, in order (libpq's table of sslmode).
std::span<const Encryption> encryptions(SslMode mode, const net::Address& address) {
  using enum Encryption;
  static constexpr std::array kPlainOnly = {kPlain};
  static constexpr std::array kAllow = {kPlain, kTlsRequired};
  static constexpr std::array kPrefer = {kTlsIfOffered, kPlain};
  static constexpr std::array kRequire = {kTlsRequired};
  if (address.is_unix()) return kPlainOnly;
  switch (mode) {
    case SslMode::kDisable:
      return kPlainOnly;
    case SslMode::kAllow:
      return kAllow;
    case SslMode::kPrefer:
      return kPrefer;
    case SslMode::kRequire:
    case SslMode::kVerifyCa:
    case SslMode::kVerifyFull:
      return kRequire;
  }
  return kRequire;
}

Result<std::shared_ptr<net::TlsContext>> tls_context(const ConnectOptions& options) {
  net::TlsClientOptions tls;
  tls.ca_file = options.ssl_root_certificate;
  tls.certificate_file = options.ssl_certificate;
  tls.key_file = options.ssl_key;
  if (options.ssl_mode == SslMode::kVerifyCa) tls.verify = net::TlsVerify::kCertificate;
  if (options.ssl_mode == SslMode::kVerifyFull) tls.verify = net::TlsVerify::kCertificateAndName;
  // As libpq: require with a root certificate verifies as verify-ca does.
  if (options.ssl_mode == SslMode::kRequire && !tls.ca_file.empty())
    tls.verify = net::TlsVerify::kCertificate;
  return net::TlsContext::client(tls);
}

// Asks for TLS and begins it if the server says yes.
net::Task<Result<void>> negotiate_tls(net::Stream* stream, const ConnectOptions* options, std::string host,
                                      Encryption encryption) {
  wire::append(stream->output(), wire::SslRequest{});
  auto sent = co_await stream->flush();
  if (!sent) co_return std::move(sent).error();
  while (stream->input().empty()) {
    auto more = co_await stream->read();
    if (!more) co_return std::move(more).error();
  }
  const char answer = stream->input()[0];
  // Bytes after the answer came unencrypted from somebody in between (CVE-2021-23222).
  if (stream->input().size() > 1) {
    co_return make_error(ErrorCode::kProtocol, "received unencrypted data after the SSL response");
  }
  stream->consume(1);
  if (answer == 'S') {
    auto context = tls_context(*options);
    if (!context) co_return std::move(context).error();
    co_return co_await stream->start_tls(*std::move(context), std::move(host));
  }
  if (answer != 'N') co_return make_error(ErrorCode::kProtocol, "invalid answer to the SSL request");
  if (encryption == Encryption::kTlsRequired) {
    co_return make_error(ErrorCode::kUnavailable, "the server does not support SSL, but SSL was required");
  }
  co_return Result<void>();
}

net::Task<Result<std::unique_ptr<net::Stream>>> open_stream(const ConnectOptions* options,
                                                            net::Address address, Encryption encryption,
                                                            TimePoint deadline) {
  net::StreamLimits limits;
  limits.output_bytes_max = options->request_bytes_max;
  auto stream = co_await net::Stream::connect(address, deadline, limits);
  if (!stream) co_return std::move(stream).error();
  (*stream)->set_read_deadline(deadline);
  (*stream)->set_write_deadline(deadline);
  if (encryption != Encryption::kPlain) {
    auto negotiated = co_await negotiate_tls(stream->get(), options, address.host, encryption);
    if (!negotiated) co_return std::move(negotiated).error();
  }
  co_return std::move(stream);
}

void append_startup(std::string& out, const ConnectOptions& options) {
  wire::StartupMessage startup;
  startup.parameters.emplace_back("user", options.user);
  startup.parameters.emplace_back("database", options.database);
  if (!options.replication.empty()) startup.parameters.emplace_back("replication", options.replication);
  if (!options.application_name.empty()) {
    startup.parameters.emplace_back("application_name", options.application_name);
  }
  startup.parameters.emplace_back("client_encoding", "UTF8");
  for (const auto& [name, value] : options.settings) startup.parameters.emplace_back(name, value);
  wire::append(out, startup);
}

// Takes one message of the login; true when it was ReadyForQuery.
Result<bool> on_login_message(const wire::Frame& frame, Authenticator& authenticator, LoggedIn& session) {
  STELE_TRY(const wire::BackendMessage message, wire::decode_backend(frame));
  if (const auto* request = std::get_if<wire::Authentication>(&message)) {
    STELE_RETURN_IF_ERROR(authenticator.on_request(*request, session.stream->output()));
    return false;
  }
  if (const auto* error = std::get_if<wire::ErrorResponse>(&message)) {
    return wire::ServerError(error->fields).to_error();
  }
  if (std::holds_alternative<wire::NoticeResponse>(message)) return false;
  if (const auto* version = std::get_if<wire::NegotiateProtocolVersion>(&message)) {
    if (version->unknown_options.empty()) return false;
    return make_error(ErrorCode::kUnsupported, fmt::format("the server does not know the protocol option {}",
                                                           version->unknown_options.front()));
  }
  if (!authenticator.done()) {
    return make_error(ErrorCode::kProtocol, "the server began a session without authentication");
  }
  if (const auto* status = std::get_if<wire::ParameterStatus>(&message)) {
    session.parameters.emplace_back(status->name, status->value);
    return false;
  }
  if (const auto* key = std::get_if<wire::BackendKeyData>(&message)) {
    session.process_id = key->process_id;
    session.cancel_key = key->key;
    return false;
  }
  if (std::holds_alternative<wire::ReadyForQuery>(message)) return true;
  return make_error(ErrorCode::kProtocol, fmt::format("unexpected message '{}' during login", frame.type));
}

net::Task<Result<LoggedIn>> log_in_once(const ConnectOptions* options, net::Address address,
                                        Encryption encryption, TimePoint deadline) {
  LoggedIn session;
  session.address = address;
  auto opened = co_await open_stream(options, std::move(address), encryption, deadline);
  if (!opened) co_return std::move(opened).error();
  session.stream = *std::move(opened);
  append_startup(session.stream->output(), *options);
  Authenticator authenticator(options->user, options->password);
  MessageReader reader(*session.stream, options->message_bytes_max);
  while (true) {
    const bool to_send = !session.stream->output().empty();
    if (to_send) {
      auto sent = co_await session.stream->flush();
      if (!sent) co_return std::move(sent).error();
    }
    auto frame = reader.next();
    if (!frame) co_return std::move(frame).error();
    if (!*frame) {
      auto more = co_await reader.read();
      if (!more) co_return std::move(more).error();
      continue;
    }
    auto ready = on_login_message(**frame, authenticator, session);
    if (!ready) co_return std::move(ready).error();
    if (*ready) break;
  }
  reader.release();
  session.stream->set_read_deadline(kNoDeadline);
  session.stream->set_write_deadline(kNoDeadline);
  co_return std::move(session);
}

// Whether the next way of encryption may do better: TLS itself failed, or pg_hba.conf refused this way.
bool try_other_encryption(const Error& error) {
  if (error.code == ErrorCode::kDatabase)
    return error.detail("sqlstate") == wire::sqlstate::kInvalidAuthorization;
  return error.code == ErrorCode::kProtocol || error.code == ErrorCode::kUnauthenticated ||
         error.code == ErrorCode::kConnectionClosed;
}

// Whether the next address may do better (libpq: only when there was no server to answer).
bool try_other_address(const Error& error) {
  return error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kConnectionClosed ||
         (error.code == ErrorCode::kDatabase &&
          error.detail("sqlstate") == wire::sqlstate::kCannotConnectNow);
}

net::Task<Result<LoggedIn>> log_in_at(const ConnectOptions* options, net::Address address,
                                      TimePoint deadline) {
  const std::span<const Encryption> ways = encryptions(options->ssl_mode, address);
  for (std::size_t i = 0;; ++i) {
    auto session = co_await log_in_once(options, address, ways[i], deadline);
    if (session || i + 1 == ways.size() || !try_other_encryption(session.error()))
      co_return std::move(session);
  }
}

}  // namespace

net::Task<Result<LoggedIn>> log_in(ConnectOptions options, TimePoint deadline) {
  if (options.addresses.empty())
    co_return make_error(ErrorCode::kInvalidArgument, "no address of PostgreSQL");
  if (options.connect_timeout) {
    deadline = std::min(deadline, net::Reactor::current()->now() + *options.connect_timeout);
  }
  for (std::size_t i = 0;; ++i) {
    auto session = co_await log_in_at(&options, options.addresses[i], deadline);
    if (session) co_return std::move(session);
    if (i + 1 < options.addresses.size() && try_other_address(session.error())) continue;
    Error error = std::move(session).error();
    if (error.code == ErrorCode::kConnectionClosed) error.code = ErrorCode::kUnavailable;
    error.message = fmt::format("{}: {}", options.addresses[i].to_string(), error.message);
    co_return error;
  }
}

net::Task<Result<std::unique_ptr<net::Stream>>> open_session(ConnectOptions options, TimePoint deadline) {
  Error last = make_error(ErrorCode::kInvalidArgument, "no address of PostgreSQL");
  for (const net::Address& address : options.addresses) {
    for (const Encryption encryption : encryptions(options.ssl_mode, address)) {
      auto stream = co_await open_stream(&options, address, encryption, deadline);
      if (stream) {
        (*stream)->set_read_deadline(kNoDeadline);
        (*stream)->set_write_deadline(kNoDeadline);
        co_return std::move(stream);
      }
      last = std::move(stream).error();
      last.message = fmt::format("{}: {}", address.to_string(), last.message);
    }
  }
  co_return last;
}

CancelTarget cancel_target(const ConnectOptions& options, const LoggedIn& session) {
  CancelTarget target{options, session.address, session.process_id, session.cancel_key};
  // As the session itself: the server takes a cancel only over what its pg_hba.conf would let in.
  if (!session.stream->is_tls()) target.options.ssl_mode = SslMode::kDisable;
  return target;
}

net::Task<Result<void>> send_cancel(CancelTarget target, TimePoint deadline) {
  const Encryption encryption = encryptions(target.options.ssl_mode, target.address).front();
  auto stream = co_await open_stream(&target.options, target.address, encryption, deadline);
  if (!stream) co_return std::move(stream).error();
  wire::append((*stream)->output(), wire::CancelRequest{target.process_id, target.key});
  auto sent = co_await (*stream)->flush();
  if (!sent) co_return std::move(sent).error();
  // The server answers by closing, after it has sent the signal.
  while (true) {
    auto more = co_await (*stream)->read();
    if (more) continue;
    if (more.error().code == ErrorCode::kConnectionClosed) co_return Result<void>();
    co_return std::move(more).error();
  }
}

}  // namespace stele::postgres
