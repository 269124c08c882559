#include "protocols/qdrant/endpoint.h"

namespace stele::qdrant {
namespace {

bool matches(std::string_view pattern, const std::vector<std::string>& segments, Route& route) {
  std::vector<std::pair<std::string, std::string>> parts;
  std::size_t at = 0;
  while (!pattern.empty()) {
    pattern.remove_prefix(1);  // the slash
    if (pattern.empty()) break;
    const std::string_view segment = pattern.substr(0, pattern.find('/'));
    pattern.remove_prefix(segment.size());
    if (at >= segments.size()) return false;
    if (segment.starts_with('{')) {
      parts.emplace_back(segment.substr(1, segment.size() - 2), segments[at]);
    } else if (segment != segments[at]) {
      return false;
    }
    ++at;
  }
  if (at != segments.size()) return false;
  route.parts = std::move(parts);
  return true;
}

}  // namespace

Route find_route(std::string_view method, const std::vector<std::string>& segments) {
  Route route;
  for (const Endpoint& endpoint : endpoints()) {
    if (!matches(endpoint.pattern, segments, route)) continue;
    route.known_path = true;
    if (endpoint.method != method) continue;
    route.endpoint = &endpoint;
    return route;
  }
  return route;
}

}  // namespace stele::qdrant
