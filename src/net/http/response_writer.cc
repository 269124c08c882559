#include "net/http/response_writer.h"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <ctime>
#include <iterator>

#include "net/http/gzip.h"
#include "net/http/text.h"

namespace stele::net {

namespace {

constexpr std::size_t kGzipBytesMax = 1U << 30U;  // zlib counts what it is given in 32 bits

// Set by the server alone, whatever the handler says.
constexpr std::array<std::string_view, 4> kOwnFields = {"Content-Length", "Transfer-Encoding", "Connection",
                                                        "Date"};

bool is_own_field(std::string_view name) {
  for (const std::string_view own : kOwnFields) {
    if (equal_ignoring_case(name, own)) return true;
  }
  return false;
}

// A value with a line break in it would be a field, or a response, of its own.
void append_field(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  for (const char c : value) out += c == '\r' || c == '\n' || c == '\0' ? ' ' : c;
  out += "\r\n";
}

bool may_have_body(int status) {
  return status >= 200 && status != 204 && status != 304;
}

void compress(HttpResponse& response, const HttpResponseContext& context) {
  const bool worth_it =
      response.body.size() >= context.gzip_bytes_min && response.body.size() < kGzipBytesMax;
  if (!context.accepts_gzip || !worth_it || response.headers.contains("Content-Encoding")) return;
  response.body = gzip(response.body, context.gzip_level);
  response.headers.add("Content-Encoding", "gzip");
  response.headers.add("Vary", "Accept-Encoding");
}

// The weight of an element like "gzip;q=0.5" is above 0.
bool has_weight(std::string_view parameters) {
  while (!parameters.empty()) {
    std::string_view value = trim(take_until(parameters, ';'));
    const std::string_view name = trim(take_until(value, '='));
    if (equal_ignoring_case(name, "q")) return value.find_first_of("123456789") != std::string_view::npos;
  }
  return true;
}

}  // namespace

bool accepts_gzip(const HttpHeaders& headers) {
  bool by_star = false;
  for (const auto& [name, value] : headers) {
    if (!equal_ignoring_case(name, "Accept-Encoding")) continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      std::string_view parameters = take_until(rest, ',');
      const std::string_view coding = trim(take_until(parameters, ';'));
      if (equal_ignoring_case(coding, "gzip") || equal_ignoring_case(coding, "x-gzip"))
        return has_weight(parameters);
      by_star = by_star || (coding == "*" && has_weight(parameters));
    }
  }
  return by_star;
}

void append_http_response(std::string& out, HttpResponse& response, const HttpResponseContext& context) {
  const bool streamed = static_cast<bool>(response.producer);
  if (!streamed) compress(response, context);
  fmt::format_to(std::back_inserter(out), FMT_COMPILE("HTTP/1.1 {} {}\r\n"), response.status,
                 http_reason(response.status));
  for (const auto& [name, value] : response.headers) {
    if (!is_own_field(name)) append_field(out, name, value);
  }
  if (!context.date.empty()) append_field(out, "Date", context.date);
  if (!context.keep_alive) {
    append_field(out, "Connection", "close");
  } else if (context.version_minor == 0) {
    append_field(out, "Connection", "keep-alive");
  }
  if (may_have_body(response.status)) {
    if (!streamed) {
      fmt::format_to(std::back_inserter(out), FMT_COMPILE("Content-Length: {}\r\n"), response.body.size());
    } else if (context.version_minor == 1) {
      append_field(out, "Transfer-Encoding", "chunked");
    }
  }
  out += "\r\n";
  if (!streamed && !context.head_only && may_have_body(response.status)) out += response.body;
}

void append_http_chunk(std::string& out, std::string_view piece) {
  fmt::format_to(std::back_inserter(out), FMT_COMPILE("{:x}\r\n"), piece.size());
  out += piece;
  out += "\r\n";
}

void append_http_last_chunk(std::string& out) {
  out += "0\r\n\r\n";
}

std::string http_date(std::int64_t unix_seconds) {
  constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t time = unix_seconds;
  std::tm parts{};
  gmtime_r(&time, &parts);
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT", kDays[parts.tm_wday], parts.tm_mday,
                     kMonths[parts.tm_mon], parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

}  // namespace stele::net
