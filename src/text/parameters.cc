#include "text/parameters.h"

#include <fmt/format.h>

#include <charconv>

#include "text/unicode.h"

namespace stele::text {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

}  // namespace

Error illegal(std::string message) {
  return make_error(ErrorCode::kInvalidArgument, std::move(message));
}

std::string Parameters::text(std::string_view name, std::string_view otherwise) const {
  const auto found = values_.find(name);
  if (found == values_.end() || found->second.texts.empty()) return std::string(otherwise);
  return found->second.texts.front();
}

Result<std::int64_t> Parameters::integer(std::string_view name, std::int64_t otherwise) const {
  const auto found = values_.find(name);
  if (found == values_.end()) return otherwise;
  const std::string given = text(name);
  std::int32_t number = 0;
  const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), number);
  if (error != std::errc() || end != given.data() + given.size())
    return illegal(fmt::format("Failed to parse value [{}] for setting [{}]", given, name));
  return std::int64_t{number};
}

Result<bool> Parameters::boolean(std::string_view name, bool otherwise) const {
  const auto found = values_.find(name);
  if (found == values_.end()) return otherwise;
  const std::string given = text(name);
  if (given == "true") return true;
  if (given == "false") return false;
  return illegal(fmt::format("Failed to parse value [{}] as only [true] or [false] are allowed.", given));
}

std::vector<std::string> Parameters::list(std::string_view name) const {
  const auto found = values_.find(name);
  std::vector<std::string> out;
  if (found == values_.end()) return out;
  if (found->second.is_list) return found->second.texts;
  for (const std::string& text : found->second.texts) {
    for (std::size_t at = 0; at <= text.size();) {
      const std::size_t comma = std::min(text.find(',', at), text.size());
      if (const std::string_view one = trimmed(std::string_view(text).substr(at, comma - at)); !one.empty())
        out.emplace_back(one);
      at = comma + 1;
    }
  }
  return out;
}

std::vector<std::string> Parameters::raw_list(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::vector<std::string>() : found->second.texts;
}

Result<char32_t> Parameters::character(std::string_view name, char32_t otherwise) const {
  if (!has(name)) return otherwise;
  const std::string given = text(name);
  if (given.empty() || decode_at(given, 0).bytes != given.size() || decode_at(given, 0).value == kBadByte)
    return illegal(fmt::format("{} must be a one char value", name));
  return static_cast<char32_t>(decode_at(given, 0).value);
}

}  // namespace stele::text
