#include "net/http/response_parser.h"

#include <charconv>
#include <utility>

#include "net/http/text.h"

namespace stele::net {

HttpParsed<std::size_t> HttpResponseParser::feed(std::string_view bytes) {
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

HttpParsed<void> HttpResponseParser::end() {
  if (!body_.has_value()) return http_failure(400, "the connection ended before the response");
  reply_.keep_alive = false;
  return body_->end();
}

HttpReply HttpResponseParser::take() {
  reply_.body = std::move(body_->body());
  return std::move(reply_);
}

HttpParsed<void> HttpResponseParser::take_head(std::string_view head) {
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

}  // namespace stele::net
