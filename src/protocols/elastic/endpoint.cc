#include "protocols/elastic/endpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace stele::elastic {
namespace {

// Every endpoint takes these.
constexpr std::array<std::string_view, 5> kCommon = {"pretty", "human", "error_trace", "filter_path",
                                                     "format"};

std::vector<std::string_view> pieces(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    if (end > 0) parts.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

bool is_part(std::string_view segment) {
  return segment.starts_with('{');
}

bool matches(const std::vector<std::string_view>& pattern, const std::vector<std::string>& path) {
  for (std::size_t i = 0; i < pattern.size(); ++i)
    if (!is_part(pattern[i]) && pattern[i] != path[i]) return false;
  return true;
}

// Literal before part, from the left.
bool more_literal(const std::vector<std::string_view>& a, const std::vector<std::string_view>& b) {
  for (std::size_t i = 0; i < a.size(); ++i)
    if (is_part(a[i]) != is_part(b[i])) return !is_part(a[i]);
  return false;
}

}  // namespace

Router::Router(std::span<const Endpoint> endpoints) {
  for (const Endpoint& endpoint : endpoints) {
    Pattern pattern{&endpoint, pieces(endpoint.pattern, '/'), pieces(endpoint.methods, ' ')};
    const std::size_t size = pattern.segments.size();
    if (by_size_.size() <= size) by_size_.resize(size + 1);
    // Sorted, in the table's order among equals.
    std::vector<Pattern>& patterns = by_size_[size];
    const auto place = std::ranges::find_if(
        patterns, [&](const Pattern& other) { return more_literal(pattern.segments, other.segments); });
    patterns.insert(place, std::move(pattern));
  }
}

Route Router::find(std::string_view method, std::string_view path) const {
  Route route;
  std::vector<std::string> segments;
  for (const std::string_view piece : pieces(path, '/')) {
    std::optional<std::string> decoded = percent_decode(piece, false);
    if (!decoded) return route;
    segments.push_back(*std::move(decoded));
  }
  if (segments.size() >= by_size_.size()) return route;
  for (const Pattern& pattern : by_size_[segments.size()]) {
    if (!matches(pattern.segments, segments)) continue;
    if (std::ranges::find(pattern.methods, method) == pattern.methods.end()) {
      for (const std::string_view allowed : pattern.methods)
        if (std::ranges::find(route.allowed, allowed) == route.allowed.end())
          route.allowed.emplace_back(allowed);
      continue;
    }
    route.endpoint = pattern.endpoint;
    for (std::size_t i = 0; i < segments.size(); ++i) {
      const std::string_view segment = pattern.segments[i];
      if (is_part(segment))
        route.parts.emplace_back(std::string(segment.substr(1, segment.size() - 2)), std::move(segments[i]));
    }
    return route;
  }
  return route;
}

std::optional<Failure> check_parameters(const Endpoint& endpoint, std::string_view path,
                                        const Parameters& parameters) {
  std::vector<std::string> known;
  for (const std::string_view name : pieces(endpoint.parameters, ' ')) known.emplace_back(name);
  for (const std::string_view name : kCommon) known.emplace_back(name);
  std::vector<std::string> unknown;
  for (const auto& [name, value] : parameters.items())
    if (std::ranges::find(known, name) == known.end() && std::ranges::find(unknown, name) == unknown.end())
      unknown.push_back(name);
  if (unknown.empty()) return std::nullopt;
  std::ranges::sort(unknown);
  std::string reason =
      fmt::format("request [{}] contains unrecognized parameter{}: ", path, unknown.size() > 1 ? "s" : "");
  for (std::size_t i = 0; i < unknown.size(); ++i) {
    if (i > 0) reason += ", ";
    reason += fmt::format("[{}]", unknown[i]);
    if (const std::string near = did_you_mean(unknown[i], known); !near.empty()) reason += " ->" + near;
  }
  return illegal_argument(std::move(reason));
}

}  // namespace stele::elastic
