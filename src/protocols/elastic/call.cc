#include "protocols/elastic/call.h"

#include <fmt/format.h>

#include <algorithm>

#include "protocols/elastic/services.h"

namespace stele::elastic {

std::string_view Call::part(std::string_view name) const {
  for (const auto& [key, value] : parts)
    if (key == name) return value;
  return {};
}

std::shared_ptr<const views::CatalogState> Call::catalog() const {
  return services->catalog->current();
}

std::int64_t Call::took_ms() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(system_clock().now() - started).count();
}

Outcome<std::optional<json::Document>> Call::json_body() const {
  if (std::ranges::all_of(body, [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }))
    return std::optional<json::Document>();
  Result<json::Document> parsed = json::Document::parse_borrowed(body);
  if (!parsed) {
    const Error& error = parsed.error();
    if (error.code == ErrorCode::kTooLarge) return error;
    const std::size_t line = static_cast<std::size_t>(parse_integer(error.detail("line")).value_or(1));
    const std::size_t column = static_cast<std::size_t>(parse_integer(error.detail("column")).value_or(1));
    return x_content_failure(error.message, {line, column});
  }
  if (!parsed->root().is_object())
    return parsing_failure(fmt::format("Expected [START_OBJECT] but found [{}]",
                                       parsed->root().is_array() ? "START_ARRAY" : "VALUE_STRING"),
                           {1, 1});
  return std::optional<json::Document>(*std::move(parsed));
}

Reply json_reply(std::string body, int status) {
  Reply reply;
  reply.status = status;
  reply.body = std::move(body);
  return reply;
}

Place place_at(std::size_t offset, std::string_view text) {
  const std::string_view before = text.substr(0, offset);
  const std::size_t lines = static_cast<std::size_t>(std::ranges::count(before, '\n'));
  const std::size_t line_begin = before.rfind('\n');
  return {lines + 1, line_begin == std::string_view::npos ? offset + 1 : offset - line_begin};
}

Place place_of(const json::Value& value, std::string_view text) {
  return place_at(value.offset(), text);
}

}  // namespace stele::elastic
