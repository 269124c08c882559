#include "postgres/replication/write_mark.h"

#include <fmt/format.h>

#include <charconv>

namespace stele::postgres {

namespace {

bool parse_number(std::string_view text, std::uint64_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

std::string to_string(WriteMark mark) {
  return fmt::format("{}:{}", mark.node, mark.write);
}

Result<WriteMark> parse_write_mark(std::string_view content) {
  const std::size_t colon = content.find(':');
  WriteMark mark;
  if (colon == std::string_view::npos || !parse_number(content.substr(0, colon), mark.node) ||
      !parse_number(content.substr(colon + 1), mark.write)) {
    return make_error(ErrorCode::kInvalidArgument, "not a write mark");
  }
  return mark;
}

}  // namespace stele::postgres
