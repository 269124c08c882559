#include "protocols/qdrant/payload/json_path.h"

#include <charconv>

#include "text/unicode.h"

namespace stele::qdrant {
namespace {

// Rust's char::is_alphanumeric, '_' and '-'.
bool is_raw(std::uint32_t c) {
  if (c == '_' || c == '-') return true;
  if (c < 0x80) return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  if (c == text::kBadByte) return false;
  return text::is_letter(c) || text::word_class(c) == text::WordClass::kNumeric;
}

std::size_t raw_length(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const text::CodePoint point = text::decode_at(text, at);
    if (!is_raw(point.value)) break;
    at += point.bytes;
  }
  return at;
}

std::optional<std::string> take_key(std::string_view& text) {
  if (text.starts_with('"')) {
    const std::size_t end = text.find_first_of("\\\"", 1);
    if (end == std::string_view::npos || text[end] != '"') return std::nullopt;
    std::string key(text.substr(1, end - 1));
    text.remove_prefix(end + 1);
    return key;
  }
  const std::size_t length = raw_length(text);
  if (length == 0) return std::nullopt;
  std::string key(text.substr(0, length));
  text.remove_prefix(length);
  return key;
}

}  // namespace

std::optional<JsonPath> JsonPath::parse(std::string_view text) {
  JsonPath path;
  if (text.size() > 4096) return std::nullopt;
  auto first = take_key(text);
  if (!first) return std::nullopt;
  path.steps.emplace_back(*std::move(first));
  while (!text.empty()) {
    if (text.front() == '.') {
      text.remove_prefix(1);
      auto key = take_key(text);
      if (!key) return std::nullopt;
      path.steps.emplace_back(*std::move(key));
      continue;
    }
    if (text.front() != '[') return std::nullopt;
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view inside = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
    if (inside.empty()) {
      path.steps.emplace_back(Any{});
      continue;
    }
    std::size_t place = 0;
    const auto [stop, error] = std::from_chars(inside.data(), inside.data() + inside.size(), place);
    if (error != std::errc() || stop != inside.data() + inside.size()) return std::nullopt;
    path.steps.emplace_back(place);
  }
  return path;
}

std::vector<json::Value> JsonPath::values(json::Value root) const {
  std::vector<json::Value> all;
  visit(root, [&](json::Value value) {
    all.push_back(value);
    return false;
  });
  return all;
}

JsonPath JsonPath::with_array() const {
  JsonPath path = *this;
  if (!std::holds_alternative<Any>(path.steps.back())) path.steps.emplace_back(Any{});
  return path;
}

JsonPath JsonPath::without_array() const {
  JsonPath path = *this;
  if (path.steps.size() > 1 && std::holds_alternative<Any>(path.steps.back())) path.steps.pop_back();
  return path;
}

std::string JsonPath::field() const {
  std::string path;
  for (const Step& step : steps)
    if (const auto* key = std::get_if<std::string>(&step)) path += (path.empty() ? "" : ".") + *key;
  return path;
}

std::string JsonPath::text() const {
  std::string out;
  for (const Step& step : steps) {
    if (const auto* key = std::get_if<std::string>(&step)) {
      if (!out.empty()) out += '.';
      const bool raw = !key->empty() && raw_length(*key) == key->size();
      out += raw ? *key : '"' + *key + '"';
    } else if (const auto* place = std::get_if<std::size_t>(&step)) {
      out += '[' + std::to_string(*place) + ']';
    } else {
      out += "[]";
    }
  }
  return out;
}

}  // namespace stele::qdrant
