#include "postgres/conninfo.h"

#include <fmt/format.h>

#include <optional>

namespace stele::postgres {

namespace {

Error invalid(std::string_view what) {
  return make_error(ErrorCode::kInvalidArgument, fmt::format("invalid connection string: {}", what));
}

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

void skip_spaces(std::string_view& text) {
  while (!text.empty() && is_space(text[0])) text.remove_prefix(1);
}

Result<std::string> take_value(std::string_view& text) {
  std::string value;
  const bool quoted = !text.empty() && text[0] == '\'';
  if (quoted) text.remove_prefix(1);
  while (true) {
    if (text.empty()) {
      if (quoted) return invalid("unterminated quoted string");
      return value;
    }
    char c = text[0];
    text.remove_prefix(1);
    if (quoted ? c == '\'' : is_space(c)) return value;
    if (c == '\\' && !text.empty()) {
      c = text[0];
      text.remove_prefix(1);
    }
    value.push_back(c);
  }
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Result<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    if (i + 2 >= text.size()) return invalid("incomplete percent-encoding");
    const int high = hex_digit(text[i + 1]);
    const int low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0 || (high == 0 && low == 0)) return invalid("wrong percent-encoding");
    out.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  return out;
}

// What comes before `separator`, which goes too; all of the text when it is not there.
std::string_view take_until(std::string_view& text, char separator) {
  const std::size_t at = text.find(separator);
  const std::string_view before = text.substr(0, at);
  text = at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
  return before;
}

Result<void> add(ConninfoPairs& pairs, std::string_view key, std::string_view encoded) {
  STELE_TRY(std::string name, percent_decoded(key));
  STELE_TRY(std::string value, percent_decoded(encoded));
  pairs.emplace_back(std::move(name), std::move(value));
  return {};
}

// "db1:5432,[::1],/run/pg" -> the lists of hosts and of ports.
Result<void> add_hosts(ConninfoPairs& pairs, std::string_view text) {
  std::string hosts, ports;
  bool any_port = false;
  bool first = true;
  while (first || !text.empty()) {
    std::string_view one = take_until(text, ',');
    std::string_view host, port;
    if (one.starts_with('[')) {
      const std::size_t end = one.find(']');
      if (end == std::string_view::npos) return invalid("unterminated IPv6 address");
      host = one.substr(1, end - 1);
      one.remove_prefix(end + 1);
      if (!one.empty() && one[0] != ':') return invalid("text after an IPv6 address");
      port = one.empty() ? one : one.substr(1);
    } else {
      host = take_until(one, ':');
      port = one;
    }
    STELE_TRY(const std::string decoded, percent_decoded(host));
    hosts += (first ? "" : ",") + decoded;
    ports += (first ? "" : ",") + std::string(port);
    any_port |= !port.empty();
    first = false;
  }
  if (!hosts.empty()) pairs.emplace_back("host", hosts);
  if (any_port) pairs.emplace_back("port", ports);
  return {};
}

std::optional<std::string_view> without_scheme(std::string_view text) {
  for (const std::string_view scheme : {"postgres://", "postgresql://"}) {
    if (text.starts_with(scheme)) return text.substr(scheme.size());
  }
  return std::nullopt;
}

}  // namespace

bool is_postgres_url(std::string_view text) {
  return without_scheme(text).has_value();
}

Result<ConninfoPairs> parse_conninfo(std::string_view text) {
  ConninfoPairs pairs;
  skip_spaces(text);
  while (!text.empty()) {
    std::size_t end = 0;
    while (end < text.size() && text[end] != '=' && !is_space(text[end])) ++end;
    std::string key(text.substr(0, end));
    text.remove_prefix(end);
    skip_spaces(text);
    if (key.empty() || text.empty() || text[0] != '=') {
      return invalid(fmt::format("missing \"=\" after \"{}\"", key));
    }
    text.remove_prefix(1);
    skip_spaces(text);
    STELE_TRY(std::string value, take_value(text));
    pairs.emplace_back(std::move(key), std::move(value));
    skip_spaces(text);
  }
  return pairs;
}

Result<ConninfoPairs> parse_postgres_url(std::string_view text) {
  const auto rest = without_scheme(text);
  if (!rest) return invalid("no postgres:// URL");
  ConninfoPairs pairs;
  std::string_view parameters = *rest;
  std::string_view path = take_until(parameters, '?');
  std::string_view authority = take_until(path, '/');

  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    std::string_view password = authority.substr(0, at);
    const std::string_view user = take_until(password, ':');
    if (!user.empty()) STELE_RETURN_IF_ERROR(add(pairs, "user", user));
    if (!password.empty()) STELE_RETURN_IF_ERROR(add(pairs, "password", password));
    authority.remove_prefix(at + 1);
  }
  STELE_RETURN_IF_ERROR(add_hosts(pairs, authority));
  if (!path.empty()) STELE_RETURN_IF_ERROR(add(pairs, "dbname", path));
  while (!parameters.empty()) {
    std::string_view value = take_until(parameters, '&');
    if (value.find('=') == std::string_view::npos) return invalid("a URL parameter without \"=\"");
    const std::string_view key = take_until(value, '=');
    // "ssl=true" is JDBC's word for sslmode=require; libpq knows it too.
    if (key == "ssl" && value == "true") {
      pairs.emplace_back("sslmode", "require");
      continue;
    }
    STELE_RETURN_IF_ERROR(add(pairs, key, value));
  }
  return pairs;
}

}  // namespace stele::postgres
