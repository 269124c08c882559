#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "net/http/gzip.h"
#include "net/http/head.h"

namespace stele::net {

// Takes a body off the wire: of known length, chunked (RFC 9112 section 7.1) or until the connection ends,
// decompressed on the way. Chunk extensions and trailers are read over. Never holds more than
// body_bytes_max. Confined to one thread.
class HttpBodyReader {
 public:
  // 415 for a Content-Encoding other than gzip, deflate or identity; 413 for a length beyond the limit.
  static HttpParsed<HttpBodyReader> create(const HttpHeaders& headers, HttpFraming framing, bool until_close,
                                           const HttpLimits& limits);

  // How many of `bytes` belong to the body and were taken; all that were not taken come again.
  HttpParsed<std::size_t> feed(std::string_view bytes);
  // The connection has ended: 400 when the body needed more.
  HttpParsed<void> end();
  bool is_complete() const { return state_ == State::kDone; }
  std::string& body() { return body_; }
  std::size_t body_bytes() const { return body_.size(); }

 private:
  enum class State : std::uint8_t { kFixed, kUntilClose, kChunkSize, kChunkData, kChunkEnd, kTrailer, kDone };

  HttpParsed<std::size_t> feed_data(std::string_view bytes);
  HttpParsed<std::size_t> feed_line(std::string_view bytes);
  HttpParsed<void> take_line(std::string_view line);
  HttpParsed<void> append(std::string_view bytes);
  HttpParsed<void> complete();

  State state_ = State::kDone;
  std::size_t left_ = 0;        // of the body or of the chunk
  std::size_t wire_bytes_ = 0;  // of the body, before decompression
  std::size_t trailer_bytes_ = 0;
  HttpLimits limits_;
  std::unique_ptr<GzipDecoder> decoder_;
  std::string body_;
};

}  // namespace stele::net
