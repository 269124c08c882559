#include "crypto/scram_message.h"

#include "base/check.h"

namespace stele::crypto {

std::optional<std::string_view> ScramMessage::take(char name) {
  if (at_end_ || rest_.size() < 2 || rest_[0] != name || rest_[1] != '=') return std::nullopt;
  const std::size_t comma = rest_.find(',');
  const std::string_view value = rest_.substr(2, comma == std::string_view::npos ? comma : comma - 2);
  at_end_ = comma == std::string_view::npos;
  rest_.remove_prefix(at_end_ ? rest_.size() : comma + 1);
  return value;
}

std::string xor_bytes(std::string_view left, std::string_view right) {
  STELE_CHECK(left.size() == right.size());
  std::string out(left);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<char>(out[i] ^ right[i]);
  return out;
}

std::string escape_scram_name(std::string_view name) {
  std::string out;
  for (const char c : name) {
    if (c == ',')
      out += "=2C";
    else if (c == '=')
      out += "=3D";
    else
      out += c;
  }
  return out;
}

std::optional<std::string> unescape_scram_name(std::string_view name) {
  std::string out;
  while (!name.empty()) {
    if (name.front() != '=') {
      out += name.front();
      name.remove_prefix(1);
      continue;
    }
    if (name.starts_with("=2C"))
      out += ',';
    else if (name.starts_with("=3D"))
      out += '=';
    else
      return std::nullopt;
    name.remove_prefix(3);
  }
  return out;
}

}  // namespace stele::crypto
