#include "engine/doc_key.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <optional>

#include "base/bytes.h"
#include "base/check.h"

namespace stele::engine {
namespace {

constexpr std::uint64_t kSignBit = std::uint64_t{1} << 63U;

Error not_a_key(std::string_view text, std::string_view type) {
  return make_error(ErrorCode::kInvalidArgument,
                    fmt::format("key: [{}] is not {}", text.substr(0, 200), type));
}

template <class Integer>
std::optional<Integer> parse_integer(std::string_view text) {
  Integer value{};
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// 32 hexadecimal digits; '-' anywhere between, braces or "urn:uuid:" around, as PostgreSQL and Qdrant take
// them.
std::optional<std::array<unsigned char, 16>> parse_uuid(std::string_view text) {
  if (text.starts_with("urn:uuid:")) text.remove_prefix(9);
  if (text.size() >= 2 && text.front() == '{' && text.back() == '}') text = text.substr(1, text.size() - 2);
  std::array<unsigned char, 16> bytes{};
  std::size_t digits = 0;
  for (const char c : text) {
    if (c == '-') continue;
    const int digit = hex_digit(c);
    if (digit < 0 || digits == 32) return std::nullopt;
    auto& byte = bytes[digits / 2];
    byte = static_cast<unsigned char>((byte << 4U) | static_cast<unsigned>(digit));
    ++digits;
  }
  if (digits != 32) return std::nullopt;
  return bytes;
}

std::string uuid_text(std::string_view bytes) {
  std::string out;
  for (std::size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    fmt::format_to(std::back_inserter(out), "{:02x}", static_cast<unsigned char>(bytes[i]));
  }
  return out;
}

// Splits "a:b\:c" at the colons that are not escaped, and takes the escapes away.
std::vector<std::string> split_tuple(std::string_view text) {
  std::vector<std::string> parts(1);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == ':') {
      parts.emplace_back();
    } else {
      if (text[i] == '\\' && i + 1 < text.size()) ++i;
      parts.back() += text[i];
    }
  }
  return parts;
}

// Takes one element off the front of a tuple's bytes.
std::string take_element(std::string_view& bytes) {
  const auto type = static_cast<KeyType>(bytes[0]);
  if (type != KeyType::kText) {
    const std::size_t size = type == KeyType::kUuid ? 17 : 9;
    std::string element(bytes.substr(0, size));
    bytes.remove_prefix(size);
    return element;
  }
  std::string element(1, bytes[0]);
  std::size_t i = 1;
  while (i + 1 < bytes.size() && !(bytes[i] == '\0' && bytes[i + 1] == '\0')) {
    element += bytes[i];
    i += bytes[i] == '\0' ? 2 : 1;
  }
  bytes.remove_prefix(std::min(bytes.size(), i + 2));
  return element;
}

}  // namespace

DocKey DocKey::from_u64(std::uint64_t value) {
  std::string bytes(1, static_cast<char>(KeyType::kU64));
  append_big_endian(bytes, value);
  return DocKey(std::move(bytes));
}

DocKey DocKey::from_i64(std::int64_t value) {
  std::string bytes(1, static_cast<char>(KeyType::kI64));
  append_big_endian(bytes, static_cast<std::uint64_t>(value) ^ kSignBit);
  return DocKey(std::move(bytes));
}

DocKey DocKey::from_uuid(std::span<const unsigned char, 16> uuid) {
  std::string bytes(1, static_cast<char>(KeyType::kUuid));
  bytes.append(reinterpret_cast<const char*>(uuid.data()), uuid.size());
  return DocKey(std::move(bytes));
}

Result<DocKey> DocKey::from_bytes(std::string_view bytes) {
  const bool valid = !bytes.empty() && bytes.size() <= kBytesMax &&
                     bytes[0] >= static_cast<char>(KeyType::kU64) &&
                     bytes[0] <= static_cast<char>(KeyType::kTuple);
  if (!valid) return make_error(ErrorCode::kInvalidArgument, "no bytes of a key");
  return DocKey(std::string(bytes));
}

DocKey DocKey::from_text(std::string_view text) {
  std::string bytes(1, static_cast<char>(KeyType::kText));
  bytes.append(text);
  return DocKey(std::move(bytes));
}

Result<DocKey> DocKey::from_tuple(std::span<const DocKey> elements) {
  if (elements.size() < 2)
    return make_error(ErrorCode::kInvalidArgument, "key: a tuple has two elements or more");
  std::string bytes(1, static_cast<char>(KeyType::kTuple));
  for (const DocKey& element : elements) {
    if (element.is_none() || element.type() == KeyType::kTuple)
      return make_error(ErrorCode::kInvalidArgument, "key: a tuple cannot hold a tuple or nothing");
    if (element.type() != KeyType::kText) {
      bytes += element.bytes_;
      continue;
    }
    bytes += element.bytes_[0];
    for (const char c : element.as_text()) {
      bytes += c;
      if (c == '\0') bytes += '\xff';
    }
    bytes.append(2, '\0');
  }
  return DocKey(std::move(bytes));
}

Result<DocKey> DocKey::parse(const KeyLayout& layout, std::string_view text) {
  if (text.size() > kBytesMax) return make_error(ErrorCode::kInvalidArgument, "key: longer than 4096 bytes");
  if (layout.size() > 1) {
    const std::vector<std::string> parts = split_tuple(text);
    if (parts.size() != layout.size()) return not_a_key(text, fmt::format("a tuple of {}", layout.size()));
    std::vector<DocKey> elements;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      STELE_TRY(DocKey element, parse({layout[i]}, parts[i]));
      elements.push_back(std::move(element));
    }
    return from_tuple(elements);
  }
  switch (layout.empty() ? KeyType::kText : layout[0]) {
    case KeyType::kU64:
      if (const auto value = parse_integer<std::uint64_t>(text)) return from_u64(*value);
      return not_a_key(text, "an unsigned integer");
    case KeyType::kI64:
      if (const auto value = parse_integer<std::int64_t>(text)) return from_i64(*value);
      return not_a_key(text, "an integer");
    case KeyType::kUuid:
      if (const auto value = parse_uuid(text)) return from_uuid(*value);
      return not_a_key(text, "a UUID");
    case KeyType::kText:
      return from_text(text);
    case KeyType::kPoint:
      if (const auto value = parse_integer<std::uint64_t>(text)) return from_u64(*value);
      if (const auto value = parse_uuid(text)) return from_uuid(*value);
      return not_a_key(text, "an unsigned integer or a UUID");
    case KeyType::kTuple:
      break;
  }
  return make_error(ErrorCode::kInvalidArgument, "key: a layout names the elements of a tuple");
}

std::string DocKey::to_string() const {
  if (is_none()) return {};
  switch (type()) {
    case KeyType::kU64:
      return fmt::format("{}", as_u64());
    case KeyType::kI64:
      return fmt::format("{}", as_i64());
    case KeyType::kUuid:
      return uuid_text(std::string_view(bytes_).substr(1));
    case KeyType::kText:
      return std::string(as_text());
    case KeyType::kTuple:
    case KeyType::kPoint:
      break;
  }
  std::string out;
  std::string_view rest = std::string_view(bytes_).substr(1);
  bool first = true;
  while (!rest.empty()) {
    if (!first) out += ':';
    first = false;
    for (const char c : DocKey(take_element(rest)).to_string()) {
      if (c == ':' || c == '\\') out += '\\';
      out += c;
    }
  }
  return out;
}

std::uint64_t DocKey::as_u64() const {
  STELE_CHECK(type() == KeyType::kU64);
  return load_big_endian<std::uint64_t>(bytes_.data() + 1);
}

std::int64_t DocKey::as_i64() const {
  STELE_CHECK(type() == KeyType::kI64);
  return static_cast<std::int64_t>(load_big_endian<std::uint64_t>(bytes_.data() + 1) ^ kSignBit);
}

std::string_view DocKey::as_text() const {
  STELE_CHECK(type() == KeyType::kText);
  return std::string_view(bytes_).substr(1);
}

}  // namespace stele::engine
