#include "base/lsn.h"

#include <fmt/format.h>

#include <charconv>

namespace stele {

namespace {

// Reads one half: 1 to 8 hexadecimal digits and nothing else.
bool parse_half(std::string_view text, std::uint64_t& half) {
  if (text.empty() || text.size() > 8) return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), half, 16);
  return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

Result<Lsn> Lsn::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  if (slash == std::string_view::npos || !parse_half(text.substr(0, slash), high) ||
      !parse_half(text.substr(slash + 1), low)) {
    return make_error(ErrorCode::kInvalidArgument, fmt::format("invalid LSN: \"{}\"", text));
  }
  return Lsn((high << 32) | low);
}

std::string Lsn::to_string() const {
  return fmt::format("{:X}/{:X}", value_ >> 32, value_ & 0xFFFFFFFFU);
}

}  // namespace stele
