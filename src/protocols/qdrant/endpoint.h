#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "protocols/qdrant/call.h"

namespace stele::qdrant {

// One row of the table of what is served: method, path pattern ("/collections/{collection}/points") and who
// answers.
struct Endpoint {
  std::string_view method;
  std::string_view pattern;
  Handler handler;
};

// All of them (endpoints.cc).
std::span<const Endpoint> endpoints();

struct Route {
  const Endpoint* endpoint = nullptr;
  std::vector<std::pair<std::string, std::string>> parts;
  bool known_path = false;  // another method is served there
};

// Which endpoint answers? Patterns are tried in the table's order, so literal ones stand before those with
// parts.
Route find_route(std::string_view method, const std::vector<std::string>& segments);

}  // namespace stele::qdrant
