#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "net/stream.h"
#include "net/task.h"
#include "postgres/login.h"
#include "postgres/message_reader.h"
#include "postgres/wire/backend.h"
#include "postgres/wire/server_error.h"

namespace stele::postgres {

struct Notification {
  std::uint32_t process_id = 0;
  std::string channel;
  std::string payload;
};

// What is done with the messages of one request, up to its ReadyForQuery.
class Reply {
 public:
  virtual ~Reply() = default;
  // A message that is neither asynchronous nor ReadyForQuery. An error breaks the connection. What is put
  // into `output` is sent.
  virtual Result<void> on_message(const wire::Frame& frame, std::string& output) = 0;
  virtual void on_ready() {}
  virtual bool failed() const = 0;
};

// The two sides' conversation on one logged-in stream: sends requests, takes out what comes at any time
// (notices, notifications, parameters), knows the transaction's status and whether the connection is broken.
// One request at a time: begin() and end() bracket it. Threads: the stream's reactor. Connection and the
// streams it hands out are built on this.
class Exchange {
 public:
  Exchange(ConnectOptions options, LoggedIn session);

  // kConnectionClosed when broken, kFailedPrecondition while another request is under way.
  Result<void> begin();
  void end() { busy_ = false; }

  std::string& output() { return session_.stream->output(); }
  net::Stream& stream() { return *session_.stream; }
  const ConnectOptions& options() const { return options_; }
  const LoggedIn& session() const { return session_; }

  // Sends output() and reads until `readies` ReadyForQuery have come. Past the deadline the request is
  // cancelled on the server: kDeadlineExceeded, and the connection lives on if the server answered that
  // within a second; else it is broken. A request that succeeded in spite of the cancel is a success.
  net::Task<Result<void>> run(Reply* reply, int readies, TimePoint deadline);

  // Data messages of type `data` ('D' or 'd') that have come, as views that hold until the next call; empty
  // when ReadyForQuery has come, or `ended` (if given) has become true. Everything else goes to `reply`.
  // kDeadlineExceeded leaves all as it is: call again.
  net::Task<Result<std::span<const std::string_view>>> read_data(char data, Reply* reply, TimePoint deadline,
                                                                 const bool* ended = nullptr);
  // Sends output() and reads while `go_on` says so and ReadyForQuery has not come: the beginning of what is
  // then read as it comes. Past the deadline the request is given up as run() does it.
  net::Task<Result<void>> run_while(std::function<bool()> go_on, Reply* reply, TimePoint deadline);
  // Whether the server has gone away meanwhile; does not wait.
  net::Task<bool> is_alive();
  // Asks the server to cancel, then reads to ReadyForQuery. Broken if that takes more than a second.
  net::Task<Result<void>> abandon(Reply* reply);

  net::Task<Result<Notification>> wait_notification(TimePoint deadline);

  bool is_busy() const { return busy_; }
  bool is_broken() const { return broken_.has_value(); }
  const std::optional<Error>& broken() const { return broken_; }
  // Closes the stream and keeps the first reason; gives `error` back.
  Error break_with(Error error);
  bool at_ready() const { return at_ready_; }

  wire::TransactionStatus transaction_status() const { return status_; }
  std::string_view parameter(std::string_view name) const;
  void on_notice(std::function<void(const wire::ServerError&)> handler) { on_notice_ = std::move(handler); }
  std::size_t notifications_dropped() const { return notifications_dropped_; }

 private:
  static constexpr std::size_t kNotificationsMax = 1024;

  // One message: true when it was ReadyForQuery.
  Result<bool> dispatch(const wire::Frame& frame, Reply* reply);
  // Takes messages out of what has come; true when `readies` is down to zero.
  Result<bool> drain(Reply* reply, int& readies);
  Result<bool> handle_asynchronous(const wire::Frame& frame);
  Result<void> handle_notification(const wire::Frame& frame);
  void set_parameter(std::string_view name, std::string_view value);
  void set_read_deadline(TimePoint deadline);
  net::Task<Result<void>> read_while(std::function<bool()> go_on, Reply* reply);

  ConnectOptions options_;
  LoggedIn session_;
  MessageReader reader_;
  std::optional<Error> broken_;
  bool busy_ = false;
  bool at_ready_ = true;
  TimePoint read_deadline_ = kNoDeadline;
  wire::TransactionStatus status_ = wire::TransactionStatus::kIdle;
  std::function<void(const wire::ServerError&)> on_notice_;
  std::deque<Notification> notifications_;
  std::size_t notifications_dropped_ = 0;
  std::vector<std::string_view> batch_;
};

}  // namespace stele::postgres
