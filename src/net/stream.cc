#include "net/stream.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "net/backend.h"
#include "net/socket_address.h"
#include "net/stream_state.h"

namespace stele::net {

namespace {

Error closed_error(int error) {
  if (error == 0) return make_error(ErrorCode::kConnectionClosed, "the peer closed the connection");
  return make_error(ErrorCode::kConnectionClosed, std::string("connection lost: ") + std::strerror(error));
}

}  // namespace

Stream::State::State(Reactor& owner, int fd, StreamLimits stream_limits)
    : reactor(owner),
      socket(owner.backend().add_socket(fd, this)),
      limits(stream_limits),
      reading(owner),
      writing(owner) {}

Stream::State::~State() {
  close();
  if (on_destroyed) on_destroyed();
}

void Stream::State::on_bytes(std::string_view bytes) {
  if (tls) {
    receive_tls(bytes);
  } else {
    deliver(bytes);
  }
  check_input_limit();
}

void Stream::State::deliver(std::string_view bytes) {
  if (bytes.empty()) return;
  if (reading.is_active()) {
    input.append(bytes);
    input_grown = true;
    reading.wake();
  } else {
    arrived.append(bytes);
  }
}

void Stream::State::check_input_limit() {
  if (socket == nullptr || paused || reading.is_active()) return;
  if (input.size() + arrived.size() <= limits.input_bytes_max) return;
  paused = true;
  socket->set_receiving(false);
}

void Stream::State::on_end(int error) {
  end_input(closed_error(error));
}

void Stream::State::end_input(Error error) {
  if (!end.has_value()) end = std::move(error);
  reading.wake();
}

void Stream::State::on_sent() {
  if (!must_wait_to_send(writing_all)) writing.wake();
}

void Stream::State::on_writable() {
  connecting = false;
  writing.wake();
}

bool Stream::State::take_arrived() {
  if (arrived.empty()) return false;
  input.take(arrived);
  input_grown = true;
  return true;
}

void Stream::State::push_output() {
  if (output.empty() || socket == nullptr) return;
  if (tls) {
    send_tls();
  } else {
    socket->send(output);
  }
}

bool Stream::State::must_wait_to_send(bool all) const {
  if (socket == nullptr || socket->send_error() != 0) return false;
  return socket->unsent() > (all ? 0 : limits.output_bytes_max);
}

Result<void> Stream::State::send_result() const {
  if (socket->send_error() != 0) return closed_error(socket->send_error());
  if (write_failure.has_value()) return *write_failure;
  return {};
}

void Stream::State::close() {
  if (socket == nullptr) return;
  std::exchange(socket, nullptr)->close();
  reading.wake();
  writing.wake();
}

Stream::Stream(std::unique_ptr<State> state) : state_(std::move(state)) {}
Stream::~Stream() = default;

std::string_view Stream::input() const {
  return state_->input.view();
}

void Stream::consume(std::size_t count) {
  state_->input.consume(count);
}

std::string& Stream::output() {
  return state_->output;
}

void Stream::push() {
  state_->push_output();
}

std::size_t Stream::unsent_bytes() const {
  return state_->socket == nullptr ? 0 : state_->socket->unsent();
}

void Stream::set_read_deadline(TimePoint deadline) {
  state_->reading.set_deadline(deadline);
}

void Stream::set_write_deadline(TimePoint deadline) {
  state_->writing.set_deadline(deadline);
}

void Stream::shutdown_write() {
  if (state_->socket == nullptr || std::exchange(state_->write_ended, true)) return;
  if (state_->tls) state_->end_tls();
  state_->socket->shutdown_write();
}

void Stream::close() {
  state_->close();
}

bool Stream::is_closed() const {
  return state_->socket == nullptr;
}

bool Stream::is_tls() const {
  return state_->tls != nullptr;
}

std::string Stream::tls_peer_subject() const {
  return state_->tls ? state_->tls->peer_subject() : std::string();
}

std::string Stream::tls_server_end_point() const {
  return state_->tls ? state_->tls->server_end_point() : std::string();
}

const Address& Stream::peer() const {
  if (!state_->peer.has_value()) state_->peer = fd() < 0 ? Address{} : peer_address(fd());
  return *state_->peer;
}

const Address& Stream::local() const {
  if (!state_->local.has_value()) state_->local = fd() < 0 ? Address{} : local_address(fd());
  return *state_->local;
}

int Stream::fd() const {
  return state_->socket == nullptr ? -1 : state_->socket->fd();
}

bool Stream::ReadAwaiter::await_ready() {
  State& state = *state_;
  if (state.take_arrived()) return true;
  if (state.end.has_value() || state.socket == nullptr) return true;
  if (state.reading.deadline_passed()) {
    state.reading.set_timed_out();
    return true;
  }
  return false;
}

bool Stream::ReadAwaiter::await_suspend(std::coroutine_handle<> handle) {
  State& state = *state_;
  state.reading.suspend(handle);
  if (state.paused) {
    state.paused = false;
    state.socket->set_receiving(true);
  }
  return true;
}

Result<void> Stream::ReadAwaiter::await_resume() {
  State& state = *state_;
  state.reading.resumed();
  const bool timed_out = state.reading.take_timed_out();
  if (std::exchange(state.input_grown, false)) return {};
  if (state.socket == nullptr) return make_error(ErrorCode::kCancelled, "the stream is closed");
  if (timed_out) return make_error(ErrorCode::kDeadlineExceeded, "nothing came in time");
  return *state.end;
}

bool Stream::FlushAwaiter::await_ready() {
  State& state = *state_;
  state.push_output();
  if (!state.must_wait_to_send(all_)) return true;
  if (state.writing.deadline_passed()) {
    state.writing.set_timed_out();
    return true;
  }
  return false;
}

bool Stream::FlushAwaiter::await_suspend(std::coroutine_handle<> handle) {
  state_->writing_all = all_;
  state_->writing.suspend(handle);
  return true;
}

Result<void> Stream::FlushAwaiter::await_resume() {
  State& state = *state_;
  state.writing.resumed();
  const bool timed_out = state.writing.take_timed_out();
  if (state.socket == nullptr) return make_error(ErrorCode::kCancelled, "the stream is closed");
  if (timed_out && state.must_wait_to_send(all_))
    return make_error(ErrorCode::kDeadlineExceeded, "the peer did not take the bytes in time");
  return state.send_result();
}

Stream::ReadAwaiter Stream::read() {
  return ReadAwaiter(state_.get());
}
Stream::FlushAwaiter Stream::flush() {
  return FlushAwaiter(state_.get(), false);
}
Stream::FlushAwaiter Stream::drain() {
  return FlushAwaiter(state_.get(), true);
}

}  // namespace stele::net
