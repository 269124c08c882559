#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stele::redis::wire {

// What a client may send, as CONFIG has it.
struct RequestLimits {
  std::size_t bulk_bytes_max = 512U << 20;
  bool is_authenticated = true;  // who is not may send ten small arguments at most
};

// Where does a request end, and what are its arguments? A multibulk (`*2\r\n$3\r\nGET\r\n…`) or an inline
// line
// (`GET key`). Give it the same input again, grown at the end, until it is complete; then drop size() bytes
// from the front. Views point into the input of the last call (an inline line's into the parser) and hold
// until the next. It never looks twice at bytes that it has understood, and keeps two words an argument.
// Errors: problem(), as Redis 7.0 words it; the connection is of no more use then. Source: the RESP
// specification, and Redis' networking.c for the limits.
class RequestParser {
 public:
  enum class Outcome : std::uint8_t { kIncomplete, kRequest, kBroken };

  Outcome next(std::string_view input, const RequestLimits& limits);

  // Of a complete request; none for an empty line, which is no request and gets no reply.
  std::span<const std::string_view> arguments() const { return arguments_; }
  std::size_t size() const { return position_; }
  const std::string& problem() const { return problem_; }
  // How much of the input of an incomplete request is understood.
  std::size_t understood_bytes() const { return position_; }
  // What an incomplete request takes besides its bytes.
  std::size_t memory_bytes() const { return parts_.size() * sizeof(parts_[0]); }

 private:
  enum class Step : std::uint8_t { kDone, kMore, kBroken };

  void begin();
  Step read_inline(std::string_view input);
  Step read_header(std::string_view input, const RequestLimits& limits);
  Step read_argument(std::string_view input, const RequestLimits& limits);
  // The line at position_ without its end, which is passed over; nothing while its end is not there.
  std::optional<std::string_view> take_line(std::string_view input);
  Step wait_for_line(std::string_view input, std::string_view problem);
  Step broken(std::string problem);

  bool is_complete_ = true;  // the next call begins a new request
  std::size_t position_ = 0;
  std::optional<std::int64_t> remaining_;  // arguments to come, once the header is read
  std::optional<std::size_t> bulk_bytes_;  // of the argument to come, once its length is read
  std::vector<std::pair<std::size_t, std::size_t>> parts_;  // begin and length of each argument
  std::deque<std::string> words_;                           // of an inline line
  std::vector<std::string_view> arguments_;
  std::string problem_;
};

}  // namespace stele::redis::wire
