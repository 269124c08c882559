#include "net/http/head.h"

#include <algorithm>
#include <charconv>

#include "net/http/text.h"

namespace stele::net {

namespace {

constexpr std::size_t kDigitsMax = 18;  // of a length: far above any limit, below overflow

bool is_value_char(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte >= 0x20 && byte != 0x7f) || c == '\t';
}

HttpParsed<std::size_t> parse_length(std::string_view text) {
  const bool digits = !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) return http_failure(400, "Content-Length is not a number");
  if (text.size() > kDigitsMax) return http_failure(413, "Content-Length is too large");
  std::size_t length = 0;
  std::from_chars(text.data(), text.data() + text.size(), length);
  return length;
}

}  // namespace

HttpParsed<std::size_t> HttpHeadScanner::scan(std::string_view bytes) {
  for (;;) {
    const std::size_t end = bytes.find('\n', looked_at_);
    const std::size_t line_end = end == std::string_view::npos ? bytes.size() : end;
    if (line_begin_ == 0 && line_end > limits_.start_line_bytes_max)
      return http_failure(414, "the request line is too long");
    if (line_end > limits_.head_bytes_max) return http_failure(431, "the header fields are too large");
    if (end == std::string_view::npos) {
      looked_at_ = bytes.size();
      return 0;
    }
    if (end == line_begin_ || bytes[end - 1] != '\r')
      return http_failure(400, "a line does not end with CR LF");
    const bool is_empty = end - line_begin_ == 1;
    looked_at_ = line_begin_ = end + 1;
    if (is_empty) return end + 1;
  }
}

HttpParsed<HttpHeaders> parse_http_fields(std::string_view lines, std::size_t fields_max) {
  HttpHeaders headers;
  while (!lines.empty()) {
    std::string_view line = take_until(lines, '\n');
    line.remove_suffix(line.ends_with('\r') ? 1 : 0);
    if (headers.size() == fields_max) return http_failure(431, "too many header fields");
    if (line.starts_with(' ') || line.starts_with('\t')) return http_failure(400, "a header field is folded");
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return http_failure(400, "a header field has no colon");
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = trim(line.substr(colon + 1));
    if (!is_token(name)) return http_failure(400, "a header field's name is not a token");
    if (!std::ranges::all_of(value, is_value_char))
      return http_failure(400, "a header field's value has control characters");
    headers.add(std::string(name), std::string(value));
  }
  return headers;
}

HttpParsed<HttpFraming> http_framing(const HttpHeaders& headers, int version_minor) {
  HttpFraming framing;
  const std::size_t codings = headers.count("Transfer-Encoding");
  for (const auto& [name, value] : headers) {
    if (!equal_ignoring_case(name, "Content-Length")) continue;
    const auto length = parse_length(value);
    if (!length.has_value()) return std::unexpected(length.error());
    if (framing.has_length && framing.length != *length)
      return http_failure(400, "two values of Content-Length differ");
    framing.has_length = true;
    framing.length = *length;
  }
  if (codings == 0) return framing;
  if (framing.has_length) return http_failure(400, "both Content-Length and Transfer-Encoding");
  if (version_minor == 0) return http_failure(400, "Transfer-Encoding in HTTP/1.0");
  if (codings > 1) return http_failure(400, "Transfer-Encoding given twice");
  if (!equal_ignoring_case(*headers.get("Transfer-Encoding"), "chunked"))
    return http_failure(501, "Transfer-Encoding other than chunked");
  framing.chunked = true;
  return framing;
}

HttpParsed<int> parse_http_version(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.size() != 8 || !text.starts_with("HTTP/") || !is_digit(text[5]) || text[6] != '.' ||
      !is_digit(text[7]))
    return http_failure(400, "not an HTTP message");
  if (text[5] != '1') return http_failure(505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
  return text[7] == '0' ? 0 : 1;
}

}  // namespace stele::net
