#include "net/http/target.h"

#include <algorithm>
#include <utility>

#include "net/http/text.h"

namespace stele::net {

namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = to_lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// Bytes above ASCII are let through: clients send raw UTF-8.
bool is_target_char(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > 0x20 && byte != 0x7f && c != '#';
}

bool add_segments(std::string_view path, HttpRequest& request) {
  while (!path.empty()) {
    const std::string_view raw = take_until(path, '/');
    if (raw.empty()) continue;
    auto segment = percent_decode(raw, false);
    if (!segment) return false;
    request.segments.push_back(*std::move(segment));
  }
  return true;
}

bool add_query(std::string_view text, HttpRequest& request) {
  while (!text.empty()) {
    std::string_view pair = take_until(text, '&');
    if (pair.empty()) continue;
    const std::string_view raw_name = take_until(pair, '=');
    auto name = percent_decode(raw_name, true);
    auto value = percent_decode(pair, true);
    if (!name || !value) return false;
    request.query.emplace_back(*std::move(name), *std::move(value));
  }
  return true;
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high < 0 || low < 0 || (high == 0 && low == 0)) return std::nullopt;
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return out;
}

bool parse_target(std::string_view target, HttpRequest& request) {
  request.target = target;
  if (target == "*") {
    request.path = target;
    return true;
  }
  if (!std::ranges::all_of(target, is_target_char)) return false;
  if (!target.starts_with('/')) {
    const std::size_t scheme_end = target.find("://");
    if (scheme_end == std::string_view::npos) return false;
    const std::string_view scheme = target.substr(0, scheme_end);
    if (!equal_ignoring_case(scheme, "http") && !equal_ignoring_case(scheme, "https")) return false;
    target.remove_prefix(scheme_end + 3);
    const std::size_t authority_end = target.find_first_of("/?");
    if (authority_end == 0) return false;
    target = authority_end == std::string_view::npos ? std::string_view() : target.substr(authority_end);
  }
  const std::string_view raw_path = take_until(target, '?');
  auto path = percent_decode(raw_path.empty() ? "/" : raw_path, false);
  if (!path) return false;
  request.path = *std::move(path);
  return add_segments(raw_path, request) && add_query(target, request);
}

}  // namespace stele::net
