#include <string>
#include <utility>

#include "net/stream_state.h"
#include "net/tls.h"

namespace stele::net {

void Stream::State::receive_tls(std::string_view bytes) {
  tls->feed(bytes);
  deliver_decrypted();
}

void Stream::State::deliver_decrypted() {
  std::string plain;
  const auto read = tls->read(plain);
  deliver(plain);
  // TLS 1.3 may have something to say by itself (key updates, tickets, alerts).
  send_records();
  if (!read.has_value()) {
    end_input(read.error());
  } else if (tls->closed()) {
    end_input(make_error(ErrorCode::kConnectionClosed, "the peer closed the connection"));
  }
}

void Stream::State::send_tls() {
  auto written = tls->write(output);
  output.clear();
  if (!written.has_value() && !write_failure.has_value()) write_failure = std::move(written.error());
  send_records();
}

void Stream::State::send_records() {
  if (socket == nullptr) return;
  std::string records;
  tls->take_output(records);
  if (!records.empty()) socket->send(records);
}

void Stream::State::end_tls() {
  tls->end();
  send_records();
}

Task<Result<void>> Stream::start_tls(std::shared_ptr<TlsContext> context, std::string server_name) {
  auto created = context->is_server() ? crypto::TlsSession::server(*context)
                                      : crypto::TlsSession::client(*context, server_name);
  STELE_CO_TRY(std::unique_ptr<crypto::TlsSession> session, std::move(created));
  for (;;) {
    session->feed(input());
    consume(input().size());
    const auto done = session->handshake();
    session->take_output(output());
    const auto sent = co_await flush();
    STELE_CO_RETURN_IF_ERROR(done);
    STELE_CO_RETURN_IF_ERROR(sent);
    if (*done) break;
    const auto more = co_await read();
    STELE_CO_RETURN_IF_ERROR(more);
  }
  // What came while flush() waited belongs to TLS as well.
  state_->take_arrived();
  state_->input_grown = false;
  session->feed(input());
  consume(input().size());
  state_->tls = std::move(session);
  state_->deliver_decrypted();
  co_return Result<void>{};
}

}  // namespace stele::net
