#include "protocols/elastic/query/body_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "protocols/elastic/call.h"
#include "protocols/elastic/parameters.h"

namespace stele::elastic {

std::string_view token_name(const json::Value& value) {
  switch (value.kind()) {
    case json::Kind::kNull:
      return "VALUE_NULL";
    case json::Kind::kBool:
      return "VALUE_BOOLEAN";
    case json::Kind::kInt64:
    case json::Kind::kUInt64:
    case json::Kind::kDouble:
    case json::Kind::kBigNumber:
      return "VALUE_NUMBER";
    case json::Kind::kString:
      return "VALUE_STRING";
    case json::Kind::kArray:
      return "START_ARRAY";
    case json::Kind::kObject:
      return "START_OBJECT";
  }
  return "VALUE_NULL";
}

std::optional<std::string> scalar_text(const json::Value& value) {
  if (value.is_string()) return std::string(value.string());
  if (value.is_number() || value.is_bool()) return std::string(value.raw());
  return std::nullopt;
}

BodyReader::BodyReader(json::Value object, std::string_view text, std::string name, Style style)
    : object_(object), text_(text), name_(std::move(name)), style_(style) {
  if (!object.is_object())
    fail(parsing_failure(fmt::format("[{}] query malformed, no start_object after query name", name_),
                         place_of(object, text)));
}

bool BodyReader::has(std::string_view key) const {
  return object_.find(key).has_value();
}

std::optional<json::Value> BodyReader::value(std::string_view key) {
  taken_.emplace_back(key);
  return object_.find(key);
}

std::optional<json::Value> BodyReader::typed(std::string_view key) {
  std::optional<json::Value> found = value(key);
  if (!found || found->is_null()) return std::nullopt;
  if (found->is_object() || found->is_array()) {
    fail(parsing_failure(fmt::format("[{}] unknown token [{}] after [{}]", name_, token_name(*found), key),
                         place_of(*found, text_)));
    return std::nullopt;
  }
  return found;
}

std::optional<std::string> BodyReader::maybe_text(std::string_view key) {
  const std::optional<json::Value> found = typed(key);
  return found ? scalar_text(*found) : std::nullopt;
}

std::string BodyReader::text(std::string_view key, std::string otherwise) {
  return maybe_text(key).value_or(std::move(otherwise));
}

double BodyReader::number(std::string_view key, double otherwise) {
  const std::optional<std::string> text = maybe_text(key);
  if (!text) return otherwise;
  const std::optional<double> number = parse_number(*text);
  if (!number) {
    fail(Failure{400, "number_format_exception", fmt::format("For input string: \"{}\"", *text)});
    return otherwise;
  }
  return *number;
}

std::int64_t BodyReader::integer(std::string_view key, std::int64_t otherwise) {
  const double value = number(key, static_cast<double>(otherwise));
  if (std::isnan(value) || std::abs(value) > 2147483647.0) {
    fail(illegal_argument(fmt::format("Numeric value of [{}] is out of range of int", key)));
    return otherwise;
  }
  return static_cast<std::int64_t>(value);
}

bool BodyReader::boolean(std::string_view key, bool otherwise) {
  const std::optional<std::string> text = maybe_text(key);
  if (!text) return otherwise;
  if (*text == "true") return true;
  if (*text != "false")
    fail(illegal_argument(
        fmt::format("Failed to parse value [{}] as only [true] or [false] are allowed.", *text)));
  return false;
}

void BodyReader::fail(Failure failure) {
  if (!failure_) failure_ = std::move(failure);
}

Outcome<> BodyReader::check() const {
  if (failure_) return *failure_;
  return {};
}

Outcome<> BodyReader::finish() {
  if (failure_) return *failure_;
  for (const json::Member& member : object_.members()) {
    if (std::ranges::find(taken_, member.key) != taken_.end()) continue;
    const Place place = place_of(member.value, text_);
    if (style_ == Style::kXContent)
      return x_content_failure(
          fmt::format("[{}] unknown field [{}]{}", name_, member.key, did_you_mean(member.key, taken_)),
          place);
    return parsing_failure(fmt::format("[{}] query does not support [{}]", name_, member.key), place);
  }
  return {};
}

}  // namespace stele::elastic
