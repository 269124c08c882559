#include "net/http/body_reader.h"

#include <algorithm>
#include <charconv>

#include "net/http/text.h"

namespace stele::net {

namespace {

constexpr std::size_t kChunkLineBytesMax = 4096;

HttpParsed<std::size_t> parse_chunk_size(std::string_view line) {
  const std::string_view digits = trim(line.substr(0, line.find(';')));
  std::size_t size = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), size, 16);
  const bool whole = error == std::errc() && end == digits.data() + digits.size() && !digits.empty();
  if (!whole || line.starts_with(' ') || line.starts_with('\t'))
    return http_failure(400, "malformed chunk size");
  return size;
}

}  // namespace

HttpParsed<HttpBodyReader> HttpBodyReader::create(const HttpHeaders& headers, HttpFraming framing,
                                                  bool until_close, const HttpLimits& limits) {
  HttpBodyReader reader;
  reader.limits_ = limits;
  if (framing.chunked) {
    reader.state_ = State::kChunkSize;
  } else if (framing.has_length) {
    reader.left_ = framing.length;
    reader.state_ = framing.length > 0 ? State::kFixed : State::kDone;
  } else if (until_close) {
    reader.state_ = State::kUntilClose;
  }
  if (framing.length > limits.body_bytes_max) return http_failure(413, "the body is too large");
  const std::string_view coding = headers.get("Content-Encoding").value_or("identity");
  if (equal_ignoring_case(coding, "gzip") || equal_ignoring_case(coding, "x-gzip") ||
      equal_ignoring_case(coding, "deflate")) {
    if (!reader.is_complete()) reader.decoder_ = std::make_unique<GzipDecoder>();
  } else if (!equal_ignoring_case(coding, "identity") && !coding.empty()) {
    return http_failure(415, "Content-Encoding other than gzip or deflate");
  }
  return reader;
}

HttpParsed<std::size_t> HttpBodyReader::feed(std::string_view bytes) {
  std::size_t taken = 0;
  while (state_ != State::kDone && taken < bytes.size()) {
    const std::string_view rest = bytes.substr(taken);
    const bool is_data =
        state_ == State::kFixed || state_ == State::kUntilClose || state_ == State::kChunkData;
    const auto count = is_data ? feed_data(rest) : feed_line(rest);
    if (!count.has_value()) return count;
    if (*count == 0) break;
    taken += *count;
  }
  return taken;
}

HttpParsed<std::size_t> HttpBodyReader::feed_data(std::string_view bytes) {
  if (state_ != State::kUntilClose) bytes = bytes.substr(0, left_);
  if (auto appended = append(bytes); !appended.has_value()) return std::unexpected(appended.error());
  if (state_ == State::kUntilClose) return bytes.size();
  left_ -= bytes.size();
  if (left_ == 0 && state_ == State::kChunkData) {
    state_ = State::kChunkEnd;
  } else if (left_ == 0) {
    if (auto done = complete(); !done.has_value()) return std::unexpected(done.error());
  }
  return bytes.size();
}

HttpParsed<std::size_t> HttpBodyReader::feed_line(std::string_view bytes) {
  const std::size_t end = bytes.find('\n');
  if (std::min(end, bytes.size()) > kChunkLineBytesMax)
    return http_failure(400, "a line of the chunked body is too long");
  if (end == std::string_view::npos) return 0;
  if (end == 0 || bytes[end - 1] != '\r')
    return http_failure(400, "a line of the chunked body does not end with CR LF");
  if (auto taken = take_line(bytes.substr(0, end - 1)); !taken.has_value())
    return std::unexpected(taken.error());
  return end + 1;
}

HttpParsed<void> HttpBodyReader::take_line(std::string_view line) {
  if (line.contains('\r')) return http_failure(400, "CR within a line of the chunked body");
  if (state_ == State::kChunkEnd) {
    if (!line.empty()) return http_failure(400, "a chunk is longer than its size");
    state_ = State::kChunkSize;
    return {};
  }
  if (state_ == State::kTrailer) {
    trailer_bytes_ += line.size();
    if (trailer_bytes_ > limits_.head_bytes_max) return http_failure(431, "the trailer is too large");
    return line.empty() ? complete() : HttpParsed<void>();
  }
  const auto size = parse_chunk_size(line);
  if (!size.has_value()) return std::unexpected(size.error());
  if (*size > limits_.body_bytes_max) return http_failure(413, "the body is too large");
  left_ = *size;
  state_ = left_ > 0 ? State::kChunkData : State::kTrailer;
  return {};
}

HttpParsed<void> HttpBodyReader::append(std::string_view bytes) {
  // What comes before decompression is limited as well, or empty deflate blocks could go on for ever.
  wire_bytes_ += bytes.size();
  if (wire_bytes_ > limits_.body_bytes_max) return http_failure(413, "the body is too large");
  if (!decoder_) {
    body_ += bytes;
    return {};
  }
  const auto fed = decoder_->feed(bytes, body_, limits_.body_bytes_max);
  if (fed.has_value()) return {};
  return http_failure(fed.error().code == ErrorCode::kTooLarge ? 413 : 400, fed.error().message);
}

HttpParsed<void> HttpBodyReader::complete() {
  state_ = State::kDone;
  // No bytes at all are no broken stream: some clients send the header with an empty body.
  if (decoder_ && !decoder_->is_complete() && decoder_->has_begun())
    return http_failure(400, "the compressed body ends too early");
  return {};
}

HttpParsed<void> HttpBodyReader::end() {
  if (state_ == State::kDone) return {};
  if (state_ == State::kUntilClose) return complete();
  return http_failure(400, "the connection ended within the body");
}

}  // namespace stele::net
