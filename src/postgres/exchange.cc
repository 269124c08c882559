#include "postgres/exchange.h"

#include <fmt/format.h>

#include <chrono>

#include "base/log.h"
#include "net/reactor.h"

namespace stele::postgres {

namespace {

constexpr Logger kLog("postgres");
// How long a server may take to answer a cancel before the connection is given up.
constexpr Duration kCancelGrace = std::chrono::seconds(1);

bool is_fatal(std::string_view severity) {
  return severity == "FATAL" || severity == "PANIC";
}

// Takes the place of a reply whose data nobody wants any more.
class DroppedData final : public Reply {
 public:
  explicit DroppedData(Reply* reply) : reply_(reply) {}
  Result<void> on_message(const wire::Frame& frame, std::string& output) override {
    if (frame.type == 'D' || frame.type == 'd') return {};
    return reply_->on_message(frame, output);
  }
  bool failed() const override { return reply_->failed(); }

 private:
  Reply* reply_;
};

}  // namespace

Exchange::Exchange(ConnectOptions options, LoggedIn session)
    : options_(std::move(options)),
      session_(std::move(session)),
      reader_(*session_.stream, options_.message_bytes_max) {}

Result<void> Exchange::begin() {
  if (broken_) {
    return make_error(ErrorCode::kConnectionClosed,
                      fmt::format("connection to PostgreSQL is broken: {}", broken_->message));
  }
  if (busy_)
    return make_error(ErrorCode::kFailedPrecondition, "another request is under way on this connection");
  busy_ = true;
  return {};
}

Error Exchange::break_with(Error error) {
  if (!broken_) {
    broken_ = error;
    session_.stream->close();
  }
  return *broken_;
}

void Exchange::set_read_deadline(TimePoint deadline) {
  if (deadline == read_deadline_) return;
  read_deadline_ = deadline;
  session_.stream->set_read_deadline(deadline);
}

std::string_view Exchange::parameter(std::string_view name) const {
  for (const auto& [known, value] : session_.parameters) {
    if (known == name) return value;
  }
  return {};
}

void Exchange::set_parameter(std::string_view name, std::string_view value) {
  for (auto& [known, current] : session_.parameters) {
    if (known == name) {
      current = value;
      return;
    }
  }
  session_.parameters.emplace_back(name, value);
}

Result<void> Exchange::handle_notification(const wire::Frame& frame) {
  STELE_TRY(const wire::BackendMessage message, wire::decode_backend(frame));
  const auto& notification = std::get<wire::NotificationResponse>(message);
  if (notifications_.size() >= kNotificationsMax) {
    ++notifications_dropped_;
    return {};
  }
  notifications_.push_back(
      {notification.process_id, std::string(notification.channel), std::string(notification.payload)});
  return {};
}

// True if the message was one that comes at any time.
Result<bool> Exchange::handle_asynchronous(const wire::Frame& frame) {
  switch (frame.type) {
    case 'A': {
      STELE_RETURN_IF_ERROR(handle_notification(frame));
      return true;
    }
    case 'N': {
      STELE_TRY(const wire::BackendMessage message, wire::decode_backend(frame));
      const wire::ServerError notice(std::get<wire::NoticeResponse>(message).fields);
      if (on_notice_) on_notice_(notice);
      return true;
    }
    case 'S': {
      STELE_TRY(const wire::BackendMessage message, wire::decode_backend(frame));
      const auto& status = std::get<wire::ParameterStatus>(message);
      set_parameter(status.name, status.value);
      return true;
    }
    default:
      return false;
  }
}

Result<bool> Exchange::dispatch(const wire::Frame& frame, Reply* reply) {
  STELE_TRY(const bool handled, handle_asynchronous(frame));
  if (handled) return false;
  if (frame.type == 'Z') {
    STELE_TRY(const wire::ReadyForQuery ready, wire::decode_ready_for_query(frame.payload));
    status_ = ready.status;
    if (reply != nullptr) reply->on_ready();
    return true;
  }
  if (frame.type == 'E') {
    STELE_TRY(const wire::ErrorResponse response, wire::decode_error_response(frame.payload));
    const wire::ServerError error(response.fields);
    if (is_fatal(error.severity())) return error.to_error();  // the server closes after this
  }
  if (reply == nullptr) {
    return make_error(ErrorCode::kProtocol,
                      fmt::format("unexpected message '{}' from PostgreSQL", frame.type));
  }
  STELE_RETURN_IF_ERROR(reply->on_message(frame, output()));
  return false;
}

Result<bool> Exchange::drain(Reply* reply, int& readies) {
  while (true) {
    STELE_TRY(const std::optional<wire::Frame> frame, reader_.next());
    if (!frame) return false;
    STELE_TRY(const bool ready, dispatch(*frame, reply));
    if (ready && --readies == 0) {
      reader_.release();
      return true;
    }
  }
}

net::Task<Result<void>> Exchange::run(Reply* reply, int readies, TimePoint deadline) {
  at_ready_ = false;
  bool cancelled = false;
  set_read_deadline(deadline);
  while (true) {
    const bool to_send = !output().empty();
    if (to_send) {
      auto sent = co_await session_.stream->flush();
      // The server has gone; what it said before may tell why.
      if (!sent) {
        cancelled = true;
        set_read_deadline(net::Reactor::current()->now() + kCancelGrace);
      }
    }
    auto done = drain(reply, readies);
    if (!done) co_return break_with(std::move(done).error());
    if (*done) break;
    if (!output().empty()) continue;
    auto more = co_await reader_.read();
    if (more) continue;
    if (more.error().code != ErrorCode::kDeadlineExceeded || cancelled) {
      co_return break_with(std::move(more).error());
    }
    cancelled = true;
    const TimePoint limit = net::Reactor::current()->now() + kCancelGrace;
    auto asked = co_await send_cancel(cancel_target(options_, session_), limit);
    if (!asked) kLog.warn("cancel failed reason={}", asked.error().message);
    set_read_deadline(limit);
  }
  at_ready_ = true;
  if (cancelled && (reply == nullptr || reply->failed())) {
    co_return make_error(ErrorCode::kDeadlineExceeded, "the statement was cancelled at its deadline");
  }
  co_return Result<void>();
}

net::Task<Result<std::span<const std::string_view>>> Exchange::read_data(char data, Reply* reply,
                                                                         TimePoint deadline,
                                                                         const bool* ended) {
  if (broken_) co_return *broken_;
  batch_.clear();
  reader_.release();
  set_read_deadline(deadline);
  while (!at_ready_ && (ended == nullptr || !*ended)) {
    auto frame = reader_.next();
    if (!frame) co_return break_with(std::move(frame).error());
    if (*frame && (*frame)->type == data) {
      batch_.push_back((*frame)->payload);
      continue;
    }
    if (*frame) {
      auto ready = dispatch(**frame, reply);
      if (!ready) co_return break_with(std::move(ready).error());
      at_ready_ = *ready;
      continue;
    }
    if (!batch_.empty()) break;
    auto more = co_await reader_.read();
    if (!more && more.error().code == ErrorCode::kDeadlineExceeded) co_return std::move(more).error();
    if (!more) co_return break_with(std::move(more).error());
  }
  co_return std::span<const std::string_view>(batch_);
}

// kDeadlineExceeded leaves all as it is; other errors have broken the connection.
net::Task<Result<void>> Exchange::read_while(std::function<bool()> go_on, Reply* reply) {
  while (go_on() && !at_ready_) {
    auto frame = reader_.next();
    if (!frame) co_return break_with(std::move(frame).error());
    if (*frame) {
      auto ready = dispatch(**frame, reply);
      if (!ready) co_return break_with(std::move(ready).error());
      at_ready_ = *ready;
      continue;
    }
    auto more = co_await reader_.read();
    if (!more && more.error().code == ErrorCode::kDeadlineExceeded) co_return std::move(more).error();
    if (!more) co_return break_with(std::move(more).error());
  }
  co_return Result<void>();
}

net::Task<Result<void>> Exchange::run_while(std::function<bool()> go_on, Reply* reply, TimePoint deadline) {
  at_ready_ = false;
  auto sent = co_await session_.stream->flush();
  if (!sent) co_return break_with(std::move(sent).error());
  set_read_deadline(deadline);
  auto read = co_await read_while(std::move(go_on), reply);
  if (read || broken_) co_return std::move(read);
  auto abandoned = co_await abandon(reply);
  if (!abandoned) co_return std::move(abandoned).error();
  co_return make_error(ErrorCode::kDeadlineExceeded, "the statement was cancelled at its deadline");
}

net::Task<Result<void>> Exchange::abandon(Reply* reply) {
  if (at_ready_ || broken_) co_return Result<void>();
  const TimePoint limit = net::Reactor::current()->now() + kCancelGrace;
  auto asked = co_await send_cancel(cancel_target(options_, session_), limit);
  if (!asked) kLog.warn("cancel failed reason={}", asked.error().message);
  set_read_deadline(limit);
  DroppedData dropped(reply);
  auto read = co_await read_while([] { return true; }, &dropped);
  if (!read) co_return break_with(std::move(read).error());
  co_return Result<void>();
}

net::Task<bool> Exchange::is_alive() {
  while (!broken_) {
    auto frame = reader_.next();
    if (!frame) {
      (void)break_with(std::move(frame).error());
      break;
    }
    if (*frame) {
      auto ready = dispatch(**frame, nullptr);
      if (!ready) (void)break_with(std::move(ready).error());
      continue;
    }
    set_read_deadline(net::Reactor::current()->now());  // what has come, without waiting
    auto more = co_await reader_.read();
    if (!more && more.error().code == ErrorCode::kDeadlineExceeded) co_return true;
    if (!more) (void)break_with(std::move(more).error());
  }
  co_return false;
}

net::Task<Result<Notification>> Exchange::wait_notification(TimePoint deadline) {
  set_read_deadline(deadline);
  while (notifications_.empty()) {
    auto frame = reader_.next();
    if (!frame) co_return break_with(std::move(frame).error());
    if (*frame) {
      auto ready = dispatch(**frame, nullptr);
      if (!ready) co_return break_with(std::move(ready).error());
      continue;
    }
    auto more = co_await reader_.read();
    if (!more && more.error().code == ErrorCode::kDeadlineExceeded) co_return std::move(more).error();
    if (!more) co_return break_with(std::move(more).error());
  }
  Notification first = std::move(notifications_.front());
  notifications_.pop_front();
  co_return first;
}

}  // namespace stele::postgres
