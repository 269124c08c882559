#include "protocols/redis/wire/request_parser.h"

#include <algorithm>
#include <limits>

#include "keyspace/numbers.h"
#include "protocols/redis/wire/inline_words.h"

namespace stele::redis::wire {

namespace {

constexpr std::size_t kLineBytesMax = 64 * 1024;
constexpr std::int64_t kUnauthenticatedArgumentsMax = 10;
constexpr std::int64_t kUnauthenticatedBulkBytesMax = 16384;
constexpr std::size_t kArgumentsKept = 1024;  // capacity above it is given back

}  // namespace

void RequestParser::begin() {
  is_complete_ = false;
  position_ = 0;
  remaining_.reset();
  bulk_bytes_.reset();
  parts_.clear();
  arguments_.clear();
  if (!words_.empty()) words_.clear();
  // `= {}` would keep the memory.
  if (parts_.capacity() > kArgumentsKept) parts_ = decltype(parts_)();
  if (arguments_.capacity() > kArgumentsKept) arguments_ = decltype(arguments_)();
}

RequestParser::Outcome RequestParser::next(std::string_view input, const RequestLimits& limits) {
  if (is_complete_) begin();
  if (input.empty()) return Outcome::kIncomplete;
  Step step = Step::kDone;
  if (input.front() != '*') {
    step = read_inline(input);
  } else {
    if (!remaining_) step = read_header(input, limits);
    while (step == Step::kDone && *remaining_ > 0) step = read_argument(input, limits);
    if (step == Step::kDone) {
      for (const auto& [begin, length] : parts_) arguments_.push_back(input.substr(begin, length));
    }
  }
  if (step == Step::kMore) return Outcome::kIncomplete;
  is_complete_ = true;
  return step == Step::kDone ? Outcome::kRequest : Outcome::kBroken;
}

RequestParser::Step RequestParser::broken(std::string problem) {
  problem_ = "Protocol error: " + std::move(problem);
  return Step::kBroken;
}

RequestParser::Step RequestParser::read_inline(std::string_view input) {
  const std::size_t end = input.find('\n');
  if (end == std::string_view::npos) {
    return input.size() > kLineBytesMax ? broken("too big inline request") : Step::kMore;
  }
  std::string_view line = input.substr(0, end);
  if (line.ends_with('\r')) line.remove_suffix(1);
  position_ = end + 1;
  if (!split_inline_words(line, words_)) return broken("unbalanced quotes in request");
  arguments_.assign(words_.begin(), words_.end());
  return Step::kDone;
}

std::optional<std::string_view> RequestParser::take_line(std::string_view input) {
  const std::size_t end = input.find('\r', position_);
  // The byte after the return is taken for a newline, as Redis does.
  if (end == std::string_view::npos || end + 1 >= input.size()) return std::nullopt;
  const std::string_view line = input.substr(position_, end - position_);
  position_ = end + 2;
  return line;
}

RequestParser::Step RequestParser::wait_for_line(std::string_view input, std::string_view problem) {
  return input.size() - position_ > kLineBytesMax ? broken(std::string(problem)) : Step::kMore;
}

RequestParser::Step RequestParser::read_header(std::string_view input, const RequestLimits& limits) {
  const auto line = take_line(input);
  if (!line) return wait_for_line(input, "too big mbulk count string");
  const auto count = keyspace::parse_integer(line->substr(1));
  if (!count || *count > std::numeric_limits<std::int32_t>::max()) return broken("invalid multibulk length");
  if (*count > kUnauthenticatedArgumentsMax && !limits.is_authenticated) {
    return broken("unauthenticated multibulk length");
  }
  remaining_ = *count;
  return Step::kDone;
}

RequestParser::Step RequestParser::read_argument(std::string_view input, const RequestLimits& limits) {
  if (!bulk_bytes_) {
    const auto line = take_line(input);
    if (!line) return wait_for_line(input, "too big bulk count string");
    if (!line->starts_with('$')) {
      const char found = line->empty() ? ' ' : line->front();
      return broken(std::string("expected '$', got '") + (found == '\n' ? ' ' : found) + "'");
    }
    const auto length = keyspace::parse_integer(line->substr(1));
    if (!length || *length < 0 || static_cast<std::uint64_t>(*length) > limits.bulk_bytes_max) {
      return broken("invalid bulk length");
    }
    if (*length > kUnauthenticatedBulkBytesMax && !limits.is_authenticated) {
      return broken("unauthenticated bulk length");
    }
    bulk_bytes_ = static_cast<std::size_t>(*length);
  }
  if (input.size() - position_ < *bulk_bytes_ + 2) return Step::kMore;
  parts_.emplace_back(position_, *bulk_bytes_);
  position_ += *bulk_bytes_ + 2;
  bulk_bytes_.reset();
  --*remaining_;
  return Step::kDone;
}

}  // namespace stele::redis::wire
