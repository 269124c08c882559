#include "net/http/request_parser.h"

#include <algorithm>
#include <array>
#include <utility>

#include "net/http/target.h"
#include "net/http/text.h"

namespace stele::net {

namespace {

constexpr std::array<std::string_view, 7> kMethods = {"GET",    "HEAD",    "POST", "PUT",
                                                      "DELETE", "OPTIONS", "PATCH"};

}  // namespace

HttpParsed<std::size_t> HttpRequestParser::feed(std::string_view bytes) {
  std::size_t taken = 0;
  if (!has_head()) {
    // Empty lines before a request are read over (RFC 9112 section 2.2).
    while (bytes.substr(taken).starts_with("\r\n")) {
      taken += 2;
      scanner_.reset();
    }
    const auto size = scanner_.scan(bytes.substr(taken));
    if (!size.has_value()) return size;
    if (*size == 0) return taken;
    if (auto head = take_head(bytes.substr(taken, *size)); !head.has_value())
      return std::unexpected(head.error());
    taken += *size;
  }
  const auto fed = body_->feed(bytes.substr(taken));
  if (!fed.has_value()) return fed;
  return taken + *fed;
}

HttpParsed<void> HttpRequestParser::take_head(std::string_view head) {
  head.remove_suffix(2);  // the empty line
  std::string_view line = take_until(head, '\n');
  line.remove_suffix(1);
  if (auto parsed = take_request_line(line); !parsed.has_value()) return parsed;
  auto headers = parse_http_fields(head, limits_.fields_max);
  if (!headers.has_value()) return std::unexpected(headers.error());
  request_.headers = *std::move(headers);
  const bool close = request_.headers.has_token("Connection", "close");
  request_.keep_alive =
      !close && (request_.version_minor == 1 || request_.headers.has_token("Connection", "keep-alive"));
  if (auto host = check_host(); !host.has_value()) return host;
  const auto framing = http_framing(request_.headers, request_.version_minor);
  if (!framing.has_value()) return std::unexpected(framing.error());
  if (auto expect = check_expect(); !expect.has_value()) return expect;
  auto body = HttpBodyReader::create(request_.headers, *framing, false, limits_);
  if (!body.has_value()) return std::unexpected(body.error());
  body_ = *std::move(body);
  return {};
}

HttpParsed<void> HttpRequestParser::take_request_line(std::string_view line) {
  std::string_view rest = line;
  const std::string_view method = take_until(rest, ' ');
  const std::string_view target = take_until(rest, ' ');
  if (!is_token(method) || target.empty()) return http_failure(400, "malformed request line");
  const auto version = parse_http_version(rest);
  if (!version.has_value()) return std::unexpected(version.error());
  request_.version_minor = *version;
  request_.method = method;
  if (std::ranges::find(kMethods, method) == kMethods.end())
    return http_failure(501, "method " + request_.method + " is not implemented");
  if (!parse_target(target, request_) || (target == "*" && method != "OPTIONS"))
    return http_failure(400, "malformed request target");
  return {};
}

HttpParsed<void> HttpRequestParser::check_host() const {
  const std::size_t hosts = request_.headers.count("Host");
  if (hosts > 1) return http_failure(400, "Host given twice");
  if (hosts == 0 && request_.version_minor == 1) return http_failure(400, "missing Host");
  return {};
}

HttpParsed<void> HttpRequestParser::check_expect() {
  const auto expect = request_.headers.get("Expect");
  if (!expect || request_.version_minor == 0) return {};
  if (!equal_ignoring_case(*expect, "100-continue")) return http_failure(417, "unknown expectation");
  expects_continue_ = true;
  return {};
}

HttpRequest HttpRequestParser::take() {
  HttpRequest request = std::move(request_);
  request.body = std::move(body_->body());
  *this = HttpRequestParser(limits_);
  return request;
}

}  // namespace stele::net
