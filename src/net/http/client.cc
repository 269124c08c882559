#include "net/http/client.h"

#include <charconv>
#include <optional>
#include <utility>

#include "net/http/body_reader.h"
#include "net/http/text.h"

namespace stele::net {

namespace {

Error no_response(const HttpFailure& failure) {
  const bool too_large = failure.status == 413 || failure.status == 431;
  return make_error(too_large ? ErrorCode::kTooLarge : ErrorCode::kProtocol,
                    "HTTP response: " + failure.reason);
}

void append_call(std::string& out, HttpCall call, const Address& peer) {
  out += call.method + " " + call.target + " HTTP/1.1\r\n";
  if (!call.headers.contains("Host"))
    call.headers.add("Host", peer.is_unix() ? "localhost" : peer.to_string());
  const bool framed = call.headers.contains("Content-Length") || call.headers.contains("Transfer-Encoding");
  if (!framed && (!call.body.empty() || call.method == "POST" || call.method == "PUT"))
    call.headers.add("Content-Length", std::to_string(call.body.size()));
  for (const auto& [name, value] : call.headers) out += name + ": " + value + "\r\n";
  out += "\r\n";
  out += call.body;
}

// One response off the wire, interim ones (1xx) read over.
class ResponseReader {
 public:
  ResponseReader(bool head_only, HttpLimits limits)
      : head_only_(head_only), limits_(limits), scanner_(limits) {}

  HttpParsed<std::size_t> feed(std::string_view bytes) {
    std::size_t taken = 0;
    while (!body_.has_value()) {
      const auto size = scanner_.scan(bytes.substr(taken));
      if (!size.has_value()) return size;
      if (*size == 0) return taken;
      if (auto head = take_head(bytes.substr(taken, *size)); !head.has_value())
        return std::unexpected(head.error());
      scanner_.reset();
      taken += *size;
    }
    const auto fed = body_->feed(bytes.substr(taken));
    if (!fed.has_value()) return fed;
    return taken + *fed;
  }
  HttpParsed<void> end() {
    if (!body_.has_value()) return http_failure(400, "the connection ended before the response");
    reply_.keep_alive = false;
    return body_->end();
  }
  bool is_complete() const { return body_.has_value() && body_->is_complete(); }
  HttpReply take() {
    reply_.body = std::move(body_->body());
    return std::move(reply_);
  }

 private:
  HttpParsed<void> take_head(std::string_view head) {
    head.remove_suffix(2);
    std::string_view line = take_until(head, '\n');
    line.remove_suffix(1);
    const auto version = parse_http_version(take_until(line, ' '));
    if (!version.has_value()) return std::unexpected(version.error());
    const std::string_view status = take_until(line, ' ');
    const auto [end, error] = std::from_chars(status.data(), status.data() + status.size(), reply_.status);
    if (error != std::errc() || end != status.data() + 3 || status.size() != 3)
      return http_failure(400, "malformed status line");
    if (reply_.status < 200) return {};
    auto headers = parse_http_fields(head, limits_.fields_max);
    if (!headers.has_value()) return std::unexpected(headers.error());
    reply_.headers = *std::move(headers);
    reply_.keep_alive = *version == 1 && !reply_.headers.has_token("Connection", "close");
    auto framing = http_framing(reply_.headers, *version);
    if (!framing.has_value()) return std::unexpected(framing.error());
    const bool bodyless = head_only_ || reply_.status == 204 || reply_.status == 304;
    const bool until_close = !framing->chunked && !framing->has_length;
    if (bodyless) *framing = {};
    auto body = HttpBodyReader::create(reply_.headers, *framing, until_close && !bodyless, limits_);
    if (!body.has_value()) return std::unexpected(body.error());
    body_ = *std::move(body);
    return {};
  }

  bool head_only_;
  HttpLimits limits_;
  HttpHeadScanner scanner_;
  HttpReply reply_;
  std::optional<HttpBodyReader> body_;
};

}  // namespace

Task<Result<HttpReply>> http_call(Stream* stream, HttpCall call, HttpLimits limits) {
  ResponseReader reader(call.method == "HEAD", limits);
  append_call(stream->output(), std::move(call), stream->peer());
  // A server may answer, and close, before it has taken all: what it said is worth more than our error.
  const auto sent = co_await stream->flush();
  if (!sent.has_value() && sent.error().code != ErrorCode::kConnectionClosed) co_return sent.error();
  for (;;) {
    const auto fed = reader.feed(stream->input());
    if (!fed.has_value()) co_return no_response(fed.error());
    stream->consume(*fed);
    if (reader.is_complete()) co_return reader.take();
    const auto more = co_await stream->read();
    if (more.has_value()) continue;
    if (more.error().code != ErrorCode::kConnectionClosed) co_return more.error();
    const auto ended = reader.end();
    if (!ended.has_value()) co_return make_error(ErrorCode::kConnectionClosed, ended.error().reason);
    co_return reader.take();
  }
}

Task<Result<HttpReply>> http_call(Address address, HttpCall call, TimePoint deadline, HttpLimits limits) {
  auto connected = co_await Stream::connect(std::move(address), deadline);
  STELE_CO_TRY(const std::unique_ptr<Stream> stream, std::move(connected));
  stream->set_read_deadline(deadline);
  stream->set_write_deadline(deadline);
  auto reply = co_await http_call(stream.get(), std::move(call), limits);
  co_return reply;
}

}  // namespace stele::net
