#include "net/http/client.h"

#include <utility>

#include "net/http/response_parser.h"

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

}  // namespace

Task<Result<HttpReply>> http_call(Stream* stream, HttpCall call, HttpLimits limits) {
  HttpResponseParser parser(call.method == "HEAD", limits);
  append_call(stream->output(), std::move(call), stream->peer());
  // A server may answer, and close, before it has taken all: what it said is worth more than our error.
  const auto sent = co_await stream->flush();
  if (!sent.has_value() && sent.error().code != ErrorCode::kConnectionClosed) co_return sent.error();
  for (;;) {
    const auto fed = parser.feed(stream->input());
    if (!fed.has_value()) co_return no_response(fed.error());
    stream->consume(*fed);
    if (parser.is_complete()) co_return parser.take();
    const auto more = co_await stream->read();
    if (more.has_value()) continue;
    if (more.error().code != ErrorCode::kConnectionClosed) co_return more.error();
    const auto ended = parser.end();
    if (!ended.has_value()) co_return make_error(ErrorCode::kConnectionClosed, ended.error().reason);
    co_return parser.take();
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
