#include "protocols/sql/session.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>

#include "base/log.h"
#include "net/event.h"
#include "net/reactor.h"
#include "postgres/login.h"
#include "postgres/wire/backend.h"
#include "postgres/wire/server_error.h"
#include "postgres/wire/sqlstate.h"
#include "protocols/sql/command_tag.h"
#include "protocols/sql/commit_position.h"
#include "protocols/sql/frame_walk.h"
#include "protocols/sql/session_settings.h"
#include "protocols/sql/startup.h"
#include "protocols/sql/statement.h"

namespace stele::sql {

namespace {

using postgres::wire::Frame;
namespace sqlstate = postgres::wire::sqlstate;

constexpr Logger kLog("sql");

// A query text longer than this is forwarded as it comes and not looked at: the statements of the head are
// short.
constexpr std::size_t kInspectedTextMax = 8192;
// After so long without the views, something may hold the log back: an empty commit moves it.
constexpr Duration kPushAfter = std::chrono::milliseconds(20);
// How long the server may take what a client sent last, once nobody reads the answers any more.
constexpr Duration kLastBytesTimeMax = std::chrono::seconds(5);

// Both directions of one session; lives in serve_session's frame until both have ended.
struct Session {
  SessionContext* context;
  std::unique_ptr<net::Stream> client;
  std::unique_ptr<net::Stream> server;
  SessionSettings settings;
  bool wrote = false;    // the open transaction has writing command tags
  bool defined = false;  // ... or changed definitions
  TimePoint asked{};     // when the oldest unanswered message came; zero = none
  std::optional<Error>
      client_failure;  // what the client sent is no message: told after the server's last words
  net::Event client_side_ended;
};

bool is_client_frame_watched(char type, std::size_t payload_size) {
  return (type == 'Q' || type == 'P') && payload_size <= kInspectedTextMax;
}

bool is_server_frame_watched(char type, std::size_t payload_size) {
  return type == 'Z' || type == 'R' || ((type == 'C' || type == 'E') && payload_size <= kInspectedTextMax);
}

// The query text of a Query or Parse frame, or empty.
std::string_view text_of(const Frame& frame) {
  std::string_view payload = frame.payload;
  if (frame.type == 'P') {
    const std::size_t name_end = payload.find('\0');
    if (name_end == std::string_view::npos) return {};
    payload.remove_prefix(name_end + 1);
  }
  return payload.substr(0, payload.find('\0'));
}

// Appends `frame` with another text.
void append_with_text(std::string& out, const Frame& frame, std::string_view text) {
  postgres::wire::FrameWriter writer(out, frame.type);
  std::string_view rest = frame.payload;
  if (frame.type == 'P') {
    const std::size_t name_size = rest.find('\0') + 1;
    out.append(rest.substr(0, name_size));
    rest.remove_prefix(name_size);
  }
  rest.remove_prefix(rest.find('\0') + 1);
  postgres::wire::append_c_string(out, text);
  out.append(rest);
}

void append_frame(std::string& out, const Frame& frame) {
  postgres::wire::FrameWriter writer(out, frame.type);
  out.append(frame.payload);
}

void append_response(std::string& out, const postgres::wire::ServerError& error, bool is_notice) {
  if (is_notice)
    postgres::wire::append(out, error.notice_response());
  else
    postgres::wire::append(out, error.error_response());
}

// What a SHOW of ours answers.
std::string shown(const Session& session, Parameter parameter) {
  switch (parameter) {
    case Parameter::kLsn:
      return session.context->freshness->token().to_string();
    case Parameter::kMinLsn:
      return session.settings.min_lsn();
    case Parameter::kFreshness:
      return session.settings.waits_for_views() ? "on" : "off";
    case Parameter::kNone:
      break;
  }
  return {};
}

// Waits for the position that SET stele.min_lsn names; empty, or the text that fails in its place.
net::Task<std::string> reach_min_lsn(Session* session, std::string value) {
  if (value.empty()) co_return std::string();
  const auto token = views::LsnToken::parse(value);
  if (!token) {
    co_return raising_statement(sqlstate::kInvalidParameterValue,
                                fmt::format("invalid value for parameter \"stele.min_lsn\": \"{}\"", value));
  }
  const TimePoint deadline = net::Reactor::current()->now() + session->context->min_lsn_time_max;
  const auto reached = co_await session->context->freshness->wait_visible(*token, deadline);
  if (reached) co_return std::string();
  co_return raising_statement(sqlstate::kQueryCanceled,
                              "the views did not reach stele.min_lsn: " + reached.error().message);
}

// A client's statement that concerns the head: the text to forward in its place, empty for "as it is".
// `sql` is copied: the client's bytes may go while this waits.
net::Task<std::string> replace_statement(Session* session, std::string sql) {
  const Statement statement = read_statement(sql);
  if (statement.verb == Verb::kShow) {
    co_return showing_statement(statement.name, shown(*session, statement.parameter));
  }
  if (statement.verb == Verb::kSet || statement.verb == Verb::kSetLocal) {
    bool on = false;
    if (statement.parameter == Parameter::kLsn) {
      co_return raising_statement("55P02", "parameter \"stele.lsn\" cannot be changed");
    }
    if (statement.parameter == Parameter::kFreshness && !SessionSettings::parse_switch(statement.value, on)) {
      co_return raising_statement(sqlstate::kInvalidParameterValue,
                                  "parameter \"stele.freshness\" requires a Boolean value");
    }
    if (statement.parameter == Parameter::kMinLsn) {
      std::string failure = co_await reach_min_lsn(session, std::string(statement.value));
      if (!failure.empty()) co_return failure;
    }
  }
  session->settings.apply(statement);
  co_return std::string();
}

// Client to server, until either side ends.
net::Task<Result<void>> pump_client(Session* session) {
  net::Stream& client = *session->client;
  net::Stream& server = *session->server;
  FrameWalk walk;
  while (true) {
    while (true) {
      STELE_CO_TRY(const Portion portion, walk.next(client.input(), is_client_frame_watched));
      if (portion.is_empty()) break;
      if (session->asked == TimePoint{}) session->asked = net::Reactor::current()->now();
      server.output().append(client.input().substr(0, portion.pass_bytes));
      const std::string_view text = portion.frame ? text_of(*portion.frame) : std::string_view();
      session->settings.note_text(text);
      if (!portion.frame || read_statement(text).verb == Verb::kOther) {
        if (portion.frame) append_frame(server.output(), *portion.frame);
        client.consume(portion.size());
        continue;
      }
      const std::string payload(portion.frame->payload);
      const Frame frame{portion.frame->type, payload};
      client.consume(portion.size());
      const std::string replacement = co_await replace_statement(session, std::string(text_of(frame)));
      if (replacement.empty())
        append_frame(server.output(), frame);
      else
        append_with_text(server.output(), frame, replacement);
    }
    const auto sent = co_await server.flush();
    STELE_CO_RETURN_IF_ERROR(sent);
    const auto more = co_await client.read();
    STELE_CO_RETURN_IF_ERROR(more);
  }
}

// Until the views show what the transaction wrote; the error says why they do not.
net::Task<Result<void>> wait_for_views(Session* session) {
  SessionContext& context = *session->context;
  const TimePoint now = net::Reactor::current()->now();
  const TimePoint deadline = now + context.apply_time_max;
  const auto position =
      co_await context.commit_position->after_commit(session->settings.may_commit_asynchronously());
  STELE_CO_RETURN_IF_ERROR(position);
  const views::LsnToken token{*position, 0};
  const auto soon = co_await context.freshness->wait_visible(token, now + kPushAfter);
  if (soon || soon.error().code != ErrorCode::kDeadlineExceeded) co_return soon;
  const auto pushed = co_await context.commit_position->push();
  STELE_CO_RETURN_IF_ERROR(pushed);
  const auto late = co_await context.freshness->wait_visible(token, deadline);
  co_return late;
}

// Before ReadyForQuery of a writing transaction; what came before it may be seen while this waits.
net::Task<void> show_to_views(Session* session) {
  const auto sent = co_await session->client->flush();
  if (!sent) co_return;
  const auto applied = co_await wait_for_views(session);
  if (applied) co_return;
  session->context->not_applied->add();
  const postgres::wire::ServerError warning(
      "WARNING", sqlstate::kWarning,
      "committed, but the views of this node have not applied it: " + applied.error().message);
  append_response(session->client->output(), warning, true);
}

void note_tag(Session* session, std::string_view payload) {
  const TagMeaning tag = meaning_of_tag(payload.substr(0, payload.find('\0')));
  // A ROLLBACK forgets nothing: it may have gone back to a savepoint only.
  session->wrote |= tag.writes;
  session->defined |= tag.defines;
}

// True when ReadyForQuery is to wait for the views.
bool note_ready(Session* session, std::string_view payload) {
  session->context->requests->add();
  if (session->asked != TimePoint{}) {
    const Duration taken = net::Reactor::current()->now() - session->asked;
    session->context->request_time->record_ns(static_cast<std::uint64_t>(taken.count()));
    session->asked = TimePoint{};
  }
  if (payload != "I") return false;
  const bool waits = session->settings.waits_for_views() && session->wrote;
  if (session->defined && session->context->notice_ddl) session->context->notice_ddl();
  session->wrote = false;
  session->defined = false;
  session->settings.end_transaction();
  return waits;
}

// Server to client, until either side ends.
net::Task<Result<void>> pump_server(Session* session) {
  net::Stream& client = *session->client;
  net::Stream& server = *session->server;
  FrameWalk walk;
  while (true) {
    while (true) {
      STELE_CO_TRY(const Portion portion, walk.next(server.input(), is_server_frame_watched));
      if (portion.is_empty()) break;
      client.output().append(server.input().substr(0, portion.pass_bytes));
      if (!portion.frame) {
        server.consume(portion.size());
        continue;
      }
      const Frame& frame = *portion.frame;
      if (frame.type == 'C') note_tag(session, frame.payload);
      if (frame.type == 'E') session->context->errors->add();
      if (frame.type == 'Z' && note_ready(session, frame.payload)) {
        server.consume(portion.size());
        co_await show_to_views(session);
        append_frame(client.output(), Frame{'Z', "I"});
        continue;
      }
      const bool replaced =
          frame.type == 'R' && client.is_tls() && append_without_channel_binding(client.output(), frame);
      if (!replaced) append_frame(client.output(), frame);
      server.consume(portion.size());
    }
    const auto sent = co_await client.flush();
    STELE_CO_RETURN_IF_ERROR(sent);
    const auto more = co_await server.read();
    STELE_CO_RETURN_IF_ERROR(more);
  }
}

// A client whose bytes are no messages has ended as well. It is told by the other side, which alone writes to
// the client, and knows where a message of the server ends.
net::Task<void> run_client_side(Session* session) {
  const auto ended = co_await pump_client(session);
  const bool no_message =
      ended.error().code == ErrorCode::kProtocol || ended.error().code == ErrorCode::kTooLarge;
  if (no_message) session->client_failure = ended.error();
  if (ended.error().code == ErrorCode::kConnectionClosed || session->client_failure) {
    // What the client sent last still counts: the server gets all of it, then the end.
    const auto sent = co_await session->server->drain();
    if (sent)
      session->server->shutdown_write();
    else
      session->server->close();
  } else {
    session->server->close();
  }
  session->client_side_ended.set();
}

// The server's last words reach the client before its connection closes.
net::Task<void> run_server_side(Session* session) {
  const auto ended = co_await pump_server(session);
  // Nobody reads from the server any more: it must not keep the client's side waiting.
  session->server->set_write_deadline(net::Reactor::current()->now() + kLastBytesTimeMax);
  if (ended.error().code == ErrorCode::kConnectionClosed) {
    if (session->client_failure)
      append_response(session->client->output(),
                      postgres::wire::ServerError::from_error(*session->client_failure), false);
    const auto sent = co_await session->client->drain();
    if (!sent) kLog.debug("client left before the server's last words: {}", sent.error().message);
  }
  session->client->close();
}

// Tells the client why there is no session.
net::Task<void> refuse(net::Stream* client, std::string_view state, std::string message) {
  append_response(client->output(), postgres::wire::ServerError("FATAL", state, message), false);
  const auto told = co_await client->drain();
  if (!told) kLog.debug("client left before it was refused: {}", told.error().message);
}

// The server closes once it has taken the request, whatever became of it; then so do we, as it would.
net::Task<void> pass_cancel(net::Stream* server, std::string packet) {
  server->output() += packet;
  const auto sent = co_await server->drain();
  if (!sent) co_return;
  const auto closed = co_await server->read();
  if (closed) kLog.warn("unexpected answer to a cancel request");
}

net::Task<void> serve(std::unique_ptr<net::Stream> client, SessionContext* context) {
  const TimePoint deadline = net::Reactor::current()->now() + context->startup_time_max;
  client->set_read_deadline(deadline);
  auto request = co_await receive_startup(client.get(), context->tls_or_null);
  if (!request) {
    if (request.error().code == ErrorCode::kProtocol || request.error().code == ErrorCode::kTooLarge) {
      co_await refuse(client.get(), sqlstate::kProtocolViolation, request.error().message);
    }
    co_return;
  }
  client->set_read_deadline(kNoDeadline);
  if (!request->is_cancel && static_cast<std::size_t>(context->sessions->value()) > context->sessions_max) {
    co_await refuse(client.get(), sqlstate::kTooManyConnections, "sorry, too many clients already");
    co_return;
  }
  auto server = co_await postgres::open_session(context->server, deadline);
  if (!server) {
    if (!request->is_cancel) {
      std::string message = "cannot reach PostgreSQL: " + server.error().message;
      co_await refuse(client.get(), sqlstate::kCannotConnectNow, std::move(message));
    }
    co_return;
  }
  if (request->is_cancel) {
    co_await pass_cancel(server->get(), std::move(request->packet));
    co_return;
  }
  Session session;
  session.context = context;
  session.client = std::move(client);
  session.server = *std::move(server);
  for (const auto& [name, value] : request->parameters) session.settings.apply_startup(name, value);
  context->commit_position->expect_other_defaults();
  session.server->output() += request->packet;
  net::spawn(run_client_side(&session));
  co_await run_server_side(&session);
  co_await session.client_side_ended.wait();
}

}  // namespace

net::Task<void> serve_session(std::unique_ptr<net::Stream> client, SessionContext* context) {
  context->sessions->add(1);
  co_await serve(std::move(client), context);
  context->sessions->add(-1);
}

}  // namespace stele::sql
