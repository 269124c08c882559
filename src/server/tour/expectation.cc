#include "server/tour/expectation.h"

#include <fmt/format.h>

#include <charconv>
#include <ranges>

#include "json/document.h"

namespace stele::server {

namespace {

std::optional<double> number_of(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<json::Value> below(json::Value value, std::string_view key) {
  if (!value.is_array()) return value.find(key);
  const auto index = number_of(key);
  if (!index || *index < 0 || *index >= static_cast<double>(value.size())) return std::nullopt;
  auto wanted = static_cast<std::size_t>(*index);
  for (const json::Value element : value.elements())
    if (wanted-- == 0) return element;
  return std::nullopt;
}

// What stands at that place; nothing if there is no such place.
std::optional<std::string> text_at(const TourAnswer& answer, std::string_view place) {
  if (place.empty()) return answer.text;
  if (place == "status") return answer.status ? std::optional(std::to_string(*answer.status)) : std::nullopt;
  const auto document = json::Document::parse(answer.text);
  if (!document) return std::nullopt;
  std::optional<json::Value> value = document->root();
  for (const auto key : std::views::split(place, '.')) {
    value = below(*value, std::string_view(key.begin(), key.end()));
    if (!value) return std::nullopt;
  }
  return std::string(value->is_string() ? value->string() : value->raw());
}

bool holds(const Expectation& expectation, const std::string& found) {
  using Kind = Expectation::Kind;
  if (expectation.kind == Kind::kEqual) return found == expectation.wanted;
  if (expectation.kind == Kind::kContains) return found.contains(expectation.wanted);
  const auto left = number_of(found);
  const auto right = number_of(expectation.wanted);
  if (!left || !right) return false;
  return expectation.kind == Kind::kAtLeast ? *left >= *right : *left <= *right;
}

std::string_view word_of(Expectation::Kind kind) {
  switch (kind) {
    case Expectation::Kind::kEqual:
      return "";
    case Expectation::Kind::kContains:
      return "something with ";
    case Expectation::Kind::kAtLeast:
      return "at least ";
    case Expectation::Kind::kAtMost:
      return "at most ";
  }
  return "";
}

}  // namespace

std::string disappointment(const TourAnswer& answer, const std::vector<Expectation>& expected) {
  if (!answer.failed.empty()) return answer.failed;
  for (const Expectation& expectation : expected) {
    const std::optional<std::string> found = text_at(answer, expectation.place);
    if (found && holds(expectation, *found)) continue;
    return fmt::format("expected {}{}{}{}, found {}", expectation.place,
                       expectation.place.empty() ? "" : " = ", word_of(expectation.kind), expectation.wanted,
                       found ? *found : "nothing");
  }
  return {};
}

}  // namespace stele::server
