#include "protocols/qdrant/call.h"

#include <fmt/format.h>

namespace stele::qdrant {

std::string_view Call::part(std::string_view name) const {
  for (const auto& [key, value] : parts)
    if (key == name) return value;
  return {};
}

Outcome<json::Document> Call::json_body() const {
  if (request.body.empty()) return format_error("EOF while parsing a value at line 1 column 0");
  auto parsed = json::Document::parse_borrowed(request.body, {.depth_max = 128});
  if (!parsed) {
    const Error& error = parsed.error();
    if (error.code == ErrorCode::kTooLarge) return error;
    return format_error(
        fmt::format("{} at line {} column {}", error.message, error.detail("line"), error.detail("column")));
  }
  return std::move(*parsed);
}

}  // namespace stele::qdrant
